"""Later due days on a period's page: granted to one or to all, and taken back."""

from typing import Any

from django import forms
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.problems import Invalid
from backend.web.base import Act, back_to
from backend.web.forms import DayField, Form, OneField
from backend.web.templatetags.web import named
from programs.periods import selectors
from programs.periods.extensions import extend, extensions, withdraw_extension
from programs.periods.models import Period
from programs.periods.reasons import REASON, reason_of


class ExtendForm(Form):
    """Until when, for whom, and why."""

    organisation = OneField(label=lazy("For"), required=False, empty_label=lazy("All who owe it"))
    due_on = DayField(label=lazy("Due on"))
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Those whom it concerns read it."),
    )

    def __init__(self, actor: User, period: Period, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="extend-%s", **options)
        owing = accounts.organisations(actor).filter(obligations__period=period).distinct().order_by("code")
        self.fields["organisation"].queryset = owing  # type: ignore[attr-defined]


class Extend(Act):
    """Lets a period be due later, for one or for all."""

    roles = {"POST": "officer"}

    def act(self, code: str) -> str:
        period = self.one(selectors.periods(self.actor), code=code)
        form = ExtendForm(self.actor, period, self.request.POST)
        if not form.is_valid():
            raise Invalid(
                (name, "invalid", f"{form.fields[name].label}: {error}")
                for name, errors in form.errors.items()
                for error in errors
            )
        row = extend(actor=self.actor, period=period, **form.cleaned_data)
        told = {"code": code, "day": row.due_on}
        if row.organisation is None:
            return _("%(code)s is due on %(day)s for all who owe it.") % told
        return _("%(code)s is due on %(day)s for %(organisation)s.") % {
            **told,
            "organisation": named(row.organisation),
        }

    def leads_to(self, code: str) -> str:
        return back_to(self.request, reverse("web:period", args=[code]))


class Withdraw(Act):
    """Takes a later due day back, with a reason."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        row = self.one(extensions(self.actor), pk=id)
        withdraw_extension(actor=self.actor, extension=row, reason=reason_of(self.request))
        return _("The extension of %(code)s to %(day)s is withdrawn.") % {"code": row.period.code, "day": row.due_on}

    def leads_to(self, id: int) -> str:
        row = self.one(extensions(self.actor), pk=id)
        return back_to(self.request, reverse("web:period", args=[row.period.code]))


urlpatterns = [
    path("periods/<str:code>/extend/", Extend.as_view(), name="period-extend"),
    path("extensions/<int:id>/withdraw/", Withdraw.as_view(), name="extension-withdraw"),
]

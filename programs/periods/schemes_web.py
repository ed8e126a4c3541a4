"""The pages of schemes: periods of their own shape for a programme or an organisation."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import DayField, Form, OneField
from backend.web.lists import ListPage
from programs.catalogue import selectors as catalogue
from programs.catalogue.codes import BAD_CODE, CODE
from programs.periods import services
from programs.periods.filters import SchemeFilter
from programs.periods.models import Period, PeriodScheme
from programs.periods.schemes import change_scheme, create_scheme
from programs.periods.selectors import schemes


class SchemeForm(Form):
    """A scheme to be laid down."""

    code = forms.RegexField(
        CODE,
        label=lazy("Code"),
        max_length=12,
        help_text=lazy("Its periods are called by it and the month in which they end, such as GZU21-2019-03."),
        error_messages={"invalid": BAD_CODE},
    )
    name_zh = forms.CharField(label=lazy("Chinese name"), max_length=200)
    name_en = forms.CharField(label=lazy("English name"), max_length=200, required=False)
    programme = OneField(label=lazy("For the programme"), required=False, empty_label=lazy("None"))
    organisation = OneField(label=lazy("Or for the organisation"), required=False, empty_label=lazy("None"))
    frequency = forms.ChoiceField(label=lazy("One for each"), choices=PeriodScheme.Frequency.choices)
    first_day = forms.IntegerField(label=lazy("Begins on the day of the month"), min_value=1, max_value=28, initial=21)
    first_month = forms.IntegerField(
        label=lazy("One of them begins in the month"),
        min_value=1,
        max_value=12,
        initial=1,
        help_text=lazy("Matters where they are longer than a month."),
    )
    working_days = forms.IntegerField(
        label=lazy("Due after so many working days"), min_value=0, max_value=services.DUE_WITHIN, initial=10
    )
    starts_on = DayField(label=lazy("Runs from"))
    ends_on = DayField(label=lazy("Runs to"))
    instead = forms.BooleanField(
        label=lazy("In place of the plain periods of this length, for those whom it covers"), required=False
    )

    def __init__(self, actor: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        partners = accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        self.fields["programme"].queryset = catalogue.programmes(actor).order_by("code")  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = partners  # type: ignore[attr-defined]


class ChangeSchemeForm(Form):
    """What may be changed of a scheme."""

    name_zh = forms.CharField(label=lazy("Chinese name"), max_length=200)
    name_en = forms.CharField(label=lazy("English name"), max_length=200, required=False)
    ends_on = DayField(
        label=lazy("Runs to"), help_text=lazy("Later opens more periods; earlier, and those after it are not owed.")
    )


class Schemes(ListPage):
    """The schemes, by code."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "periods/schemes.html"
    part = "periods/schemes_rows.html"
    name = "period-schemes"
    leads = ("web:period-scheme", "code")
    filterset_class = SchemeFilter
    ordering = ("code",)
    choosing = {"frequency": lazy("Frequency")}
    headings = {
        "code": lazy("Code"),
        "name_zh": lazy("Chinese name"),
        "name_en": lazy("English name"),
        "frequency": lazy("Frequency"),
        "first_day": lazy("Begins on the day of the month"),
        "programme": lazy("Programme"),
        "organisation": lazy("Organisation"),
        "starts_on": lazy("Runs from"),
        "ends_on": lazy("Runs to"),
    }

    def rows(self) -> QuerySet[PeriodScheme]:
        return schemes(self.actor)

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: getattr(row, name) for name in self.headings} | {
            "frequency": row.get_frequency_display(),
            "programme": row.programme.code if row.programme else "",
            "organisation": row.organisation.code if row.organisation else "",
        }

    def more(self) -> Mapping[str, Any]:
        return {"may_create": NewScheme.admits(self.actor)}


class NewScheme(Page):
    """Lays down a scheme and opens its periods."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "periods/scheme_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=SchemeForm(self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SchemeForm(self.actor, request.POST)
        if form.do(lambda values: create_scheme(actor=self.actor, **values)):
            code = form.cleaned_data["code"]
            messages.success(request, _("Scheme %(code)s is laid down and its periods are open.") % {"code": code})
            return SeeOther(reverse("web:period-scheme", args=[code]))
        return self.show(form=form, status=400)


class OneScheme(Page):
    """One scheme and its periods."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    from_above = True
    template = "periods/scheme.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = self.one(schemes(self.actor), code=code)
        return self._shown(scheme, ChangeSchemeForm(initial=vars(scheme)) if self.admits(self.actor) else None)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = self.one(schemes(self.actor), code=code)
        form = ChangeSchemeForm(request.POST)
        if form.do(lambda values: change_scheme(actor=self.actor, scheme=scheme, **values)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(request.path)
        return self._shown(scheme, form, status=400)

    def _shown(self, scheme: PeriodScheme, form: ChangeSchemeForm | None, status: int = 200) -> HttpResponse:
        periods = Period.objects.filter(scheme=scheme).order_by("starts_on")
        return self.show(scheme=scheme, periods=periods, form=form, status=status)


urlpatterns = [
    path("period-schemes/", Schemes.as_view(), name="period-schemes"),
    path("period-schemes/new/", NewScheme.as_view(), name="period-scheme-new"),
    path("period-schemes/<str:code>/", OneScheme.as_view(), name="period-scheme"),
]

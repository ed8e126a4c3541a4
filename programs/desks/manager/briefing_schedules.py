"""The schedules by which briefings are made and sent: the list, and setting one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.web.base import Page, SeeOther
from backend.web.forms import Checks, Form, OneField
from programs.briefings import scheduling, selectors
from programs.briefings.kinds import Kind
from programs.briefings.models import BriefingSchedule, Language
from programs.desks.manager.briefings import MAKERS, READERS
from programs.targets import selectors as targets


def presented(one: BriefingSchedule) -> dict[str, Any]:
    """A schedule as the pages show it."""
    return {
        "schedule": one,
        "kind": Kind(one.kind).label,
        "languages": [Language(language).label for language in one.languages],
        "subscribers": sorted(it.user.username for it in one.subscribers.all()),
        "issues": one.issues.all()[: selectors.ISSUES_SHOWN],
        "orphaned": not (one.owner.is_active and one.owner.role == User.Role.MANAGER),
    }


class SubscribersField(forms.ModelMultipleChoiceField):
    """Users of the bureau, to be ticked."""

    widget = Checks

    def label_from_instance(self, row: Any) -> str:
        address = row.email or _("by the inbox")
        return f"{row.username} · {row.get_role_display()} · {address}"


class ScheduleForm(Form):
    """How a schedule's briefings are made and sent."""

    languages = forms.MultipleChoiceField(label=lazy("Languages"), choices=Language.choices, widget=Checks)
    working_days = forms.IntegerField(
        label=lazy("Working days after the period’s end"), min_value=0, max_value=scheduling.MOST_WORKING_DAYS
    )
    publish = forms.BooleanField(
        label=lazy("Publish a snapshot for each period"),
        required=False,
        help_text=lazy("Left open, the briefing waits for a snapshot that a manager publishes."),
    )
    subscribers = SubscribersField(
        queryset=None,
        label=lazy("Sent to"),
        required=False,
        help_text=lazy("Officers and managers. Who has no e-mail address finds it in the inbox."),
    )

    def __init__(self, *args: Any, known: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["subscribers"].queryset = known


class NewForm(ScheduleForm):
    """The same, with what cannot be changed later."""

    plan = OneField(label=lazy("Plan"))
    kind = forms.ChoiceField(label=lazy("Kind"), choices=Kind.choices)
    field_order = ("plan", "kind")

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["plan"].queryset = targets.plans(actor).order_by("code")


class ActiveForm(ScheduleForm):
    """The same, with whether it is followed."""

    active = forms.BooleanField(
        label=lazy("Active"),
        required=False,
        help_text=lazy("Made active again, it begins with what becomes due from then on."),
    )


class Schedules(Page):
    """Every schedule."""

    roles = {"GET": READERS}
    template = "desks/manager/briefing_schedules.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [presented(one) for one in selectors.schedules(self.actor).order_by("plan__code", "pk")]
        return self.show(rows=rows, makes=NewSchedule.admits(self.actor))


class NewSchedule(Page):
    """Laying down a schedule."""

    roles = {"GET": MAKERS, "POST": MAKERS}
    template = "desks/manager/briefing_schedule.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"languages": [self.actor.language], "working_days": 5, "kind": Kind.MONTH}
        plans = targets.plans(self.actor).order_by("code").values_list("code", flat=True)
        initial["plan"] = plans.first() or ""
        return self.show(form=NewForm(initial=initial, known=selectors.readers(), actor=self.actor), one=None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewForm(request.POST, known=selectors.readers(), actor=self.actor)
        if form.do(lambda values: scheduling.create(actor=self.actor, **values)):
            messages.success(request, _("The schedule is in force."))
            return SeeOther(reverse("web:briefing-schedules"))
        return self.show(status=400, form=form, one=None)


class OneSchedule(Page):
    """One schedule, what it has made lately, and changing it."""

    roles = {"GET": READERS, "POST": MAKERS}
    template = "desks/manager/briefing_schedule.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        one = self.one(selectors.schedules(self.actor), pk=id)
        initial = {name: getattr(one, name) for name in ("languages", "publish", "working_days", "active")}
        initial["subscribers"] = [it.user_id for it in one.subscribers.all()]
        return self._show(one, ActiveForm(initial=initial, known=selectors.readers()))

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        self.one(selectors.schedules(self.actor), pk=id)
        form = ActiveForm(request.POST, known=selectors.readers())
        if form.do(lambda values: scheduling.change(actor=self.actor, schedule_id=id, **values)):
            messages.success(request, _("The schedule is changed."))
            return SeeOther(reverse("web:briefing-schedules"))
        return self._show(self.one(selectors.schedules(self.actor), pk=id), form, 400)

    def _show(self, one: BriefingSchedule, form: Form, status: int = 200) -> HttpResponse:
        makes = self.admits(self.actor)
        return self.show(status=status, form=form if makes else None, one=presented(one))

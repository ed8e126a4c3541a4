"""Who takes part in a cohort and how often they were there: the list, and one person's summaries with a form."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.problems import Problem
from backend.reference import selectors as reference
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import Label, ListPage
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Cohort
from programs.desks.training import words
from programs.records.models import Outcome, Record
from programs.training import attendance, noting, selectors, showing
from programs.training.figures import share
from programs.training.filters import AttendanceFilter


class SummaryForm(Form):
    """How somebody took part, up to a day."""

    sessions_held = forms.IntegerField(label=lazy("Sessions held"), required=False, min_value=0)
    sessions_attended = forms.IntegerField(label=lazy("Sessions attended"), required=False, min_value=0)
    hours = forms.DecimalField(
        label=lazy("Hours attended"), required=False, min_value=0, max_digits=7, decimal_places=1
    )
    until = DayField(label=lazy("Up to"))
    withdrawal_reason = forms.ChoiceField(
        label=lazy("Why they withdrew"), required=False, help_text=lazy("For who is reported as withdrawn.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reasons = [("", lazy("Not given")), *reference.labels("withdrawal_reason").items()]
        self.fields["withdrawal_reason"].choices = reasons  # type: ignore[attr-defined]

    def take(self, problem: Problem) -> None:
        # The one row of the call is this form.
        own = [error._replace(field=error.field.rpartition(".")[-1]) for error in problem.errors]
        super().take(Problem(problem.status, problem.code, problem.detail, own))


class _OfCohort(Page):
    @cached_property
    def cohort(self) -> Cohort:
        return self.one(catalogue.cohorts(self.actor), code=self.kwargs["code"])


class Members(_OfCohort, ListPage):
    """Who is enrolled in a cohort, with the summary that stands of each."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/training/attendance.html"
    part = "desks/training/attendance_rows.html"
    name = "attendance"
    filterset_class = AttendanceFilter
    choosing: ClassVar[Mapping[str, Label]] = {
        "outcome": lazy("Outcome"),
        "noted": lazy("Attendance"),
        "below": lazy("Were there"),
        "withdrawal_reason": lazy("Why they withdrew"),
    }
    ordering = ("id",)
    headings: ClassVar[Mapping[str, Label]] = {
        "record": lazy("Record"),
        "partner_ref": lazy("Partner reference"),
        "name": lazy("Name"),
        "id_number": lazy("ID number"),
        "outcome": lazy("Outcome"),
        "sessions_held": lazy("Sessions held"),
        "sessions_attended": lazy("Sessions attended"),
        "rate": lazy("Attendance"),
        "hours": lazy("Hours attended"),
        "until": lazy("Up to"),
        "withdrawal_reason": lazy("Why they withdrew"),
    }

    def rows(self) -> Any:
        return selectors.members(self.actor, self.cohort).values(*showing.MEMBER_PATHS)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {
            "noted": [("true", lazy("Noted")), ("false", lazy("Not noted"))],
            "below": [(str(one / 100), _("less than %(n)d %%") % {"n": one}) for one in (90, 75, 50)],
            "withdrawal_reason": list(reference.labels("withdrawal_reason").items()),
        }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        reasons = reference.labels("withdrawal_reason")
        return [
            one
            | {
                "outcome_label": Outcome(one["outcome"]).label,
                "rate": share(one["sessions_attended"] or 0, one["sessions_held"] or 0),
                "hours_said": words.hours(one["hours"]),
                "reason_label": reasons.get(one["withdrawal_reason"], one["withdrawal_reason"]),
            }
            for one in showing.members(rows, self.actor)
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {**row, "outcome": row["outcome_label"], "withdrawal_reason": row["reason_label"]}

    def more(self) -> Mapping[str, Any]:
        return {"cohort": self.cohort, "may_note": OneMember.admits(self.actor)}


class OneMember(_OfCohort):
    """One enrolled person's summaries, and a further one."""

    roles = {"GET": EVERYONE, "POST": "partner officer"}
    from_above = True
    template = "desks/training/member.html"

    def get(self, request: HttpRequest, code: str, record: int) -> HttpResponse:
        member = self._member(record)
        latest = next(iter(selectors.editions(self.actor, member)), None)
        initial = {name: getattr(latest, name) for name in attendance.VALUES} if latest else {}
        form = SummaryForm(initial=initial) if self.admits(self.actor) else None
        return self._shown(member, form)

    def post(self, request: HttpRequest, code: str, record: int) -> HttpResponse:
        member = self._member(record)
        form = SummaryForm(request.POST)

        def noted(values: dict[str, Any]) -> None:
            noting.note(actor=self.actor, cohort=self.cohort, rows=[{"record": member.pk, **values}])

        if form.do(noted):
            messages.success(request, _("The attendance is noted."))
            return SeeOther(reverse("web:attendance", args=[code]))
        return self._shown(member, form, status=400)

    def _member(self, record: int) -> Record:
        return self.one(selectors.members(self.actor, self.cohort), pk=record)

    def _shown(self, member: Record, form: SummaryForm | None, status: int = 200) -> HttpResponse:
        rows = selectors.members(self.actor, self.cohort).filter(pk=member.pk).values(*showing.MEMBER_PATHS)
        [told] = showing.members(rows, self.actor)
        reasons = reference.labels("withdrawal_reason")
        editions = [
            {
                "summary": one,
                "rate": share(one.sessions_attended or 0, one.sessions_held or 0),
                "hours": words.hours(one.hours),
                "reason": reasons.get(one.withdrawal_reason, one.withdrawal_reason),
            }
            for one in selectors.editions(self.actor, member)
        ]
        return self.show(
            cohort=self.cohort,
            member=told,
            outcome=Outcome(told["outcome"]).label,
            editions=editions,
            form=form,
            status=status,
        )

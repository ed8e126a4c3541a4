"""Cohorts as they go: the list with its figures and what does not fit, and one cohort with everything about it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE, Page
from backend.web.lists import Label, ListPage, choices_of
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Cohort, Path
from programs.catalogue.web.cohorts import ChangeCohort, NewCohort
from programs.catalogue.web.forms import partners
from programs.desks.officer.records import NAMES, choices_of_periods, presented
from programs.desks.training import words
from programs.desks.training.attendance import OneMember
from programs.desks.training.budget import NewLine
from programs.records import selectors as records
from programs.records.models import NOT_LIVE, Amendment
from programs.records.showing import COLUMNS
from programs.review.sampling import selectors as lots
from programs.submissions import selectors as submissions
from programs.training import selectors, showing
from programs.training.filters import TrainingCohortFilter

LATELY = 8
"""How many submissions, records and lots a cohort's page shows before it leads to their lists."""


class Cohorts(ListPage):
    """Cohorts as they go, the latest first. Partners see their own."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/training/cohorts.html"
    part = "desks/training/cohorts_rows.html"
    name = "cohorts"
    leads = ("web:cohort", "cohort.code")
    filterset_class = TrainingCohortFilter
    ordering = ("-starts_on", "code")
    headings: ClassVar[Mapping[str, Label]] = {
        "code": lazy("Code"),
        "programme": lazy("Programme"),
        "organisation": lazy("Organisation"),
        "starts_on": lazy("From"),
        "ends_on": lazy("To"),
        "state": lazy("State"),
        "capacity": lazy("Capacity"),
        "places_left": lazy("Places left"),
        "enrolled": lazy("Enrolled"),
        "in_progress": lazy("In progress"),
        "completed": lazy("Completed"),
        "verified_completions": lazy("Verified"),
        "withdrawn": lazy("Withdrawn"),
        "completion_rate": lazy("Completion rate"),
        "dropout_rate": lazy("Drop-out rate"),
        "attendance_rate": lazy("Attendance"),
        "conflicts": lazy("What does not fit"),
    }

    def rows(self) -> QuerySet[Cohort]:
        return catalogue.cohorts(self.actor)

    @property
    def choosing(self) -> Mapping[str, Any]:  # type: ignore[override]
        found = {
            "q": lazy("Code or programme"),
            "state": lazy("State"),
            "programme": lazy("Programme"),
            "organisation": lazy("Organisation"),
            "period": lazy("Period"),
            "conflicts": lazy("What does not fit"),
        }
        return found if self.actor.sees_several else {k: v for k, v in found.items() if k != "organisation"}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        programmes = catalogue.programmes(self.actor).prefetch_related(None).filter(path=Path.TRAINED).order_by("code")
        return {
            "programme": choices_of(programmes),
            "organisation": choices_of(partners(self.actor)),
            "period": choices_of_periods(self.actor),
        }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [told(one) for one in selectors.courses(self.actor, rows)]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return showing.course(row["course"]) | {
            "state": row["state_label"],
            "conflicts": [str(one.kind.label) for one in row["course"].conflicts],
        }

    def more(self) -> Mapping[str, Any]:
        return {"may_create": NewCohort.admits(self.actor)}


def told(course: selectors.Course) -> dict[str, Any]:
    """A cohort's course as lists show it."""
    kinds = dict.fromkeys(one.kind for one in course.conflicts)
    return {
        "course": course,
        "cohort": course.cohort,
        "tally": course.tally,
        "state_tone": words.STATE_TONES[course.state],
        "state_label": words.state_label(course.state),
        "conflicts": [{"label": kind.label, "tone": words.KIND_TONES[kind]} for kind in kinds],
    }


class OneCohort(Page):
    """One cohort: its days, places and people, what does not fit, its money, and what it adds to the targets."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/training/cohort.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        cohort = self.one(catalogue.cohorts(self.actor), code=code)
        [course] = selectors.courses(self.actor, [cohort])
        found = records.records(self.actor).filter(cohort=cohort)
        amended = Amendment.objects.filter(record__in=found, state=Amendment.State.PENDING).values("submission")
        sent = found.values("submission").union(amended)
        files = submissions.submissions(self.actor).filter(pk__in=sent).order_by("-pk")
        live = found.exclude(state__in=NOT_LIVE).order_by("-reported_at", "-pk")
        return self.show(
            **told(course),
            programme=cohort.programme,
            found=[(one, words.KIND_TONES[one.kind]) for one in course.conflicts],
            reasons=words.reasons(course.tally),
            cost=words.yuan(course.tally.cost_per_completion_fen),
            hours=words.hours(course.tally.hours),
            budget=words.money(catalogue.budget_lines(self.actor).filter(cohort=cohort).order_by("pk")),
            shares=selectors.shares(self.actor, [cohort]),
            outcomes=self._outcomes(course),
            records=presented(live.values(*COLUMNS.values(), *NAMES)[:LATELY], self.actor),
            submissions=files[:LATELY],
            lots=lots.lots(self.actor).filter(cohort=cohort).order_by("-pk")[:LATELY],
            may_change=ChangeCohort.admits(self.actor),
            may_note=OneMember.admits(self.actor),
            may_budget=NewLine.admits(self.actor),
        )

    def _outcomes(self, course: selectors.Course) -> list[dict[str, Any]]:
        tally = course.tally
        return [
            {"outcome": "in_progress", "label": lazy("In progress"), "people": tally.in_progress},
            {"outcome": "completed", "label": lazy("Completed"), "people": tally.completed},
            {"outcome": "withdrawn", "label": lazy("Withdrawn"), "people": tally.withdrawn},
        ]

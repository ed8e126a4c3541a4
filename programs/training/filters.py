"""Filters of cohorts as they go, of what does not fit in them, and of who takes part."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from backend import clock
from backend.lists.filters import StrictFilterSet
from programs.catalogue.filters import CohortFilter
from programs.catalogue.models import Cohort
from programs.periods.models import Period
from programs.records.models import Outcome, Record
from programs.training.conflicts import Kind, conflicts

PLANNED, RUNNING, ENDED = "planned", "running", "ended"
STATES = ((PLANNED, _("Not begun yet")), (RUNNING, _("Running")), (ENDED, _("Has ended")))
ANY, NONE = "any", "none"


class _CourseFilter(CohortFilter):
    """By what cohorts are filtered by, words (``q``), whether they are to come, run or have ended; ``period`` finds
    those that run within a period."""

    state = filters.ChoiceFilter(choices=STATES, method="by_state")
    period = filters.CharFilter(method="by_period")
    q = filters.CharFilter(method="named")

    def by_state(self, queryset: QuerySet[Cohort], name: str, value: str) -> QuerySet[Cohort]:
        today = clock.today()
        if value == PLANNED:
            return queryset.filter(starts_on__gt=today)
        if value == ENDED:
            return queryset.filter(ends_on__lt=today)
        return queryset.filter(starts_on__lte=today, ends_on__gte=today)

    def by_period(self, queryset: QuerySet[Cohort], name: str, value: str) -> QuerySet[Cohort]:
        period = Period.objects.filter(code=value).first()
        if period is None:
            return queryset.none()
        return queryset.filter(starts_on__lte=period.ends_on, ends_on__gte=period.starts_on)

    def named(self, queryset: QuerySet[Cohort], name: str, words: str) -> QuerySet[Cohort]:
        of_programme = Q(programme__name_zh__icontains=words) | Q(programme__name_en__icontains=words)
        return queryset.filter(Q(code__icontains=words) | of_programme)


class TrainingCohortFilter(_CourseFilter):
    """The same, and by what does not fit in them."""

    # Last, so that what the others leave is all that is looked at.
    conflicts = filters.ChoiceFilter(
        choices=[(ANY, _("With a conflict")), (NONE, _("Without a conflict")), *Kind.choices], method="by_conflict"
    )

    def by_conflict(self, queryset: QuerySet[Cohort], name: str, value: str) -> QuerySet[Cohort]:
        kinds = tuple(Kind) if value in (ANY, NONE) else (Kind(value),)
        cohorts = list(queryset)
        codes: set[str | None] = set()
        programmes: set[str] = set()
        for one in conflicts(self.request.user if self.request else None, cohorts, kinds):
            codes |= {one.cohort, one.other}
            if one.cohort is None:
                programmes.add(one.programme)
        concerned = Q(code__in=codes - {None}) | Q(programme__code__in=programmes)
        return queryset.exclude(concerned) if value == NONE else queryset.filter(concerned)


class ConflictFilter(_CourseFilter):
    """What does not fit, by its kinds and by the cohorts that are looked at. A pair is found by either of its two."""

    cohort = filters.CharFilter(field_name="code")
    kind = filters.MultipleChoiceFilter(choices=Kind.choices, method="by_kind")

    def by_kind(self, queryset: QuerySet[Cohort], name: str, value: list[str]) -> QuerySet[Cohort]:
        return queryset  # it is read by whoever works them out


class AttendanceFilter(StrictFilterSet):
    """By what became of somebody, whether anything was noted of them, and whether they were there too little."""

    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    noted = filters.BooleanFilter(field_name="edition", lookup_expr="isnull", exclude=True)
    below = filters.NumberFilter(method="by_rate", min_value=0, max_value=1)
    withdrawal_reason = filters.CharFilter(field_name="reason_given")

    class Meta:
        model = Record
        fields: list[str] = []

    def by_rate(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(sessions_held__gt=0, sessions_attended__lt=F("sessions_held") * value)

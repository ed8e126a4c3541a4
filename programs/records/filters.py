"""What records may be looked for by: on the API, on pages, in downloads and in decisions alike."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.catalogue.models import Path
from programs.records.models import Amendment, Outcome, Record
from talent.people.filters import WholeFilter
from talent.people.selectors import group

TIERS = (("high_end", "high_end"), ("other", "other"))


def _day(field: str, **options: Any) -> filters.DateFilter:
    return filters.DateFilter(field_name=field, **options)


class RecordFilter(StrictFilterSet):
    """Records; organisation, programme, cohort and period by code.

    ``submission`` finds the records whose standing values came from it, and those whose pending amendment did.
    Moments are taken by the bureau's days, both ends included.
    """

    submission = WholeFilter("submission_id", method="by_submission")
    organisation = filters.CharFilter(field_name="organisation__code")
    programme = filters.CharFilter(field_name="programme__code")
    cohort = filters.CharFilter(field_name="cohort__code")
    period = filters.CharFilter(field_name="submission__period__code")
    path = filters.ChoiceFilter(choices=Path.choices)
    state = filters.MultipleChoiceFilter(choices=Record.State.choices)
    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    tier = filters.ChoiceFilter(choices=TIERS, method="by_tier")
    pending = filters.BooleanFilter(method="by_pending")
    person = WholeFilter("person_id", method="by_person")
    partner_ref = filters.CharFilter()
    district = filters.CharFilter()
    segment = filters.CharFilter()
    education = filters.CharFilter()
    title = filters.CharFilter()
    started_from = _day("started_on", lookup_expr="gte")
    started_to = _day("started_on", lookup_expr="lte")
    completed_from = _day("completed_on", lookup_expr="gte")
    completed_to = _day("completed_on", lookup_expr="lte")
    reported_from = _day("reported_at", method="from_day")
    reported_to = _day("reported_at", method="to_day")
    decided_from = _day("decided_at", method="from_day")
    decided_to = _day("decided_at", method="to_day")

    class Meta:
        model = Record
        fields: list[str] = []

    def by_submission(self, queryset: QuerySet[Record], name: str, value: int) -> QuerySet[Record]:
        amended = Amendment.objects.filter(submission=value, state=Amendment.State.PENDING)
        # Two look-ups by index, where OR would read the whole table.
        found = Record.objects.filter(submission=value).values("pk").union(amended.values("record"), all=True)
        return queryset.filter(pk__in=found)

    def by_person(self, queryset: QuerySet[Record], name: str, value: int) -> QuerySet[Record]:
        # Whoever was found to be one person is one here too, by whichever of their rows they are asked for.
        return queryset.filter(person__in=group(value, self.request.user) if self.request else [value])

    def by_tier(self, queryset: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        other = Q(basis="")
        return queryset.filter(other if value == "other" else ~other)

    def by_pending(self, queryset: QuerySet[Record], name: str, value: bool) -> QuerySet[Record]:
        if not value:
            return queryset.filter(pending=False)
        # The amendments that wait have an index of their own; the records would be read one by one.
        waiting = Amendment.objects.filter(state=Amendment.State.PENDING)
        return queryset.filter(pending=True, pk__in=waiting.values("record"))

    def from_day(self, queryset: QuerySet[Record], name: str, value: dt.date) -> QuerySet[Record]:
        return queryset.filter(**{f"{name}__gte": _start(value)})

    def to_day(self, queryset: QuerySet[Record], name: str, value: dt.date) -> QuerySet[Record]:
        return queryset.filter(**{f"{name}__lt": _start(value + dt.timedelta(days=1))})


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))

"""What records may be looked for by: on the API, on pages, in downloads and in decisions alike."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django_filters import rest_framework as filters

from backend.accounts.models import User
from backend.lists.filters import StrictFilterSet
from programs.catalogue.models import Path
from programs.records import selectors
from programs.records.claims import FirstVerification
from programs.records.models import Amendment, Outcome, Record
from programs.records.threads import Thread
from programs.submissions.models import Finding
from talent.credentials.models import Credential
from talent.people.filters import WholeFilter
from talent.people.selectors import group

TIERS = (("high_end", "high_end"), ("other", "other"))
CLAIMS = (
    ("mine", lazy("Claimed by me")),
    ("nobody", lazy("Claimed by nobody")),
    ("others", lazy("Claimed by others")),
)
THREADS = (
    ("unclosed", lazy("With a question that is not closed")),
    (Thread.State.ANSWERED.value, lazy("A question waits for the bureau")),
    (Thread.State.OPEN.value, lazy("A question waits for the partner")),
)
CREDENTIALS = (
    ("unexamined", lazy("Not looked at")),
    (Credential.State.CLAIMED.value, lazy("Claimed")),
    (Credential.State.EVIDENCED.value, lazy("With evidence")),
    (Credential.State.CONFIRMED.value, lazy("Confirmed")),
    (Credential.State.REFUTED.value, lazy("Refuted")),
)
SORTS = (("waiting", lazy("Waiting the longest first")), ("latest", lazy("Latest first")))
SORTED_BY = {"waiting": ("reported_at", "id"), "latest": ("-id",)}
READERS_OF_FINDINGS = frozenset({User.Role.PARTNER, User.Role.OFFICER})


def _day(field: str, **options: Any) -> filters.DateFilter:
    return filters.DateFilter(field_name=field, **options)


class RecordFilter(StrictFilterSet):
    """Records; organisation, programme, cohort and period by code.

    ``submission`` finds the records whose standing values came from it, and those whose pending amendment did.
    Moments are taken by the bureau's days, both ends included. ``waiting``: the record or an amendment of it awaits a
    decision, ``waiting_since`` so many days or longer; ``second``: it awaits a second officer. ``rule``: a check warned
    of the values under review. ``sort`` filters nothing and says in which order a list comes.
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
    waiting = filters.BooleanFilter(method="by_waiting")
    waiting_since = filters.DateFilter(method="by_waiting_since")
    second = filters.BooleanFilter(method="by_second")
    claim = filters.ChoiceFilter(choices=CLAIMS, method="by_claim")
    thread = filters.ChoiceFilter(choices=THREADS, method="by_thread")
    credential = filters.ChoiceFilter(choices=CREDENTIALS, method="by_credential")
    rule = filters.CharFilter(method="by_rule")
    sort = filters.ChoiceFilter(choices=SORTS, method="by_sort")

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

    def by_waiting(self, queryset: QuerySet[Record], name: str, value: bool) -> QuerySet[Record]:
        awaits = Q(state=Record.State.SUBMITTED) | Q(pending=True)
        return queryset.filter(awaits if value else ~awaits)

    def by_waiting_since(self, queryset: QuerySet[Record], name: str, value: dt.date) -> QuerySet[Record]:
        end = _start(value + dt.timedelta(days=1))
        amended = Amendment.objects.filter(state=Amendment.State.PENDING, reported_at__lt=end)
        return queryset.filter(
            Q(state=Record.State.SUBMITTED, reported_at__lt=end) | Q(pk__in=amended.values("record"))
        )

    def by_second(self, queryset: QuerySet[Record], name: str, value: bool) -> QuerySet[Record]:
        first = FirstVerification.objects.filter(selectors.speaks_now(), closed_at=None).values("record")
        return queryset.filter(pk__in=first) if value else queryset.exclude(pk__in=first)

    def by_claim(self, queryset: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        live = selectors.live_claims()
        if value == "nobody":
            return queryset.exclude(pk__in=live.values("record"))
        own = getattr(getattr(self.request, "user", None), "pk", None)
        claims = live.filter(officer=own) if value == "mine" else live.exclude(officer=own)
        return queryset.filter(pk__in=claims.values("record"))

    def by_thread(self, queryset: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        asked = Thread.objects.filter(record__isnull=False)
        asked = asked.exclude(state=Thread.State.CLOSED) if value == "unclosed" else asked.filter(state=value)
        return queryset.filter(pk__in=asked.values("record"))

    def by_credential(self, queryset: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        state = Credential.State
        states = [state.CLAIMED, state.EVIDENCED] if value == "unexamined" else [value]
        held = Credential.objects.filter(record_id=OuterRef("pk"), state__in=states)
        return queryset.filter(Exists(held))

    def by_rule(self, queryset: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        if getattr(getattr(self.request, "user", None), "role", "") not in READERS_OF_FINDINGS:
            return queryset.none()
        found = Finding.objects.filter(rule=value.upper(), severity="warning")
        own = found.filter(submission=OuterRef("submission_id"), row=OuterRef("row"))
        amended = Amendment.objects.filter(state=Amendment.State.PENDING, record=OuterRef("pk"))
        warned = found.filter(submission=OuterRef("submission_id"), row=OuterRef("row"))
        return queryset.filter(Q(pending=False) & Exists(own) | Exists(amended.filter(Exists(warned))))

    def by_sort(self, queryset: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        return queryset

    def from_day(self, queryset: QuerySet[Record], name: str, value: dt.date) -> QuerySet[Record]:
        return queryset.filter(**{f"{name}__gte": _start(value)})

    def to_day(self, queryset: QuerySet[Record], name: str, value: dt.date) -> QuerySet[Record]:
        return queryset.filter(**{f"{name}__lt": _start(value + dt.timedelta(days=1))})


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))

"""What claims, runs and threads may be looked for by: on the API, on pages, in downloads."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.records.claims import Claim
from programs.records.models import Decision, DecisionRun
from programs.records.threads import Thread, ThreadMessage, ThreadReading
from talent.people.filters import WholeFilter


class ClaimFilter(StrictFilterSet):
    """Claims by officer, organisation and submission."""

    officer = filters.CharFilter(field_name="officer__username")
    organisation = filters.CharFilter(field_name="record__organisation__code")
    submission = WholeFilter("record__submission_id")

    class Meta:
        model = Claim
        fields: list[str] = []


class RunFilter(StrictFilterSet):
    """Runs by officer, decision, and whether all of one was undone."""

    officer = filters.CharFilter(field_name="decided_by__username")
    decision = filters.ChoiceFilter(choices=Decision.Kind.choices)
    undone = filters.BooleanFilter(method="by_undone")

    class Meta:
        model = DecisionRun
        fields: list[str] = []

    def by_undone(self, queryset: QuerySet[DecisionRun], name: str, value: bool) -> QuerySet[DecisionRun]:
        return queryset.filter(undone__gte=F("decided")) if value else queryset.filter(undone__lt=F("decided"))


class ThreadFilter(StrictFilterSet):
    """Threads by organisation, submission, record and state; ``unread``: with something the reader has not seen."""

    organisation = filters.CharFilter(field_name="organisation__code")
    submission = WholeFilter("submission_id")
    record = WholeFilter("record_id")
    state = filters.MultipleChoiceFilter(choices=Thread.State.choices)
    unread = filters.BooleanFilter(method="by_unread")

    class Meta:
        model = Thread
        fields: list[str] = []

    def by_unread(self, queryset: QuerySet[Thread], name: str, value: bool) -> QuerySet[Thread]:
        reader = getattr(self.request, "user", None)
        return queryset.filter(unread_by(reader)) if value else queryset.exclude(unread_by(reader))


def unread_by(reader: object) -> Q:
    """The condition of a thread in which the other side has said something that ``reader`` has not read."""
    read = ThreadReading.objects.filter(
        thread=OuterRef("thread"), reader=getattr(reader, "pk", None), read_to__gte=OuterRef("pk")
    )
    said = ThreadMessage.objects.filter(thread=OuterRef("pk")).exclude(
        by_bureau=bool(getattr(reader, "sees_everything", False))
    )
    return Q(Exists(said.exclude(Exists(read))))

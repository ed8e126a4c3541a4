"""Reading records, as far as the actor may."""

from collections.abc import Iterable

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.records.models import Amendment, Decision, Record


def records(actor: User | None) -> QuerySet[Record]:
    """What partners reported: a partner's own, staff everybody's."""
    return visible(Record.objects.all(), actor)


def amendments(record: Record) -> QuerySet[Amendment]:
    """Every amendment of a record that the actor was given, the latest first."""
    return Amendment.objects.filter(record=record).order_by("-pk")


def waiting(record_ids: Iterable[int]) -> QuerySet[Amendment]:
    """The amendments that await review, one at most for each of some records that the actor was given."""
    return Amendment.objects.filter(record__in=list(record_ids), state=Amendment.State.PENDING)


def decisions(record: Record) -> QuerySet[Decision]:
    """Every decision on a record that the actor was given, the earliest first."""
    return Decision.objects.filter(record=record).order_by("pk")


def counted_by_state(actor: User | None, most: int = 10_000) -> dict[str, int]:
    """How many records of each state ``actor`` may see, each counted no further than ``most`` + 1."""
    seen = records(actor)
    return {state.value: seen.filter(state=state)[: most + 1].count() for state in Record.State}

"""Reading records, as far as the actor may."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.clock import SqlNow
from programs.records.claims import Claim, FirstVerification
from programs.records.models import Amendment, Decision, Record
from programs.records.threads import Thread


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


def live_claims() -> QuerySet[Claim]:
    """The claims that have not run out; the bureau's staff alone see any."""
    return Claim.objects.filter(expires_at__gt=SqlNow())


def claims_on(record_ids: Iterable[int]) -> dict[int, Claim]:
    """Who is at work on each of some records, as far as anybody is."""
    found = live_claims().filter(record__in=list(record_ids)).select_related("officer", "handed_by")
    return {one.record_id: one for one in found}


def first_verified(record_ids: Iterable[int]) -> dict[int, FirstVerification]:
    """By record, the first of two verifications of the values that await review."""
    found = FirstVerification.objects.filter(record__in=list(record_ids), closed_at=None)
    return {one.record_id: one for one in found.filter(speaks_now()).select_related("officer")}


def speaks_now() -> Q:
    """The condition of a first verification that is of the values that await review now."""
    of_record = Q(amendment_id=None, submission_id=F("record__submission_id"), record__state=Record.State.SUBMITTED)
    waiting = Amendment.objects.filter(state=Amendment.State.PENDING, pk=OuterRef("amendment_id"))
    return of_record | Q(Exists(waiting))


def threads(actor: User | None) -> QuerySet[Thread]:
    """The questions that the actor may see: a partner's own, staff everybody's."""
    return visible(Thread.objects.select_related("organisation", "record__person", "submission"), actor)

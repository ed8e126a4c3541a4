"""What a decision does to a record, as one table: nothing here touches the database."""

from dataclasses import dataclass
from enum import StrEnum

from programs.records.models import Amendment, Decision, Record

Kind = Decision.Kind
State = Record.State

# submitted -> verified, returned or rejected; verified -> revoked (contract, Records).
BECOMES = {
    Kind.VERIFY: State.VERIFIED,
    Kind.RETURN: State.RETURNED,
    Kind.REJECT: State.REJECTED,
    Kind.REVOKE: State.REVOKED,
}
AMENDMENT_BECOMES = {
    Kind.VERIFY: Amendment.State.TAKEN,
    Kind.RETURN: Amendment.State.RETURNED,
    Kind.REJECT: Amendment.State.REJECTED,
}
NEEDS_REASON = frozenset({Kind.RETURN, Kind.REJECT, Kind.REVOKE})


class Ruling(StrEnum):
    """What comes of one decision on one record."""

    DECIDE_RECORD = "decide_record"
    DECIDE_AMENDMENT = "decide_amendment"
    STANDS = "stands"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Subject:
    """A record as a decision finds it.

    ``pending`` is whether an amendment that the decision is meant for awaits review; ``last`` the latest decision
    taken on the record or on an amendment of it, null where there is none.
    """

    state: str
    pending: bool
    last: str | None


def rule(decision: str, subject: Subject) -> Ruling:
    """What ``decision`` does to ``subject``.

    The decision that already stands is no conflict, so that one sent twice is answered alike; any other decision on
    what has been decided is.
    """
    if decision == Kind.REVOKE:
        if subject.state == State.VERIFIED:
            return Ruling.DECIDE_RECORD
    elif subject.state == State.SUBMITTED:
        return Ruling.DECIDE_RECORD
    elif subject.state == State.VERIFIED and subject.pending:
        return Ruling.DECIDE_AMENDMENT
    return Ruling.STANDS if _stands(decision, subject) else Ruling.CONFLICT


def _stands(decision: str, subject: Subject) -> bool:
    if subject.state != State.VERIFIED:
        return subject.state == BECOMES[Kind(decision)]
    # A verified record whose amendment was returned or rejected: what stands is that, not the older verification.
    return (subject.last or Kind.VERIFY) == decision

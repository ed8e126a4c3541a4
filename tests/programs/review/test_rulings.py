"""The table of decisions: what each does to a record in each state."""

import pytest

from programs.review.rulings import Kind, Ruling, State, Subject, rule

RECORD, STANDS, CONFLICT = Ruling.DECIDE_RECORD, Ruling.STANDS, Ruling.CONFLICT

TABLE = {
    State.SUBMITTED: {Kind.VERIFY: RECORD, Kind.RETURN: RECORD, Kind.REJECT: RECORD, Kind.REVOKE: CONFLICT},
    State.VERIFIED: {Kind.VERIFY: STANDS, Kind.RETURN: CONFLICT, Kind.REJECT: CONFLICT, Kind.REVOKE: RECORD},
    State.RETURNED: {Kind.VERIFY: CONFLICT, Kind.RETURN: STANDS, Kind.REJECT: CONFLICT, Kind.REVOKE: CONFLICT},
    State.REJECTED: {Kind.VERIFY: CONFLICT, Kind.RETURN: CONFLICT, Kind.REJECT: STANDS, Kind.REVOKE: CONFLICT},
    State.WITHDRAWN: {
        Kind.VERIFY: CONFLICT,
        Kind.RETURN: CONFLICT,
        Kind.REJECT: CONFLICT,
        Kind.REVOKE: CONFLICT,
    },
    State.REVOKED: {Kind.VERIFY: CONFLICT, Kind.RETURN: CONFLICT, Kind.REJECT: CONFLICT, Kind.REVOKE: STANDS},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("decision", Kind)
def test_a_record_without_an_amendment(state: State, decision: Kind) -> None:
    assert rule(decision, Subject(state=state, pending=False, last=None)) == TABLE[state][decision]


@pytest.mark.parametrize("decision", [Kind.VERIFY, Kind.RETURN, Kind.REJECT])
def test_a_pending_amendment_is_what_is_decided(decision: Kind) -> None:
    assert rule(decision, Subject(state=State.VERIFIED, pending=True, last=Kind.VERIFY)) is Ruling.DECIDE_AMENDMENT


def test_revoking_concerns_the_record_whatever_is_pending() -> None:
    assert rule(Kind.REVOKE, Subject(state=State.VERIFIED, pending=True, last=Kind.VERIFY)) is RECORD


@pytest.mark.parametrize("last", [Kind.RETURN, Kind.REJECT])
def test_a_decided_amendment_stands_against_any_other_decision(last: Kind) -> None:
    found = {kind: rule(kind, Subject(state=State.VERIFIED, pending=False, last=last)) for kind in Kind}
    others = {kind: CONFLICT for kind in (Kind.VERIFY, Kind.RETURN, Kind.REJECT) if kind != last}
    assert found == {last: STANDS, Kind.REVOKE: RECORD, **others}


def test_a_record_reported_anew_is_open_whatever_was_decided_before() -> None:
    for last in Kind:
        assert rule(Kind.VERIFY, Subject(state=State.SUBMITTED, pending=False, last=last)) is RECORD
        assert rule(Kind.REVOKE, Subject(state=State.SUBMITTED, pending=False, last=last)) is CONFLICT

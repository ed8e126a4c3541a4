"""Switching between normal, tightened and reduced inspection: GB/T 2828.1-2012, clauses 9.3 and 9.4.

A partner's state is never stored: it follows from its lots, in the order in which they were decided, and from what
officers ruled between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from programs.review.sampling.plans import Severity

WINDOW, REFUSED_IN_WINDOW = 5, 2
ACCEPTED_TO_NORMAL = 5
REFUSED_TO_STOP = 5
SCORE_TO_REDUCED = 30
FOR_TIGHTER, FOR_ACCEPTED = 3, 2


class Act(StrEnum):
    """What an officer rules: sampling goes on, reduced inspection is consented to, or reporting is irregular."""

    RESUME = "resume"
    CONSENT = "consent"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Result:
    """A lot that was decided.

    ``original``: it was presented for the first time; only such lots count. ``tighter``: the acceptance number that it
    would have had one AQL step tighter, null where there is none. ``severity``: by which it was judged. ``automatic``:
    reduced inspection needed nobody's consent when it was opened.
    """

    accepted: bool
    nonconforming: int
    accept_number: int
    tighter: int | None = None
    original: bool = True
    severity: str = Severity.NORMAL
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a partner stands.

    ``recent``: whether its last original lots of normal inspection were accepted, five at most. ``accepted_in_a_row``
    and ``refused`` count those of tightened inspection; ``stopped``: sampling is discontinued, and every record is
    looked at until an officer has it resumed. ``awaits_consent``: the score suffices for reduced inspection.
    """

    severity: str = Severity.NORMAL
    score: int = 0
    recent: tuple[bool, ...] = ()
    accepted_in_a_row: int = 0
    refused: int = 0
    stopped: bool = False
    awaits_consent: bool = False


NORMAL = State()
TIGHTENED = State(severity=Severity.TIGHTENED)
REDUCED = State(severity=Severity.REDUCED)


def state_after(events: Iterable[Result | Act]) -> State:
    """Where a partner stands after its history: lots that were decided and what officers ruled, in order."""
    state = NORMAL
    for event in events:
        state = after(state, event)
    return state


def after(state: State, event: Result | Act) -> State:
    """Where a partner stands after one more lot or ruling. A ruling that does not apply changes nothing."""
    if isinstance(event, Act):
        return _ruled(state, event)
    # A lot that was opened before a switch was judged by another severity: it tells nothing about the present one.
    if not event.original or state.stopped or event.severity != state.severity:
        return state
    if state.severity == Severity.TIGHTENED:
        return _tightened(state, event)
    if state.severity == Severity.REDUCED:
        return state if event.accepted else NORMAL
    return _normal(state, event)


def _ruled(state: State, act: Act) -> State:
    if act == Act.RESUME and state.stopped:
        return TIGHTENED
    if act == Act.CONSENT and state.awaits_consent:
        return REDUCED
    if act == Act.NORMAL and state.severity == Severity.REDUCED:
        return NORMAL
    return state


def _normal(state: State, lot: Result) -> State:
    recent = (*state.recent, lot.accepted)[-WINDOW:]
    if recent.count(False) >= REFUSED_IN_WINDOW:
        return TIGHTENED
    score = _score(state.score, lot)
    if score >= SCORE_TO_REDUCED and lot.automatic:
        return REDUCED
    return replace(state, recent=recent, score=score, awaits_consent=score >= SCORE_TO_REDUCED)


def _score(score: int, lot: Result) -> int:
    if lot.accept_number >= 2:
        passed = lot.tighter is not None and lot.nonconforming <= lot.tighter
        return score + FOR_TIGHTER if lot.accepted and passed else 0
    return score + FOR_ACCEPTED if lot.accepted else 0


def _tightened(state: State, lot: Result) -> State:
    if lot.accepted:
        in_a_row = state.accepted_in_a_row + 1
        return NORMAL if in_a_row >= ACCEPTED_TO_NORMAL else replace(state, accepted_in_a_row=in_a_row)
    refused = state.refused + 1
    return replace(state, accepted_in_a_row=0, refused=refused, stopped=refused >= REFUSED_TO_STOP)

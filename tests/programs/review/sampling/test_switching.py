"""Switching between normal, tightened and reduced inspection (GB/T 2828.1-2012, 9.3 and 9.4)."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.review.sampling.plans import Severity
from programs.review.sampling.switching import Act, Result, State, after, state_after

Event = Result | Act


def lots(marks: str, *, accept: int = 2, tighter: int | None = 1) -> list[Event]:
    """A history in letters, each lot judged by the severity that stands then.

    ``A`` accepted without an error, ``b`` accepted with as many as are allowed, ``N`` not accepted; in brackets ``(N)``
    a resubmitted one. ``R`` resumes, ``C`` consents, ``I`` irregular.
    """
    events: list[Event] = []
    state, original = State(), True
    acts = {"R": Act.RESUME, "C": Act.CONSENT, "I": Act.NORMAL}
    for one in marks:
        if one in "()":
            original = one == ")"
        elif one in acts:
            events.append(acts[one])
        elif one.isalpha():
            found = {"A": 0, "b": accept, "N": accept + 1}[one]
            events.append(Result(one != "N", found, accept, tighter, original, state.severity))
        state = state_after(events)
    return events


def after_all(marks: str, **options: Any) -> State:
    return state_after(lots(marks, **options))


@pytest.mark.parametrize(
    ("marks", "severity"),
    [
        ("", "normal"),
        ("N", "normal"),
        ("NN", "tightened"),
        ("NAN", "tightened"),
        ("NAAAN", "tightened"),
        ("NAAAAN", "normal"),
        ("NAAAANAAAN", "tightened"),
        ("N(N)", "normal"),
        ("N(N)(N)(N)AAN", "tightened"),
        ("NNAAAA", "tightened"),
        ("NNAAAAA", "normal"),
        ("NNAAAANAAAAA", "normal"),
        ("NNAAAANAAAA", "tightened"),
        ("NNAAA(A)(A)", "tightened"),
        ("NNAAAAAN", "normal"),
        ("NNAAAAANN", "tightened"),
    ],
)
def test_two_of_five_tighten_and_five_in_a_row_release(marks: str, severity: str) -> None:
    assert after_all(marks).severity == severity


@pytest.mark.parametrize(
    ("marks", "stopped", "refused"),
    [
        ("NN", False, 0),
        ("NNNNNN", False, 4),
        ("NNNNNNN", True, 5),
        ("NNANANANANAN", True, 5),
        ("NNNNNN(N)", False, 4),
        ("NNNNNNNA", True, 5),
        ("NNNNNNNR", False, 0),
        ("NNNNNNNRNNNN", False, 4),
        ("NNNNNNNRNNNNN", True, 5),
        ("NNNNAAAAANN", False, 0),
    ],
)
def test_five_not_accepted_under_tightened_inspection_stop_it(marks: str, stopped: bool, refused: int) -> None:
    state = after_all(marks)
    assert (state.severity, state.stopped, state.refused) == (Severity.TIGHTENED, stopped, refused)


def test_the_score_grows_by_three_for_what_would_pass_one_step_tighter() -> None:
    assert after_all("AAA").score == 9
    # Accepted with two errors where one step tighter allows one: back to zero, and no lot is refused for it.
    assert after_all("AAAb") == State(recent=(True, True, True, True))
    assert after_all("AAAbA").score == 3
    assert after_all("AAAN").score == 0


def test_the_score_grows_by_two_where_hardly_an_error_is_allowed() -> None:
    assert after_all("AAA", accept=1, tighter=None).score == 6
    assert after_all("AbA", accept=1, tighter=None).score == 6
    assert after_all("AAN", accept=0, tighter=None).score == 0


def test_resubmitted_lots_leave_the_score_alone() -> None:
    assert after_all("AA(N)(A)A").score == 9


def test_thirty_ask_for_consent_and_consent_reduces() -> None:
    assert not after_all("A" * 9).awaits_consent
    ten = after_all("A" * 10)
    assert (ten.severity, ten.score, ten.awaits_consent) == (Severity.NORMAL, 30, True)
    assert after_all("A" * 10 + "C") == State(severity=Severity.REDUCED)
    assert after_all("A" * 9 + "C").severity == Severity.NORMAL
    assert after_all("A" * 10 + "b").awaits_consent is False
    assert after_all("A" * 14, accept=1, tighter=None).score == 28
    assert after_all("A" * 15, accept=1, tighter=None).awaits_consent


def test_where_it_is_set_so_thirty_reduce_by_themselves() -> None:
    asked = Result(accepted=True, nonconforming=0, accept_number=2, tighter=1)
    alone = Result(accepted=True, nonconforming=0, accept_number=2, tighter=1, automatic=True)
    assert state_after([asked] * 9 + [alone]).severity == Severity.REDUCED
    # What was set later does not reach back; the next lot goes by it.
    assert state_after([alone] * 9 + [asked]).awaits_consent
    assert state_after([asked] * 10 + [alone]).severity == Severity.REDUCED


def test_reduced_inspection_ends_with_the_first_lot_that_is_not_accepted_or_with_irregular_reporting() -> None:
    reduced = "A" * 10 + "C"
    assert after_all(reduced + "AbA").severity == Severity.REDUCED
    assert after_all(reduced + "AN") == State()
    assert after_all(reduced + "AI") == State()
    # What happened under reduced inspection does not count towards tightening.
    assert after_all(reduced + "NN").severity == Severity.NORMAL
    assert after_all(reduced + "NNN").severity == Severity.TIGHTENED


def test_a_lot_judged_by_another_severity_tells_nothing_about_this_one() -> None:
    tightened = after_all("NN")
    late = Result(accepted=False, nonconforming=3, accept_number=2, tighter=1, severity=Severity.NORMAL)
    assert after(tightened, late) == tightened


def test_a_course_worked_by_hand() -> None:
    """Table of a course: ten good lots and consent, two lots under reduced inspection, then trouble and recovery."""
    course = [
        *(("A", "normal", 3 * n) for n in range(1, 10)),
        ("A", "normal", 30),
        ("C", "reduced", 0),
        ("A", "reduced", 0),
        ("N", "normal", 0),
        ("b", "normal", 0),
        ("N", "normal", 0),
        ("A", "normal", 3),
        ("N", "tightened", 0),
        ("A", "tightened", 0),
        ("N", "tightened", 0),
        *(("A", "tightened", 0) for _ in range(4)),
        ("A", "normal", 0),
        ("A", "normal", 3),
    ]
    so_far = ""
    for mark, severity, score in course:
        so_far += mark
        state = after_all(so_far)
        assert (state.severity, state.score) == (severity, score), so_far


MARKS = st.text(alphabet="AAAAAbNRCI()", max_size=40)


@given(MARKS)
def test_it_stays_within_its_bounds_and_can_be_told_again_from_any_point(marks: str) -> None:
    events = lots(marks)
    states: Sequence[State] = [state_after(events[:n]) for n in range(len(events) + 1)]
    for before, event, now in zip(states, events, states[1:], strict=False):
        assert now == after(before, event)
        assert 0 <= now.refused <= 5
        assert now.accepted_in_a_row < 5
        assert len(now.recent) <= 5
        assert now.recent.count(False) < 2
        assert now.stopped == (now.refused == 5)
        assert not (now.stopped and now.severity != Severity.TIGHTENED)
        if now.severity != Severity.NORMAL:
            assert (now.score, now.recent, now.awaits_consent) == (0, (), False)
        # Never from tightened to reduced or back without a turn at normal.
        assert {before.severity, now.severity} != {Severity.TIGHTENED, Severity.REDUCED}


@given(MARKS)
def test_lots_that_come_back_change_nothing(marks: str) -> None:
    events = lots(marks)
    without = [one for one in events if not isinstance(one, Result) or one.original]
    assert state_after(events) == state_after(without)

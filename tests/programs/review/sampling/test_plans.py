"""The tables of GB/T 2828.1-2012 (ISO 2859-1:1999) against what is published, and what must hold of every plan."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.review.sampling import characteristic
from programs.review.sampling.characteristic import accepted, points, risks, share_at
from programs.review.sampling.plans import (
    Plan,
    Severity,
    accept_number_one_step_tighter,
    aqls,
    code_letter,
    levels,
    master_plan,
    percent_aqls,
    plan_for,
)

LETTERS = "ABCDEFGHJKLMNPQR"
EVERY_PLAN: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    lot_size=st.integers(1, 2_000_000),
    level=st.sampled_from(levels()),
    aql=st.sampled_from(percent_aqls()),
    severity=st.sampled_from(Severity.values),
)


@pytest.mark.parametrize(
    ("lot_size", "level", "letter"),
    [
        *((1, "II", "A"), (2, "II", "A"), (8, "II", "A"), (9, "II", "B"), (25, "II", "C"), (26, "II", "D")),
        *((90, "II", "E"), (150, "II", "F"), (151, "II", "G"), (280, "II", "G"), (281, "II", "H"), (500, "II", "H")),
        *((501, "II", "J"), (1200, "II", "J"), (1201, "II", "K"), (3200, "II", "K"), (10_000, "II", "L")),
        *((10_001, "II", "M"), (35_000, "II", "M"), (150_000, "II", "N"), (500_000, "II", "P"), (500_001, "II", "Q")),
        *((8, "III", "B"), (1000, "III", "K"), (500_001, "III", "R"), (1000, "I", "G"), (500_001, "I", "N")),
        *((1000, "S-1", "C"), (1000, "S-2", "C"), (1000, "S-3", "E"), (1000, "S-4", "F"), (500_001, "S-4", "K")),
        *((50, "S-1", "A"), (51, "S-1", "B"), (150_001, "S-2", "E"), (16, "S-3", "B"), (91, "S-4", "D")),
    ],
)
def test_code_letters_are_those_of_table_1(lot_size: int, level: str, letter: str) -> None:
    assert code_letter(lot_size, level) == letter


def test_there_is_no_letter_for_an_empty_lot_or_an_unknown_level() -> None:
    for lot_size, level in ((0, "II"), (-1, "II"), (100, "IV")):
        with pytest.raises(ValueError, match="no code letter"):
            code_letter(lot_size, level)


# Letter, AQL, and the plan that the tables lead to: letter, sample size, acceptance number.
NORMAL = """
A 6.5 A 2 0     A 1.0 E 13 0    A 10 C 5 1      A 15 B 3 1      A 25 A 2 1      A 1000 A 2 30
B 4.0 B 3 0     B 6.5 A 2 0     C 2.5 C 5 0     C 6.5 D 8 1     C 1000 B 3 44   D 2.5 C 5 0
D 4.0 E 13 1    D 6.5 D 8 1     E 1.0 E 13 0    E 4.0 E 13 1    E 400 D 8 44    F 0.65 F 20 0
F 1.0 E 13 0    F 1.5 G 32 1    F 2.5 F 20 1    F 4.0 F 20 2    F 100 E 13 21   G 2.5 G 32 2
G 1.0 H 50 1    G 10 G 32 7     H 1.5 H 50 2    H 1.0 H 50 1    H 2.5 H 50 3    H 4.0 H 50 5
J 0.15 J 80 0   J 0.25 H 50 0   J 0.40 K 125 1  J 0.65 J 80 1   J 1.0 J 80 2    J 1.5 J 80 3
J 2.5 J 80 5    J 4.0 J 80 7    J 6.5 J 80 10   J 10 J 80 14    J 15 J 80 21    J 25 H 50 21
K 0.65 K 125 2  K 1.0 K 125 3   K 1.5 K 125 5   K 2.5 K 125 7   K 4.0 K 125 10  K 6.5 K 125 14
K 10 K 125 21   K 15 J 80 21    L 0.65 L 200 3  L 1.0 L 200 5   L 2.5 L 200 10  L 4.0 L 200 14
L 6.5 L 200 21  L 10 K 125 21   M 1.0 M 315 7   M 2.5 M 315 14  M 4.0 M 315 21  M 6.5 L 200 21
N 1.0 N 500 10  N 2.5 N 500 21  P 0.65 P 800 10 P 1.5 P 800 21  Q 0.010 Q 1250 0 Q 1.0 Q 1250 21
Q 0.025 R 2000 1 R 0.010 Q 1250 0 R 0.015 P 800 0 R 0.025 R 2000 1 R 0.65 R 2000 21 R 1.0 Q 1250 21
"""
TIGHTENED = """
A 10 A 2 0      A 15 C 5 1      A 25 B 3 1      B 1000 B 3 41   C 4.0 C 5 0     D 2.5 D 8 0
E 4.0 F 20 1    E 6.5 E 13 1    F 1.0 F 20 0    F 1.5 H 50 1    F 2.5 G 32 1    F 4.0 F 20 1
G 1.0 J 80 1    G 2.5 G 32 1    G 4.0 G 32 2    H 1.0 J 80 1    H 1.5 H 50 1    H 2.5 H 50 2
J 0.25 J 80 0   J 0.65 K 125 1  J 1.0 J 80 1    J 1.5 J 80 2    J 2.5 J 80 3    J 4.0 J 80 5
J 6.5 J 80 8    J 10 J 80 12    K 0.65 K 125 1  K 1.0 K 125 2   K 2.5 K 125 5   K 10 K 125 18
L 1.0 L 200 3   L 2.5 L 200 8   M 1.0 M 315 5   N 2.5 N 500 18  P 1.0 P 800 12  Q 1.0 Q 1250 18
R 0.010 R 2000 0 R 0.015 Q 1250 0 R 0.025 S 3150 1 Q 0.025 S 3150 1 S 0.025 S 3150 1 R 1.0 Q 1250 18
"""
REDUCED = """
A 6.5 A 2 0     A 10 D 3 1      A 15 C 2 1      A 25 A 2 1      B 25 B 2 1      B 1000 B 2 30
C 2.5 C 2 0     C 15 C 2 1      C 1000 B 2 30   D 1.5 D 3 0     D 6.5 E 5 1     E 1.0 E 5 0
E 6.5 E 5 1     F 2.5 G 13 1    F 4.0 F 8 1     F 6.5 F 8 2     G 1.0 J 32 1    G 2.5 G 13 1
G 15 G 13 6     H 1.0 J 32 1    H 1.5 H 20 1    H 2.5 H 20 2    H 4.0 H 20 3    J 0.15 J 32 0
J 0.25 H 20 0   J 0.40 L 80 1   J 0.65 K 50 1   J 1.0 J 32 1    J 1.5 J 32 2    J 2.5 J 32 3
J 4.0 J 32 5    J 6.5 J 32 6    J 10 J 32 8     J 15 J 32 10    K 0.65 K 50 1   K 1.0 K 50 2
K 2.5 K 50 5    K 15 J 32 10    L 1.0 L 80 3    L 2.5 L 80 6    M 1.0 M 125 5   M 6.5 L 80 10
N 1.0 N 200 6   N 2.5 N 200 10  P 1.0 P 315 8   Q 1.0 Q 500 10  Q 0.025 N 200 0 R 0.040 R 800 1
"""


def published() -> list[tuple[str, str, str, Plan]]:
    found = []
    for severity, text in ((Severity.NORMAL, NORMAL), (Severity.TIGHTENED, TIGHTENED), (Severity.REDUCED, REDUCED)):
        words = text.split()
        for letter, aql, to, size, accept in zip(*(words[place::5] for place in range(5)), strict=True):
            found.append((severity.value, letter, aql, Plan(to, int(size), int(accept))))
    return found


def test_plans_are_those_of_tables_2() -> None:
    assert len(published()) > 150
    wrong = [
        (severity, letter, aql, got, plan)
        for severity, letter, aql, plan in published()
        if (got := master_plan(severity, letter, aql)) != plan
    ]
    assert wrong == []


def test_a_sequence_of_acceptance_numbers_runs_along_each_row() -> None:
    runs = {
        Severity.NORMAL: [0, 1, 2, 3, 5, 7, 10, 14, 21],
        Severity.TIGHTENED: [0, 1, 2, 3, 5, 8, 12, 18],
        Severity.REDUCED: [0, 1, 2, 3, 5, 6, 8, 10],
    }
    for severity, run in runs.items():
        for letter in "FGHJKLMNP":
            own = [plan for aql in aqls() if (plan := master_plan(severity, letter, aql)).letter == letter]
            assert sorted({plan.accept_number for plan in own}) == run, (severity, letter)
            assert len({plan.sample_size for plan in own}) == 1


def test_normal_and_tightened_sizes_are_alike_and_reduced_ones_smaller() -> None:
    for letter in LETTERS:
        sizes = {
            severity: next(plan.sample_size for aql in aqls() if (plan := _own(severity, letter, aql)) is not None)
            for severity in Severity.values
        }
        assert sizes["normal"] == sizes["tightened"] >= sizes["reduced"]


def _own(severity: str, letter: str, aql: str) -> Plan | None:
    plan = master_plan(severity, letter, aql)
    return plan if plan.letter == letter else None


def test_where_the_tables_have_no_plan_there_is_none() -> None:
    for severity, letter, aql in (("tightened", "S", "1.0"), ("normal", "S", "0.025"), ("normal", "J", "0.3")):
        with pytest.raises(ValueError, match="no "):
            master_plan(severity, letter, aql)
    with pytest.raises(ValueError, match="no "):
        master_plan("lenient", "J", "1.0")


@pytest.mark.parametrize(
    ("lot_size", "aql", "severity", "plan"),
    [
        (1000, "1.0", "normal", Plan("J", 80, 2)),
        (1000, "1.0", "tightened", Plan("J", 80, 1)),
        (1000, "1.0", "reduced", Plan("J", 32, 1)),
        (150, "1.0", "normal", Plan("E", 13, 0)),
        (200, "1.0", "normal", Plan("H", 50, 1)),
        (90, "0.65", "normal", Plan("F", 20, 0)),
        (2000, "2.5", "normal", Plan("K", 125, 7)),
        (600_000, "2.5", "normal", Plan("N", 500, 21)),
        (8, "1.0", "normal", Plan("E", 8, 0, whole=True)),
        (50, "0.25", "normal", Plan("H", 50, 0, whole=True)),
        (1, "4.0", "reduced", Plan("B", 1, 0, whole=True)),
    ],
)
def test_a_lots_plan(lot_size: int, aql: str, severity: str, plan: Plan) -> None:
    found = plan_for(lot_size=lot_size, level="II", aql=aql, severity=severity)
    assert found == plan
    assert found.reject_number == found.accept_number + 1


@given(EVERY_PLAN)
def test_no_plan_asks_for_more_than_there_is(asked: dict) -> None:
    plan = plan_for(**asked)
    assert 1 <= plan.sample_size <= asked["lot_size"]
    assert plan.whole == (plan.sample_size == asked["lot_size"])


@given(st.sampled_from(Severity.values), st.sampled_from(LETTERS))
def test_a_laxer_aql_never_lets_less_through(severity: str, letter: str) -> None:
    plans = [master_plan(severity, letter, aql) for aql in aqls()]
    for stricter, laxer in pairwise(plans):
        assert laxer.accept_number >= stricter.accept_number


@given(st.sampled_from(LETTERS), st.sampled_from(aqls()))
def test_of_as_many_tightened_inspection_lets_no_more_through(letter: str, aql: str) -> None:
    normal, tightened = (master_plan(severity, letter, aql) for severity in (Severity.NORMAL, Severity.TIGHTENED))
    assert tightened.accept_number <= normal.accept_number or tightened.sample_size > normal.sample_size


def test_one_step_tighter_is_the_column_to_the_left_in_the_same_row() -> None:
    assert accept_number_one_step_tighter("J", "1.0") == 1
    assert accept_number_one_step_tighter("K", "1.0") == 2
    assert accept_number_one_step_tighter("L", "6.5") == 14
    assert accept_number_one_step_tighter("J", "0.15") is None
    assert accept_number_one_step_tighter("Q", "0.010") is None


@pytest.mark.parametrize(
    ("letter", "aql", "shares"),
    [
        # Percent nonconforming at which 99, 95, 90, 50, 10 and 5 of 100 lots are let through (tables 10).
        ("J", "1.0", {95: 1.03, 50: 3.33, 10: 6.52}),
        ("J", "0.65", {95: 0.446, 50: 2.09, 10: 4.78}),
        ("J", "0.15", {95: 0.0641, 50: 0.863, 10: 2.84}),
        ("K", "1.0", {99: 0.662, 95: 1.10, 50: 2.93, 10: 5.27, 5: 6.09}),
        ("K", "0.65", {95: 0.657, 50: 2.13, 10: 4.20}),
        ("H", "1.5", {95: 1.66, 50: 5.31, 10: 10.3}),
        ("G", "2.5", {95: 2.59, 50: 8.25, 10: 15.8}),
        ("F", "2.5", {95: 1.81, 50: 8.25, 10: 18.1}),
        ("L", "1.0", {95: 1.31, 50: 2.83, 10: 4.59}),
        ("M", "1.0", {95: 1.27, 50: 2.43, 10: 3.70}),
    ],
)
def test_the_characteristic_is_that_of_tables_10(letter: str, aql: str, shares: dict[int, float]) -> None:
    plan = master_plan(Severity.NORMAL, letter, aql)
    for percent, share in shares.items():
        found = 100 * share_at(plan.sample_size, plan.accept_number, percent / 100)
        assert found == pytest.approx(share, rel=0.006), (letter, aql, percent)


def test_a_small_lot_is_reckoned_without_replacement() -> None:
    # 60 records, 8 with errors, 13 looked at, none may be wrong: 52/60 × 51/59 × … of 13 factors.
    by_hand = math.prod((52 - place) / (60 - place) for place in range(13))
    assert accepted(sample_size=13, accept_number=0, share=8 / 60, lot_size=60) == pytest.approx(by_hand)
    # One allowed: add the ways in which exactly one of eight is drawn.
    one = 8 * math.comb(52, 12) / math.comb(60, 13)
    assert accepted(sample_size=13, accept_number=1, share=8 / 60, lot_size=60) == pytest.approx(by_hand + one)
    # Whoever looks at all lets through what is allowed and nothing beyond.
    assert accepted(sample_size=20, accept_number=1, share=1 / 20, lot_size=20) == 1
    assert accepted(sample_size=20, accept_number=1, share=2 / 20, lot_size=20) == pytest.approx(0)


@given(st.integers(1, 80), st.integers(0, 10), st.floats(0.0, 1.0))
def test_both_reckonings_agree_for_a_lot_without_end(size: int, most: int, share: float) -> None:
    endless = accepted(sample_size=size, accept_number=most, share=share)
    huge = accepted(sample_size=size, accept_number=most, share=share, lot_size=10_000_000)
    assert huge == pytest.approx(endless, abs=0.001)


@given(EVERY_PLAN)
def test_a_curve_falls_from_certainty(asked: dict) -> None:
    plan = plan_for(**asked)
    curve = points(plan, asked["lot_size"])
    assert curve[0] == characteristic.Point(0.0, 1.0)
    assert len(curve) <= characteristic.MOST_POINTS + 2
    assert all(later.accepted <= earlier.accepted + 1e-9 for earlier, later in pairwise(curve))
    assert all(0 <= one.accepted <= 1 and 0 <= one.share <= 1 for one in curve)


def test_what_a_plan_promises_both_sides() -> None:
    plan = plan_for(lot_size=1000, level="II", aql="1.0", severity="normal")
    told = risks(plan, 1000, 1.0)
    assert told.good == pytest.approx(0.0103, abs=0.0001)
    assert told.bad == pytest.approx(0.0652, abs=0.0001)
    assert told.producer == pytest.approx(0.0466, abs=0.0005)

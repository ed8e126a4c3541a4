"""The triangle, the ladder, the backlog and the course, worked by hand."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.targets.figures import Reason, Span
from programs.targets.landing.backlog import Backlog, in_hand, yielded
from programs.targets.landing.chain_ladder import MATURE, develop
from programs.targets.landing.projecting import project
from programs.targets.landing.question import Projection, Question
from programs.targets.landing.triangle import Cell, first_of, last_of, month_of, triangle
from tests.programs.targets.world import day

FIRST = month_of(dt.date(2018, 1, 1))
SPAN = Span(day("2018-01-01"), day("2020-12-31"))
PATTERN = (50, 30, 20)


def reported(months: int, known_in: int, pattern: tuple[int, ...] = PATTERN, heads: int = 1) -> list[Cell]:
    """So many months, each developing by the pattern, as known at the start of a month."""
    return [
        (FIRST + month, FIRST + month + age, count * heads)
        for month, (age, count) in itertools.product(range(months), enumerate(pattern))
        if FIRST + month + age < known_in
    ]


def asked(
    cells: list[Cell], on: str, *, goal: int = 3_600, known: str = "", backlog: Backlog | None = None
) -> Question:
    heads: dict[int, int] = {}
    for month, _, count in cells:
        if first_of(month) <= day(on):
            heads[month] = heads.get(month, 0) + count
    return Question(goal, SPAN, day(on), day(known or on), tuple(cells), tuple(sorted(heads.items())), backlog)


def told(found: Projection) -> tuple[int, int, int]:
    landing = found.landing
    assert landing.low is not None
    assert landing.median is not None
    assert landing.high is not None
    return landing.low, landing.median, landing.high


def test_months_are_numbered() -> None:
    assert [first_of(month_of(day(on))) for on in ("2018-12-31", "2019-01-01")] == [
        day("2018-12-01"),
        day("2019-01-01"),
    ]
    assert last_of(month_of(day("2020-02-11"))) == day("2020-02-29")


def test_a_triangle_adds_up_whole_months_of_postings() -> None:
    found = triangle(reported(4, FIRST + 5), first=FIRST, last=FIRST + 3, known_in=FIRST + 3)
    assert found.cumulative.tolist() == [[50, 80, 100], [0, 50, 80], [0, 0, 50], [0, 0, 0]]
    assert (found.closed, found.observed) == (FIRST + 2, 2)


def test_shares_in_hand_are_the_ladders() -> None:
    found = triangle(reported(12, FIRST + 12), first=FIRST, last=FIRST + 11, known_in=FIRST + 12)
    development = develop(found, found.cumulative)
    assert development.shares[:4] == pytest.approx((0.5, 0.8, 1.0, 1.0))
    assert development.shares[MATURE] == 1.0
    assert development.share(-1) == 0.0
    # The factors of the textbook, 80/50 and 100/80, are the ratios turned upside down.
    assert 1 / development.shares[0] == pytest.approx(80 / 50 * 100 / 80)


def test_months_of_which_nothing_is_in_hand_yet_break_nothing() -> None:
    cells = reported(12, FIRST + 12, (0, 60, 0, 40))
    found = triangle(cells, first=FIRST, last=FIRST + 11, known_in=FIRST + 12)
    assert develop(found, found.cumulative).shares[:4] == pytest.approx((0.0, 0.6, 0.6, 1.0))


def test_heads_taken_back_are_development() -> None:
    cells = reported(12, FIRST + 12, (100, 0, -10))
    found = triangle(cells, first=FIRST, last=FIRST + 11, known_in=FIRST + 12)
    assert develop(found, found.cumulative).shares[:3] == pytest.approx((100 / 90, 100 / 90, 1.0))


def test_what_the_books_were_opened_with_is_no_development() -> None:
    opened = FIRST + 12
    load = [(FIRST + month, opened, 100) for month in range(11)] + [(FIRST + 11, opened, 80)]
    later = [
        cell for cell in reported(24, FIRST + 22) if cell[1] > opened - (cell[0] == opened) and cell[0] > FIRST + 10
    ]
    found = triangle([*load, *later], first=FIRST, last=FIRST + 21, known_in=FIRST + 22)
    assert found.observed == 9
    assert develop(found, found.cumulative).shares[:3] == pytest.approx((0.5, 0.8, 1.0))


def test_history_loaded_in_the_middle_is_left_out_too() -> None:
    """A rule that was changed brings heads of long ago at once."""
    cells = [*reported(20, FIRST + 20), *((FIRST + month, FIRST + 15, 500) for month in range(8))]
    found = triangle(cells, first=FIRST, last=FIRST + 19, known_in=FIRST + 20)
    assert not found.regular[15]
    assert develop(found, found.cumulative).shares[:3] == pytest.approx((0.5, 0.8, 1.0))


def test_a_yield_needs_decisions() -> None:
    few = Backlog(FIRST, (), (), (), ((FIRST - 1, 29, 20),))
    assert yielded(few) is None
    found = yielded(Backlog(FIRST, (), (), (), ((FIRST - 2, 100, 90), (FIRST - 1, 100, 70))))
    assert found is not None
    assert found.share == pytest.approx(0.8, abs=0.01)
    assert 0.05 < found.spread < 0.2


def test_who_waits_is_in_hand_and_not_expected_again() -> None:
    """Nothing was reviewed for two months: to the books they look late, and in truth they wait."""
    known_in = FIRST + 14
    cells = [cell for cell in reported(14, known_in, heads=10) if cell[1] < FIRST + 12]
    held = [cell for cell in reported(14, known_in, heads=10) if cell[1] >= FIRST + 12]
    waiting: dict[int, int] = {}
    history: dict[tuple[int, int], int] = {}
    for month, reported_in, count in held:
        waiting[month] = waiting.get(month, 0) + count
        for end in range(reported_in, known_in):
            history[month, end] = history.get((month, end), 0) + count
    counted: dict[int, int] = {}
    for month, _, count in cells:
        counted[month] = counted.get(month, 0) + count
    decided = tuple((FIRST + month, 1_000, 1_000) for month in range(2, 12))
    backlog = Backlog(
        known_in,
        tuple(sorted(waiting.items())),
        tuple(sorted(counted.items())),
        tuple((month, end, count) for (month, end), count in sorted(history.items())),
        decided,
    )
    found = triangle(cells, first=FIRST, last=FIRST + 13, known_in=known_in)
    assert in_hand(found, backlog, 1.0)[:, -1].tolist() == [1_000.0] * 12 + [800.0, 500.0]
    with_it = project(asked(cells, "2019-03-01", backlog=backlog))
    without = project(asked(cells, "2019-03-01"))
    whole = project(asked(reported(14, known_in, heads=10), "2019-03-01"))
    assert with_it.reviewed == pytest.approx(sum(waiting.values()), rel=0.01)
    assert with_it.late == pytest.approx(700, rel=0.15)
    assert told(with_it)[1] == pytest.approx(told(whole)[1], rel=0.02)
    assert told(without)[1] < told(whole)[1] * 0.98


def test_reviews_done_since_the_backlog_was_counted_come_off_it() -> None:
    cells = reported(14, FIRST + 14, heads=10)
    month = FIRST + 12
    done = (month, FIRST + 14, 200)
    decided = tuple((FIRST + place, 1_000, 1_000) for place in range(2, 14))
    counted = tuple(asked(cells, "2019-03-10").heads)
    backlog = Backlog(FIRST + 14, ((month, 200),), counted, (), decided)
    before = project(asked(cells, "2019-03-10", backlog=backlog))
    after = project(asked([*cells, done], "2019-03-10", backlog=backlog))
    assert before.reviewed == pytest.approx(200, abs=2)
    assert after.reviewed == 0
    assert told(after)[1] == pytest.approx(told(before)[1], rel=0.01)


def test_a_steady_course_lands_on_its_line() -> None:
    found = project(asked(reported(18, FIRST + 18, heads=1), "2019-07-01"), fan=True)
    low, median, high = told(found)
    assert low < median < high
    assert median == pytest.approx(3_600, rel=0.03)
    assert found.pace == pytest.approx(1_200 * 30 / 365, rel=0.02)
    assert found.required_pace == pytest.approx(1_800 * 30 / 549, rel=0.02)
    assert found.late == pytest.approx(70, abs=8)
    assert len(found.fan) == 36
    assert (found.fan[-1].low, found.fan[-1].median, found.fan[-1].high) == (low, median, high)
    assert found.fan[0].low == found.fan[0].high == found.fan[0].counted == 100
    assert found.fan[-1].counted is None


def test_the_same_question_has_the_same_answer() -> None:
    cells = reported(18, FIRST + 18)
    first, again = (project.__wrapped__(asked(cells, "2019-07-01")) for _ in range(2))
    assert first == again
    assert project(asked(cells, "2019-07-01"), fan=True).landing == first.landing


def test_a_graduation_month_that_came_twice_comes_again() -> None:
    peaks = [500 if month % 12 == 6 else 100 for month in range(24)]
    cells = [(FIRST + month, FIRST + month + 1, heads) for month, heads in enumerate(peaks)]
    found = project(asked(cells, "2020-03-01"), fan=True).fan
    steps = [later.median - earlier.median for earlier, later in itertools.pairwise(found)]
    assert steps[29] > 2.5 * np.mean([*steps[26:29], *steps[30:34]])


def test_hindsight_needs_no_ladder() -> None:
    """Books that were filled years later know every month whole, though no reporting was ever watched."""
    cells = [(FIRST + month, FIRST + 90, 100) for month in range(36)]
    found = project(asked(cells, "2019-06-30", known="2026-01-01"))
    assert found.late == 0
    assert told(found)[1] == pytest.approx(3_600, rel=0.03)
    half = project(asked(cells, "2019-06-15", known="2026-01-01"))
    assert half.late == 0


def test_past_the_end_with_nothing_outstanding_it_is_the_figure() -> None:
    cells = [(FIRST + month, FIRST + 90, 100) for month in range(36)]
    for goal, probability in ((3_600, 1.0), (3_601, 0.0)):
        landing = project(asked(cells, "2026-01-01", goal=goal)).landing
        assert (landing.low, landing.median, landing.high, landing.probability) == (3_600, 3_600, 3_600, probability)


def test_past_the_end_late_reports_still_come() -> None:
    found = project(asked(reported(36, FIRST + 36, heads=10), "2021-01-01"))
    assert found.late == pytest.approx(700, rel=0.1)
    assert told(found)[1] == pytest.approx(36_000, rel=0.005)
    assert found.required_pace is None or found.required_pace == 0.0


@pytest.mark.parametrize(
    ("months", "on", "reason"),
    [
        (0, "2017-12-31", Reason("not_begun")),
        (0, "2018-03-01", Reason("too_few_months", 0, 6)),
        (6, "2018-07-01", Reason("too_few_months", 5, 6)),
        (7, "2018-08-01", None),
    ],
)
def test_with_too_little_history_it_says_so(months: int, on: str, reason: Reason | None) -> None:
    landing = project(asked(reported(months, FIRST + months), on)).landing
    assert landing.reason == reason
    assert (landing.low is None) == (landing.median is None) == (landing.probability is None) == (reason is not None)


@given(
    cells=st.lists(st.tuples(st.integers(FIRST, FIRST + 40), st.integers(0, 20), st.integers(-20, 200)), max_size=80),
    as_of=st.dates(dt.date(2017, 6, 1), dt.date(2022, 6, 1)),
    later=st.integers(0, 900),
    goal=st.integers(1, 100_000),
)
def test_any_books_have_an_answer(cells: list[tuple[int, int, int]], as_of: dt.date, later: int, goal: int) -> None:
    known_on = as_of + dt.timedelta(later)
    known = [
        (month, month + age, heads)
        for month, age, heads in cells
        if month <= month_of(as_of) and month + age <= month_of(known_on)
    ]
    heads: dict[int, int] = {}
    for month, _, count in known:
        heads[month] = heads.get(month, 0) + count
    question = Question(goal, SPAN, as_of, known_on, tuple(known), tuple(sorted(heads.items())))
    landing = project.__wrapped__(question).landing
    if landing.reason is None:
        low, median, high = landing.low, landing.median, landing.high
        assert low is not None
        assert median is not None
        assert high is not None
        assert low <= median <= high
        assert landing.probability is not None
        assert 0 <= landing.probability <= 1

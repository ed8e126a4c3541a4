"""From the triangle and the backlog to where a target will stand at its end. Pure arithmetic.

The months of a target's span are of four kinds. *Mature* ones stand as they are counted. *Recent* ones have ended and
are completed: what is in hand over the share that is usually in hand at their age, drawn together with the months to
come, because both depend on the same level. The *running* month and those *to come* are drawn. What awaits review is
added to what is counted, at the yield that reviews have had, drawn too.

Days are judged up to the horizon: the day asked for, the day as known at which the books are read, or the span's last,
whichever comes first. Past the span's end only late reports and the backlog are still to come.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from programs.targets.figures import HIGH, LOW, MEDIAN, MONTHS_JUDGED, MONTHS_NEEDED, PACE_DAYS, Landing, Reason, Span
from programs.targets.landing import backlog as backlogs
from programs.targets.landing.backlog import Yield
from programs.targets.landing.chain_ladder import MATURE, Development, develop
from programs.targets.landing.course import draw
from programs.targets.landing.question import Ahead, Projection, Question
from programs.targets.landing.triangle import Floats, Triangle, first_of, last_of, month_of, triangle

DRAWS = 1_000
HISTORY = 60
"""So many months at most are looked at for the course."""

WORST_ERROR = 0.6
"""A recent month whose completion is less certain than that says nothing about the course."""

WHOLE_ENOUGH = 0.5
"""A month of which the span holds less says nothing about the course either."""

WELL_KNOWN = 0.5
MOST_OTHERWISE = 1.5

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Months:
    """A span's months: number, the part of each that the span holds, heads counted, records waiting and heads counted
    since these were, heads in hand when the last month of postings closed, age then, and what is known of each."""

    number: Floats
    part: Floats
    counted: Floats
    waiting: Floats
    since: Floats
    closed: Floats
    age: NDArray[np.int64]
    ended: Flags
    running: Flags

    @property
    def recent(self) -> Flags:
        return self.ended & (self.age < MATURE)

    @property
    def open(self) -> Flags:
        """Those that are drawn."""
        return ~self.ended | (self.age < MATURE)


@lru_cache(maxsize=256)
def project(question: Question, *, fan: bool = False) -> Projection:
    """Where the target will stand at its end.

    Args:
        question: what is asked, with what is known.
        fan: whether the way there is told too, month by month.
    """
    if question.horizon < question.span.starts_on:
        return Projection(Landing(reason=Reason("not_begun")))
    months, run_off, in_hand, yielding = _known(question)
    needed = MONTHS_NEEDED if months.recent.any() else 0
    if run_off.observed < needed:
        reason = Reason("too_few_months", run_off.observed, needed)
        return Projection(Landing(reason=reason), observed=run_off.observed)
    development = develop(run_off, in_hand)
    told = _told_of(months, development)
    needed = MONTHS_NEEDED if not months.ended.all() else int(months.recent.any())
    if int(told.sum()) < needed:
        reason = Reason("too_few_months", int(told.sum()), MONTHS_NEEDED)
        return Projection(Landing(reason=reason), observed=run_off.observed)
    random = np.random.RandomState(question.seed)  # the legacy generator, whose stream is promised never to change
    sure = _sure(months, yielding, random)
    ends = sure.copy()
    if months.open.any():
        ends[:, months.open] = _drawn(question, months, told, development, sure, yielding, random)
    return _projection(question, months, ends, sure, development, yielding, run_off.observed, fan)


def _known(question: Question) -> tuple[_Months, Triangle, Floats, Yield | None]:
    span, horizon = question.span, question.horizon
    first, last, known_in = month_of(span.starts_on), month_of(span.ends_on), month_of(question.known_on)
    run_off = triangle(question.cells, first=first, last=month_of(horizon), known_in=known_in)
    number = np.arange(first, last + 1)
    counted = np.zeros(len(number))
    for month, heads in question.heads:
        if first <= month <= last:
            counted[month - first] += heads
    rows = len(run_off.cumulative)
    waiting, since = np.zeros(len(number)), np.zeros(len(number))
    in_hand, yielding = run_off.cumulative, None
    if question.backlog is not None and (yielding := backlogs.yielded(question.backlog)) is not None:
        in_hand = backlogs.in_hand(run_off, question.backlog, yielding.share)
        waiting[:rows], since[:rows] = backlogs.still_waiting(run_off, question.backlog, counted[:rows])
    closed = np.zeros(len(number))
    if in_hand.shape[1]:
        closed[:rows] = in_hand[:, -1]
    lasts = [min(last_of(month), span.ends_on) for month in number.tolist()]
    ended = np.array([day <= horizon for day in lasts])
    begun = np.array([first_of(month) <= horizon for month in number.tolist()])
    part = np.array([_days(month, span) / _length(month) for month in number.tolist()])
    months = _Months(
        number.astype(float), part, counted, waiting, since, closed, known_in - 1 - number, ended, begun & ~ended
    )
    return months, run_off, in_hand, yielding


def _sure(months: _Months, yielding: Yield | None, random: np.random.RandomState) -> Floats:
    """By draw and month, heads that are counted or await review; reviews done since the backlog was counted are in the
    books, and come off it."""
    if yielding is None:
        return np.repeat(months.counted[None, :], DRAWS, axis=0)
    rates = np.clip(yielding.share + yielding.spread * random.standard_normal(DRAWS), 0.0, 1.0)
    return months.counted + np.maximum(np.outer(rates, months.waiting) - months.since, 0.0)


def _told_of(months: _Months, development: Development) -> Flags:
    """Which months say something about the course."""
    share = np.array([development.share(age) for age in months.age])
    spread = np.array([development.spread(age) for age in months.age])
    complete = ~months.recent | (share > 0) & (spread <= WORST_ERROR * share)
    lately = months.number > months.number.min() + months.ended.sum() - 1 - HISTORY
    return months.ended & (months.part >= WHOLE_ENOUGH) & complete & lately


def _drawn(
    question: Question,
    months: _Months,
    told: Flags,
    development: Development,
    sure: Floats,
    yielding: Yield | None,
    random: np.random.RandomState,
) -> Floats:
    """By draw and open month, its heads in the end."""
    recent = months.recent
    share = np.array([development.share(age) for age in months.age])
    next_share = np.array([development.share(age + 1) for age in months.age])
    spread = np.array([development.spread(age) for age in months.age])
    heads = np.where(recent, months.closed / np.maximum(share, 1e-9), sure.mean(axis=0)) / months.part
    error = np.where(recent, spread / np.maximum(share, 1e-9), 0.0)
    if yielding is not None:
        error = np.hypot(error, months.waiting * yielding.spread / np.maximum(months.closed, 1.0))
    open_ = months.open
    whole = draw(
        known=months.number[told],
        heads=heads[told],
        errors=error[told],
        asked=months.number[open_],
        draws=DRAWS,
        random=random,
    )
    # Had the ladder been measured on other months, all recent months would be completed otherwise together.
    measured = development.drawn(DRAWS, random)[:, np.clip(months.age, 0, MATURE)]
    otherwise = np.clip(share / np.maximum(measured, 1e-9), 1 / MOST_OTHERWISE, MOST_OTHERWISE)
    full = whole * np.where(told & recent, otherwise, 1.0)[:, open_] * months.part[open_]
    now = sure[:, open_]
    coming = np.clip(1 - share[open_], 0.0, 1.0)
    completed = np.where(told[open_], full, months.closed[open_] + coming * full)
    # What came since the last column closed is news where it is more than its whole month usually brings.
    came = now.mean(axis=0) - months.closed[open_]
    completed += np.maximum(came - np.clip(next_share - share, 0.0, 1.0)[open_] * full, 0.0) * (came > 0)
    running = months.running[open_]
    if running.any():
        completed[:, running] = _running(question, now[:, running], full[:, running], float(share[months.running][0]))
    ahead = ~(months.ended | months.running)[open_]
    return np.where(ahead, full, completed)


def _running(question: Question, now: Floats, full: Floats, share: float) -> Floats:
    """The heads of the month that is running: where its past days are as good as known these and what the days to come
    bring, or else the whole month as it is drawn."""
    if share < WELL_KNOWN:
        return np.maximum(now, full)
    month = month_of(question.horizon)
    gone = (question.horizon - max(first_of(month), question.span.starts_on)).days + 1
    return now / share + full * (1 - gone / _days(month, question.span))


def _projection(
    question: Question,
    months: _Months,
    ends: Floats,
    sure: Floats,
    development: Development,
    yielding: Yield | None,
    observed: int,
    fan: bool,
) -> Projection:
    landed = ends.sum(axis=1)
    low, median, high = _quantiles(landed)
    reached = round(float(np.mean(np.rint(landed) >= question.goal)), 4)
    past = float(np.median(ends[:, months.ended].sum(axis=1)))
    reviewed = float((sure - months.counted)[:, months.ended].sum(axis=1).mean())
    late = past - float(months.counted[months.ended].sum()) - reviewed
    known = past + float(months.counted[months.running].sum())
    judged = np.flatnonzero(months.ended & (months.part == 1.0))[-MONTHS_JUDGED:]
    days = sum(_length(int(months.number[place])) for place in judged)
    left = question.span.left(question.horizon)
    missing = max(question.goal - known, 0.0)
    return Projection(
        landing=Landing(low, median, high, reached),
        late=round(late),
        reviewed=round(reviewed),
        pace=round(float(np.median(ends[:, judged].sum(axis=1))) * PACE_DAYS / days, 2) if days else None,
        required_pace=(round(missing * PACE_DAYS / left, 2) if left else None) if missing else 0.0,
        fan=_fan(question, months, ends) if fan else (),
        development=development,
        yielding=yielding,
        observed=observed,
    )


def _fan(question: Question, months: _Months, ends: Floats) -> tuple[Ahead, ...]:
    counted = np.cumsum(months.counted)
    begun = months.ended | months.running
    bands = np.percentile(np.cumsum(ends, axis=1), [LOW, MEDIAN, HIGH], axis=0)
    return tuple(
        Ahead(
            min(last_of(int(month)), question.span.ends_on),
            round(float(counted[place])) if begun[place] else None,
            *(round(float(bands[band, place])) for band in range(3)),
        )
        for place, month in enumerate(months.number)
    )


def _quantiles(values: Floats) -> tuple[int, int, int]:
    low, median, high = np.percentile(values, [LOW, MEDIAN, HIGH])
    return round(float(low)), round(float(median)), round(float(high))


def _length(month: int) -> int:
    return (last_of(month) - first_of(month)).days + 1


def _days(month: int, span: Span) -> int:
    """How many days of a month the span holds."""
    return (min(last_of(month), span.ends_on) - max(first_of(month), span.starts_on)).days + 1

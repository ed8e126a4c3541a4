"""The forecast asked in the middle of histories whose end is known, beside two simpler ways of forecasting."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from programs.targets.figures import Span
from programs.targets.landing.backlog import Backlog
from programs.targets.landing.projecting import project
from programs.targets.landing.question import Question
from programs.targets.landing.triangle import first_of, month_of
from tests.programs.targets.landing.generating import FAMILIES, MONTHS, Family, History, history

FIRST = month_of(dt.date(2018, 1, 1))
SPAN = Span(dt.date(2018, 1, 1), dt.date(2020, 12, 31))
ASKED_AT = (18, 29, 40, 53, 64, 70, 76)
"""The half months at whose start it is asked: after 9, 14½, 20, 26½, 32, 35 and 38 months; the plan has 36."""


@dataclass(frozen=True)
class Asked:
    """What was forecast, beside what came: the interval, its median, the straight line, and the months alone."""

    truth: int
    low: int
    median: int
    high: int
    straight: float
    months_alone: float
    alone_covered: bool

    @property
    def covered(self) -> bool:
        """Whether the truth lies within the interval."""
        return self.low <= self.truth <= self.high


@dataclass(frozen=True)
class Score:
    """How often the interval covered, how far each way was off on average as a share of the truth, and the interval's
    width as such a share; ``above`` and ``below`` say how often the truth lay beyond it, ``silent`` how often nothing
    was told."""

    asked: int
    covered: float
    above: float
    below: float
    error: float
    straight: float
    months_alone: float
    alone_covered: float
    width: float
    silent: int


def questions(past: History, at: int, goal: int = 1, *, with_backlog: bool = True) -> Question:
    """The question as it would be asked at the start of half month ``at``."""
    day = first_of(FIRST + at // 2) + dt.timedelta(15 * (at % 2))
    counted = past.verified & (past.decided < at)
    cells = _pairs(past.month[counted], past.decided[counted] // 2, 1)
    back = counted & (past.revoked < at)
    cells = _pairs(past.month[back], past.revoked[back] // 2, -1, cells)
    return Question(
        goal=goal,
        span=SPAN,
        as_of=day,
        known_on=day,
        cells=tuple((FIRST + month, FIRST + posted, heads) for (month, posted), heads in sorted(cells.items())),
        heads=_by_month(past.heads(at)),
        backlog=_backlog(past, at) if with_backlog else None,
    )


def _backlog(past: History, at: int) -> Backlog:
    rows = []
    for end in range(2, at + 1, 2):
        waited = (past.reported < end) & (past.decided >= end)
        counts = np.bincount(past.month[waited], minlength=MONTHS)
        rows += [(FIRST + int(month), FIRST + end // 2 - 1, int(counts[month])) for month in np.flatnonzero(counts)]
    waiting = (past.reported < at) & (past.decided >= at)
    decided = []
    for month in range(max(at // 2 - 12, 0), (at + 1) // 2):
        then = (past.decided // 2 == month) & (past.decided < at)
        decided.append((FIRST + month, int(then.sum()), int((then & past.verified & (past.revoked >= at)).sum())))
    return Backlog(
        FIRST + at // 2,
        _by_month(np.bincount(past.month[waiting], minlength=MONTHS)),
        _by_month(past.heads(at)),
        tuple(rows),
        tuple(decided),
    )


def _by_month(counts: np.ndarray) -> tuple[tuple[int, int], ...]:
    return tuple((FIRST + int(month), int(counts[month])) for month in np.flatnonzero(counts))


def _pairs(
    months: np.ndarray, posted: np.ndarray, delta: int, into: dict[tuple[int, int], int] | None = None
) -> dict[tuple[int, int], int]:
    found = {} if into is None else into
    pairs, counts = np.unique(np.stack([months, posted]), axis=1, return_counts=True)
    for month, column, count in zip(*pairs, counts, strict=True):
        place = int(month), int(column)
        found[place] = found.get(place, 0) + delta * int(count)
    return found


def ask(past: History, at: int, *, with_backlog: bool = True) -> Asked | None:
    """The forecast at one moment of one history, ``None`` where nothing is told."""
    question = questions(past, at, with_backlog=with_backlog)
    landing = project.__wrapped__(question).landing
    if landing.low is None or landing.median is None or landing.high is None:
        return None
    heads = past.heads(at)
    elapsed = SPAN.elapsed(question.as_of) / SPAN.days
    low, alone, high = _months_alone(heads, at)
    return Asked(
        past.truth,
        landing.low,
        landing.median,
        landing.high,
        float(heads.sum()) / elapsed,
        alone,
        low <= past.truth <= high,
    )


def _months_alone(heads: np.ndarray, at: int) -> tuple[float, float, float]:
    """Months to come drawn from the last twelve that have ended, as they are counted: the plain bootstrap."""
    ended = heads[max(at // 2 - 12, 0) : at // 2]
    ahead = max(MONTHS - at / 2, 0.0)
    drawn = np.random.RandomState(at).choice(ended, (1000, int(np.ceil(ahead)))).astype(float)
    if drawn.shape[1]:
        drawn[:, -1] *= ahead - (drawn.shape[1] - 1)
    low, median, high = np.percentile(heads.sum() + drawn.sum(axis=1), [10, 50, 90])
    return float(low), float(median), float(high)


def run(
    *,
    histories: int,
    seed: int,
    families: Mapping[str, Family] = FAMILIES,
    asked_at: Iterable[int] = ASKED_AT,
    with_backlog: bool = True,
) -> dict[str, list[Asked | None]]:
    """By family, every forecast in ``histories`` histories; the same seed has the same histories."""
    found: dict[str, list[Asked | None]] = {}
    for place, (name, family) in enumerate(families.items()):
        random = np.random.default_rng([seed, place])
        pasts = [history(family, random) for _ in range(histories)]
        found[name] = [ask(past, at, with_backlog=with_backlog) for past in pasts for at in asked_at]
    return found


def score(found: Iterable[Asked | None]) -> Score:
    """What came of it, each forecast with the same weight."""
    every = list(found)
    told = [one for one in every if one is not None]
    truth = np.array([max(one.truth, 1) for one in told], dtype=float)

    def off(values: list[float]) -> float:
        return float(np.mean(np.abs(np.array(values) - truth) / truth))

    return Score(
        asked=len(told),
        covered=float(np.mean([one.covered for one in told])),
        above=float(np.mean([one.truth > one.high for one in told])),
        below=float(np.mean([one.truth < one.low for one in told])),
        error=off([one.median for one in told]),
        straight=off([one.straight for one in told]),
        months_alone=off([one.months_alone for one in told]),
        alone_covered=float(np.mean([one.alone_covered for one in told])),
        width=float(np.mean([(one.high - one.low) / max(one.truth, 1) for one in told])),
        silent=len(every) - len(told),
    )

"""The operating characteristic of a single sampling plan: how likely a lot is let through, by how bad it is.

For a sample that is a sizeable part of its lot the draw is without replacement (hypergeometric); for a lot far larger
than its sample the shares hardly change while drawing (binomial), which is also what the standard's tables 10 give.
"""

import math
from dataclasses import dataclass

from programs.review.sampling.plans import Plan

SMALL = 10
"""A lot under so many samples is reckoned without replacement."""
GOOD, EVEN, BAD = 0.95, 0.50, 0.10
MOST_POINTS = 60
_TURNS = 60


@dataclass(frozen=True, slots=True)
class Point:
    """The share of a lot that is nonconforming, and how likely such a lot is let through; 1 is the whole."""

    share: float
    accepted: float


@dataclass(frozen=True, slots=True)
class Risks:
    """What a plan promises both sides, as shares of 1.

    ``good``, ``even`` and ``bad`` are the shares of errors at which a lot is let through 95, 50 and 10 times in 100
    (none where no lot is ever so likely refused); ``producer`` is how likely a lot just as good as the AQL is refused.
    """

    good: float | None
    even: float | None
    bad: float | None
    producer: float


def accepted(*, sample_size: int, accept_number: int, share: float, lot_size: int | None = None) -> float:
    """How likely a lot is let through of which ``share`` (from 0 to 1) is nonconforming.

    Args:
        sample_size, accept_number: the plan.
        share: of the lot; with ``lot_size``, rounded to whole units.
        lot_size: where the draw is without replacement; without it the lot is taken to be endless.
    """
    if lot_size is None:
        return _binomial(sample_size, accept_number, share)
    return _hypergeometric(lot_size, round(share * lot_size), sample_size, accept_number)


def points(plan: Plan, lot_size: int) -> list[Point]:
    """The curve of a plan for a lot, from no errors to where hardly any lot is let through."""
    worst = _worst(plan)
    if not _small(plan, lot_size):
        steps = [worst * place / MOST_POINTS for place in range(MOST_POINTS + 1)]
        return [Point(share, _of(plan, lot_size, share)) for share in steps]
    most = min(lot_size, math.ceil(worst * lot_size))
    step = max(1, math.ceil(most / MOST_POINTS))
    return [Point(bad / lot_size, _of(plan, lot_size, bad / lot_size)) for bad in range(0, most + 1, step)]


def risks(plan: Plan, lot_size: int, aql: float) -> Risks:
    """What a plan promises for a lot, by an AQL in percent."""
    good, even, bad = (_share_at(plan, lot_size, level) for level in (GOOD, EVEN, BAD))
    return Risks(good, even, bad, 1 - _of(plan, lot_size, aql / 100))


def share_at(sample_size: int, accept_number: int, level: float) -> float:
    """The share of errors at which an endless lot is let through with likelihood ``level``."""
    low, high = 0.0, 1.0
    for _turn in range(_TURNS):
        middle = (low + high) / 2
        low, high = (middle, high) if _binomial(sample_size, accept_number, middle) > level else (low, middle)
    return (low + high) / 2


def _small(plan: Plan, lot_size: int) -> bool:
    return lot_size < SMALL * plan.sample_size


def _of(plan: Plan, lot_size: int, share: float) -> float:
    return accepted(
        sample_size=plan.sample_size,
        accept_number=plan.accept_number,
        share=share,
        lot_size=lot_size if _small(plan, lot_size) else None,
    )


def _worst(plan: Plan) -> float:
    if plan.accept_number >= plan.sample_size:
        return 1.0
    return min(1.0, share_at(plan.sample_size, plan.accept_number, 0.005))


def _share_at(plan: Plan, lot_size: int, level: float) -> float | None:
    if plan.accept_number >= plan.sample_size:
        return None
    if not _small(plan, lot_size):
        return share_at(plan.sample_size, plan.accept_number, level)
    # In whole units: the most errors at which it is at least so likely let through, and for the consumer's point the
    # fewest at which it is no likelier.
    low, high = 0, lot_size
    while low < high:
        middle = (low + high + 1) // 2
        if _of(plan, lot_size, middle / lot_size) >= level:
            low = middle
        else:
            high = middle - 1
    return (low if level >= EVEN or low == lot_size else low + 1) / lot_size


def _binomial(n: int, c: int, share: float) -> float:
    if share <= 0 or c >= n:
        return 1.0
    if share >= 1:
        return 0.0
    logs = math.log(share), math.log1p(-share)
    terms = (math.exp(_log_choose(n, k) + k * logs[0] + (n - k) * logs[1]) for k in range(c + 1))
    return min(1.0, math.fsum(terms))


def _hypergeometric(lot: int, bad: int, n: int, c: int) -> float:
    if bad <= c or n <= c:
        return 1.0
    first = max(0, n - (lot - bad))
    whole = _log_choose(lot, n)
    last = min(c, bad, n)
    terms = (math.exp(_log_choose(bad, k) + _log_choose(lot - bad, n - k) - whole) for k in range(first, last + 1))
    return min(1.0, math.fsum(terms))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

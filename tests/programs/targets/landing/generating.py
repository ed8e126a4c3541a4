"""Histories of which the end is known: people complete, partners report in batches and late, officers review, and some
heads are taken back.

Time runs in half months from the start of a plan of three years; what happened in half month ``h`` is known from the
start of ``h + 1`` on. Organisations report a month at once, each with a delay of its own drawn anew for every month, so
that development is lumpy as it really is; some people come later than the rest of their list.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MONTHS = 36
CLOSING = 2 * (MONTHS + 12)
"""The half month at whose start the reporting closes, and the truth is counted."""

NEVER = 10_000
GRADUATION = np.array([0.8, 0.45, 0.9, 0.9, 1.0, 2.0, 2.3, 0.7, 0.7, 0.8, 0.85, 1.0])
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Family:
    """What kind of history it is.

    ``people`` a month between its two values; ``growth`` of the level a month, drawn between; ``drift`` and ``noise``
    its standard deviations on the log scale; ``season`` how much of the graduation rhythm it has. Delays are means in
    half months: ``report`` of a list, ``straggle`` of those ``late`` who come after it, ``review`` of a batch.
    ``stall``: for so many half months nothing is reviewed, beginning at a random time. ``every``: decisions are posted
    at the end of so many months. ``loaded`` is the month in which the system began, with all before loaded at once.
    """

    people: tuple[float, float] = (200, 3000)
    growth: tuple[float, float] = (-0.005, 0.005)
    drift: float = 0.02
    noise: float = 0.12
    season: float = 0.0
    report: float = 1.5
    late: float = 0.15
    straggle: float = 5.0
    review: float = 1.5
    stall: int = 0
    every: int = 0
    revoked: float = 0.01
    loaded: int = 0


FAMILIES = {
    "steady": Family(),
    "graduation peaks": Family(season=1.0),
    "half a rhythm": Family(season=0.5, noise=0.18),
    "growing": Family(growth=(0.02, 0.05)),
    "fading": Family(growth=(-0.06, -0.02)),
    "drifting": Family(drift=0.09),
    "noisy": Family(noise=0.35),
    "slow reporting": Family(report=4.0, late=0.35, straggle=7.0),
    "review stalls": Family(stall=8, review=2.0),
    "posted by the quarter": Family(every=3),
    "small target": Family(people=(4, 20), noise=0.1),
    "much taken back": Family(revoked=0.08),
    "opened with a load": Family(loaded=9, season=0.5),
    "everything at once": Family(season=0.8, drift=0.05, report=2.5, late=0.25, stall=4, revoked=0.03),
}


@dataclass(frozen=True)
class History:
    """One record a row: the month from which it counts, the half months in which it was completed, reported and
    decided, whether it was verified, and in which half month its head was taken back."""

    month: Numbers
    completed: Numbers
    reported: Numbers
    decided: Numbers
    verified: NDArray[np.bool_]
    revoked: Numbers
    truth: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", int(self.heads(CLOSING).sum()))

    def heads(self, at: int) -> Numbers:
        """By month, net heads in the books at the start of half month ``at``."""
        counted = self.verified & (self.decided < at) & (self.revoked >= at)
        return np.bincount(self.month[counted], minlength=MONTHS)


def history(family: Family, random: np.random.Generator) -> History:
    """One history of a family."""
    level = np.exp(random.uniform(*np.log(family.people)))
    growth = random.uniform(*family.growth)
    season = (GRADUATION / GRADUATION.mean()) ** family.season
    walk = np.cumsum(random.normal(0, family.drift, MONTHS)) + growth * (np.arange(MONTHS) - MONTHS / 3)
    wanted = level * np.exp(walk + random.normal(0, family.noise, MONTHS)) * season[np.arange(MONTHS) % 12]
    month = np.repeat(np.arange(MONTHS), random.poisson(wanted))
    people = len(month)
    organisations = int(random.integers(6, 16))
    theirs = random.choice(organisations, people, p=random.dirichlet(np.full(organisations, 1.5)))
    completed = 2 * month + random.integers(0, 2, people)
    list_sent = 2 * np.arange(MONTHS) + 2 + _waits(random, family.report, (organisations, MONTHS))
    straggling = np.where(random.random(people) < family.late, 1 + _waits(random, family.straggle, people), 0)
    reported = np.maximum(list_sent[theirs, month] + straggling, completed)
    batch = _waits(random, family.review, (organisations, CLOSING + 200))
    quality = random.beta(*_beta(random.uniform(0.75, 0.95)), size=batch.shape)
    decided = reported + batch[theirs, reported]
    verified = random.random(people) < quality[theirs, reported]
    if family.stall:
        begun = int(random.integers(10, 2 * MONTHS - 4))
        held = (decided >= begun) & (decided < begun + family.stall)
        decided = np.where(held, begun + family.stall + (decided - begun) // 3, decided)
    if family.every:
        length = 2 * family.every
        decided = decided // length * length + length - 1
    if family.loaded:
        opened = 2 * family.loaded
        early = decided < opened
        reported, decided = np.where(early, opened, reported), np.where(early, opened, decided)
        reported = np.maximum(reported, np.minimum(opened, decided))
    taken_back = random.random(people) < family.revoked
    revoked = np.where(taken_back, decided + 1 + _waits(random, 10.0, people), NEVER)
    return History(month, completed, reported, decided, verified, revoked)


def _waits(random: np.random.Generator, mean: float, size: tuple[int, ...] | int) -> Numbers:
    return random.geometric(1 / (1 + mean), size) - 1


def _beta(mean: float, weight: float = 25.0) -> tuple[float, float]:
    return mean * weight, (1 - mean) * weight

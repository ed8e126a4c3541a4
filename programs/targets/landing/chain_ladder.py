"""Late reporting by the chain ladder: which share of a month is in hand at which age. Pure arithmetic.

For each age the volume-weighted ratio of what was in hand then to what was in hand a month later is taken from the
latest ``RECENT`` regular columns of the triangle. It is the ladder's development factor turned upside down, which
stands up to months of which nothing was in hand yet. The product of the ratios from an age on is the share in hand
at it. Each ratio's own scatter and the error of its mean are carried along, as in Mack's method, so that a share comes
with its spread. Takings-back are part of it: a share may exceed one.
"""

from dataclasses import dataclass

import numpy as np

from programs.targets.landing.triangle import Floats, Triangle

MATURE = 18
"""At this age a month is taken to be complete."""

RECENT = 18
FADING = 0.6
"""Beyond what could be watched, each month brings this much of what the month before brought."""

LARGEST = 1.25
BELIEVED = 2.0
"""How many watched months the scatter that is believed beforehand weighs."""


@dataclass(frozen=True, slots=True)
class Development:
    """By age from 0 to ``MATURE``: the share of a month that is in hand, the standard deviation of one month's, and how
    many months it was measured on; by age below ``MATURE``, each ratio and the error of its mean."""

    shares: tuple[float, ...]
    spreads: tuple[float, ...]
    watched: tuple[int, ...]
    ratios: tuple[float, ...]
    errors: tuple[float, ...]

    def share(self, age: int) -> float:
        """The share in hand at ``age``; nothing before a month's first column is whole."""
        return 0.0 if age < 0 else self.shares[min(age, MATURE)]

    def spread(self, age: int) -> float:
        """Its standard deviation for a single month."""
        return self.spreads[min(max(age, 0), MATURE)]

    def drawn(self, draws: int, random: np.random.RandomState) -> Floats:
        """The shares by draw and age, as they would be had each ratio been measured on other months."""
        ratios = np.array(self.ratios) + np.array(self.errors) * random.standard_normal((draws, MATURE))
        shares = np.ones((draws, MATURE + 1))
        shares[:, :MATURE] = np.clip(ratios, 0.0, LARGEST)[:, ::-1].cumprod(axis=1)[:, ::-1]
        return shares


def develop(triangle: Triangle, in_hand: Floats) -> Development:
    """The development of what is in hand.

    Args:
        triangle: the months, columns, and which of these are regular.
        in_hand: heads in hand by row and column, in the triangle's shape.
    """
    shares, spreads, watched = [1.0], [0.0], [0]
    steps = _steps(triangle, in_hand)
    for age in reversed(range(MATURE)):
        ratio, scatter, months = steps[age]
        later, spread = shares[-1], spreads[-1]
        own = scatter**2
        shares.append(later * ratio)
        spreads.append(float(np.sqrt(ratio**2 * spread**2 + later**2 * own + spread**2 * own)))
        watched.append(months)
    errors = (scatter / np.sqrt(max(months, 1)) for _, scatter, months in steps)
    return Development(
        tuple(reversed(shares)),
        tuple(reversed(spreads)),
        tuple(reversed(watched)),
        tuple(ratio for ratio, _, _ in steps),
        tuple(float(error) for error in errors),
    )


def _steps(triangle: Triangle, in_hand: Floats) -> list[tuple[float, float, int]]:
    """By age below ``MATURE``: the ratio to a month later, its scatter from month to month, and months watched."""
    steps: list[tuple[float, float, int]] = []
    columns = [column for column in np.flatnonzero(triangle.regular) if column > 0][-RECENT:]
    for age in range(MATURE):
        rows = [(column - 1 + triangle.opened - age - triangle.first, column) for column in columns]
        pairs = [(in_hand[row, column - 1], in_hand[row, column]) for row, column in rows if 0 <= row < len(in_hand)]
        known = np.array([pair for pair in pairs if pair[1] > 0]).reshape(-1, 2)
        if not len(known):
            before = steps[-1][0] if steps else 0.0
            missing = min(max(1 - before, 0.0), 1.0) * FADING
            steps.append((1 - missing, missing, 0))
            continue
        earlier, later = known.T
        ratio = float(np.clip(earlier.sum() / later.sum(), 0.0, LARGEST))
        weights = later / later.sum()
        scatter = float(weights @ (np.clip(earlier / later, 0, 2 * LARGEST) - ratio) ** 2)
        believed = (0.3 * (1 - ratio)) ** 2 + 1e-5
        months = len(known)
        steps.append(
            (ratio, float(np.sqrt((months * scatter + BELIEVED * believed) / (months - 1 + BELIEVED))), months)
        )
    return steps

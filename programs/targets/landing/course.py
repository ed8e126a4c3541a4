"""From months that are known to months that are not: level, drift, trend, seasons and noise. Pure arithmetic.

Heads are taken by their square root, under which chance counts scatter alike whatever their number and no drift
explodes. On that scale a month is the sum of a level, a random walk, a trend that flattens out, an effect of its
calendar month, and its own noise: a Gaussian process, so that everything asked for is drawn jointly, given everything
known. How strong each part is, is not decided but weighed: each combination of the strengths below has the weight that
the known months give it (its marginal likelihood). Few months cannot tell a season from noise, so both are believed and
the drawn courses spread accordingly; with two years known, a graduation month that came twice comes again.
"""

import itertools

import numpy as np

from programs.targets.landing.triangle import Floats

LEVEL = 1.0
DRIFTS = (0.0, 0.03, 0.08, 0.16)
TRENDS = (0.0, 0.008, 0.02)
SEASONS = (0.0, 0.12, 0.35)
NOISES = (0.04, 0.08, 0.16, 0.32)
FLATTENING = 0.98
LEAST_WEIGHT = 0.03
_STRENGTHS = np.array(
    [
        (LEVEL**2, drift**2, trend**2, season**2, noise**2)
        for drift, trend, season, noise in itertools.product(DRIFTS, TRENDS, SEASONS, NOISES)
    ]
)


def draw(
    *, known: Floats, heads: Floats, errors: Floats, asked: Floats, draws: int, random: np.random.RandomState
) -> Floats:
    """Heads of the months asked for, drawn jointly: draws × months, none negative.

    Args:
        known: the numbers of the months known, in order.
        heads: their heads, as far as they are known.
        errors: the relative standard deviation of each, 0 where it is complete.
        asked: the numbers of the months asked for, some of which may be known in part.
        draws: how many courses.
        random: where chance comes from.
    """
    scale = max(float(heads.mean()), 1.0)
    roots = np.sqrt(np.maximum(heads, 0) / scale)
    chance = 0.25 / scale
    error = (0.5 * np.maximum(roots, 0.3) * errors) ** 2 + 1e-6
    origin = min(float(known.min()), float(asked.min())) - 1, float(known.max())
    parts = _parts(known, known, origin)
    covariances = _weighed(_STRENGTHS, parts) + np.diag(error + chance)
    factors = np.linalg.cholesky(covariances)
    centred = roots - 1.0
    scored = np.linalg.solve(factors, np.broadcast_to(centred[:, None], (len(factors), len(centred), 1)))[..., 0]
    likelihood = -0.5 * (scored**2).sum(axis=1) - np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    weights = np.exp(likelihood - likelihood.max())
    weights[weights < LEAST_WEIGHT * weights.max()] = 0.0
    times = random.multinomial(draws, weights / weights.sum())
    chosen = np.flatnonzero(times)
    across = _weighed(_STRENGTHS[chosen], _parts(known, asked, origin))
    across += chance * (known[:, None] == asked)
    within = _weighed(_STRENGTHS[chosen], _parts(asked, asked, origin)) + chance * np.eye(len(asked))
    gains = np.linalg.solve(factors[chosen], across)
    means = 1.0 + np.einsum("gnm,gn->gm", gains, scored[chosen])
    spreads = np.linalg.cholesky(within - np.swapaxes(gains, 1, 2) @ gains + 1e-9 * np.eye(len(asked)))
    normal = random.standard_normal((draws, len(asked)))
    found = np.empty_like(normal)
    start = 0
    for mean, spread, count in zip(means, spreads, times[chosen], strict=True):
        found[start : start + count] = mean + normal[start : start + count] @ spread.T
        start += count
    return np.maximum(found, 0.0) ** 2 * scale


def _weighed(strengths: Floats, parts: Floats) -> Floats:
    """By combination, the parts by their strengths in all; not by the BLAS, whose threads cost more than so little."""
    return np.einsum("gp,pnm->gnm", strengths, parts)


def _parts(rows: Floats, columns: Floats, origin: tuple[float, float]) -> Floats:
    """The covariance that each part has at strength one: level, drift, trend, season, noise."""
    begun, now = origin
    one, other = rows[:, None], columns[None, :]
    return np.stack(
        [
            np.ones((len(rows), len(columns))),
            np.minimum(one, other) - begun,
            _flattened(one - now) * _flattened(other - now),
            (one % 12 == other % 12).astype(float),
            (one == other).astype(float),
        ]
    )


def _flattened(ahead: Floats) -> Floats:
    """Months since the last known one; ahead of it each counts for less than the one before."""
    return np.where(ahead > 0, (1 - FLATTENING ** np.maximum(ahead, 0)) / (1 - FLATTENING), ahead)

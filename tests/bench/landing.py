"""The landing in hindsight: how often its interval covers, and how near its middle is, beside simpler ways."""

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from programs.targets.landing.projecting import project
from tests.bench.figures import Figure, Figures, median_seconds
from tests.programs.targets.landing import backtest
from tests.programs.targets.landing.backtest import Asked, Score
from tests.programs.targets.landing.generating import FAMILIES, history

HISTORIES = 20
FULL_HISTORIES = 100
# Not the seeds on which the method was tuned.
SEED = 77_003
WIDE = 140
KEPT = Path(__file__).resolve().parents[2] / "var" / "landing.json"
HEADINGS = (
    "family",
    "asked",
    "covered",
    "below",
    "above",
    "width",
    "error",
    "straight line",
    "months alone",
    "covered",
)


def measure(full: bool) -> Figures:
    """Coverage and errors over all families; prints them by family and by how far the plan had gone."""
    import numpy as np

    histories = FULL_HISTORIES if full else HISTORIES
    found = backtest.run(histories=histories, seed=SEED)
    scores = {name: backtest.score(asked) for name, asked in found.items()}
    places = len(backtest.ASKED_AT)
    for place, at in enumerate(backtest.ASKED_AT):
        scores[f"after {at / 2:g} months"] = backtest.score(
            one for asked in found.values() for one in asked[place::places]
        )
    everything: list[Asked | None] = [one for asked in found.values() for one in asked]
    scores["all"] = whole = backtest.score(everything)
    _print(scores)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps({name: asdict(score) for name, score in scores.items()}, indent=2) + "\n", "utf-8")
    without = backtest.score(
        one for asked in backtest.run(histories=histories // 4, seed=SEED, with_backlog=False).values() for one in asked
    )
    past = history(FAMILIES["everything at once"], np.random.default_rng(SEED))
    question = backtest.questions(past, 53)
    return {
        "landing: forecasts whose interval covers (0.80 is meant)": Figure(whole.covered, "of 1", 0.8),
        "landing: mean error of the median; peer: straight line": Figure(whole.error, "of 1", None, whole.straight),
        "landing: mean error of the median; peer: months alone": Figure(whole.error, "of 1", None, whole.months_alone),
        "landing: the same without the backlog": Figure(without.error, "of 1", None, without.straight),
        "landing: one forecast": Figure(median_seconds(lambda: project.__wrapped__(question), 20), "s"),
    }


def _print(scores: dict[str, Score]) -> None:
    table = Table(title="The landing in hindsight, of histories whose end is known")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "family" else "right")
    for name, score in scores.items():
        shares = (score.covered, score.below, score.above, score.width, score.error, score.straight)
        more = (score.months_alone, score.alone_covered)
        table.add_row(name, f"{score.asked:,}", *(f"{share:.1%}" for share in (*shares, *more)))
    Console(width=WIDE).print(table)

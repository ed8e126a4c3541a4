"""A measured figure beside its floor and its peer, all three from the same run."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """What was measured.

    ``floor`` is what the same machine needs at the very least for the same work, ``peer`` what the usual way of doing
    it takes; ``None`` where there is none. All three in ``unit``.
    """

    value: float
    unit: str
    floor: float | None = None
    peer: float | None = None

    def ratio(self, other: float | None) -> float | None:
        """The figure as a multiple of ``other``."""
        return round(self.value / other, 4) if other else None

    def as_json(self) -> dict[str, float | str | None]:
        """The figure in the shape of ``var/bench.json``."""
        return {
            "value": round(self.value, 4),
            "unit": self.unit,
            "floor": self.floor and round(self.floor, 4),
            "peer": self.peer and round(self.peer, 4),
            "ratio_to_floor": self.ratio(self.floor),
            "ratio_to_peer": self.ratio(self.peer),
        }


Figures = dict[str, Figure]
KEPT = Path(__file__).resolve().parents[2] / "var" / "bench.json"


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median_seconds(call: Callable[[], object], times: int = 5) -> float:
    """The median of several calls: these machines are noisy."""
    return statistics.median(seconds(call) for _run in range(times))


def show(figures: Figures, console: Console) -> None:
    """Print the table."""
    table = Table(title="Performance, each figure beside its floor and its peer of the same run")
    for heading in ("figure", "value", "floor", "× floor", "peer", "× peer"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for name, figure in figures.items():
        told = figure.as_json()
        cells = [told["value"], told["floor"], told["ratio_to_floor"], told["peer"], told["ratio_to_peer"]]
        texts = ["–" if cell is None else f"{cell:,.3f}" for cell in cells]
        texts[0] += f" {figure.unit}"
        table.add_row(name, *texts)
    console.print(table)


def keep(figures: Figures, path: Path) -> None:
    """Write the figures to ``path`` as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {name: figure.as_json() for name, figure in figures.items()}
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")

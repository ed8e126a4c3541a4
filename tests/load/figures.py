"""How long requests took, by who made them."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.hostile.faults.notes import Balance, Took

SHARES = (50, 95, 99)
SLOWEST = 8
WANTED_MS = 500


def percentile(sorted_seconds: list[float], share: int) -> float:
    """The time within which so many of a hundred were answered, in milliseconds."""
    place = min(len(sorted_seconds) * share // 100, len(sorted_seconds) - 1)
    return round(sorted_seconds[place] * 1000, 1)


def of(took: Iterable[Took], seconds: float) -> dict[str, dict[str, Any]]:
    """By role, and for everybody: requests, errors, times in milliseconds, and the slowest kinds of request."""
    calls = list(took)
    groups = {"everybody": calls}
    for call in calls:
        groups.setdefault(call.role, []).append(call)
    return {role: _figures(them, seconds) for role, them in groups.items() if them}


def _figures(calls: list[Took], seconds: float) -> dict[str, Any]:
    times = sorted(call.seconds for call in calls)
    kinds: dict[str, list[float]] = {}
    for call in calls:
        kinds.setdefault(_kind(call.what), []).append(call.seconds)
    slow = {kind: percentile(sorted(them), 95) for kind, them in kinds.items() if len(them) >= 20}
    return {
        "requests": len(calls),
        "per_second": round(len(calls) / seconds, 1),
        "errors": sum(call.status == 0 or call.status >= 400 for call in calls),
        **{f"p{share}": percentile(times, share) for share in SHARES},
        "longest": round(times[-1] * 1000, 1),
        "slowest": dict(sorted(slow.items(), key=lambda one: -one[1])[:SLOWEST]),
    }


def _kind(what: str) -> str:
    """A request without the numbers in its address."""
    path, _mark, asked = what.partition("?")
    plain = "/".join("…" if part.isdigit() else part for part in path.split("/"))
    return f"{plain}?{asked.partition('=')[0]}" if asked else plain


def show(told: dict[str, dict[str, Any]], balance: Balance) -> None:
    """Print the table."""
    table = Table(title=f"Everybody at work (wanted: p95 of {WANTED_MS} ms on two cores that do nothing else)")
    columns = ("requests", "per_second", "errors", "p50", "p95", "p99", "longest")
    for name in ("role", *columns):
        table.add_column(name, justify="left" if name == "role" else "right")
    for role, figures in told.items():
        table.add_row(role, *(str(figures[name]) for name in columns))
    console = Console(width=110)
    console.print(table)
    for kind, milliseconds in told["everybody"]["slowest"].items():
        console.print(f"p95 {milliseconds:8.1f} ms  {kind}")
    console.print(f"Acknowledged: {balance.acknowledged}. There: {balance.survived}.")

"""The figures of recruitment once more, from lives as lists of moves, by plain counting."""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WAY = ["sourced", "applied", "screened", "interview", "offer", "accepted", "arrived"]


@dataclass
class Life:
    """One candidate: what they are split by, their moves as (day, stage), the day of a standing arrival, the record."""

    keys: Mapping[str, str]
    moves: list[tuple[dt.date, str]]
    arrived_on: dt.date | None = None
    verified: bool = False
    position: int | None = None
    campaign: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def until(self, day: dt.date) -> list[tuple[dt.date, str]]:
        return [one for one in self.moves if one[0] <= day]


def funnel(lives: Iterable[Life], day: dt.date, by: str) -> dict[str, dict[str, int]]:
    """By key: how many ever stood at each stage or beyond, and where the others stand."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for life in lives:
        moves = life.until(day)
        if not moves:
            continue
        count = found[life.keys[by]]
        came = life.arrived_on is not None and life.arrived_on <= day
        furthest = max((WAY.index(stage) for _day, stage in moves if stage in WAY), default=0)
        for place, stage in enumerate(WAY[:-1]):
            count[stage] += furthest >= place
        count["arrived"] += came
        count["verified"] += came and life.verified
        last = moves[-1][1]
        if not came:
            count[last if last in ("declined", "withdrawn") else "live"] += 1
    return {key: dict(count) for key, count in found.items()}


def stays(lives: Iterable[Life], day: dt.date, by: str) -> dict[tuple[str, str], list[tuple[int, bool]]]:
    """By key and stage: how long each stay lasted, and whether it ended."""
    found: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
    for life in lives:
        moves = life.until(day)
        for place, (since, stage) in enumerate(moves):
            if stage not in WAY[:-1]:
                continue
            ended = place + 1 < len(moves)
            left = moves[place + 1][0] if ended else day
            found[life.keys[by], stage].append(((left - since).days, ended))
    return found


def quartiles(lasted: list[tuple[int, bool]]) -> tuple[int | None, ...]:
    """Kaplan and Meier's, one person at a time: of those who leave on one day together, one step."""
    found: list[int | None] = []
    for share in (0.25, 0.5, 0.75):
        still, answer = 1.0, None
        for days in sorted({days for days, ended in lasted if ended}):
            at_risk = sum(other >= days for other, _ended in lasted)
            leaving = sum(other == days and ended for other, ended in lasted)
            still *= (at_risk - leaving) / at_risk
            if still <= 1 - share or math.isclose(still, 1 - share, rel_tol=1e-12, abs_tol=1e-12):
                answer = days
                break
        found.append(answer)
    return tuple(found)

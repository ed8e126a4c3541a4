"""Supply and demand as they are answered and downloaded: rows with what their keys are called."""

from collections.abc import Iterable, Sequence
from typing import Any

from backend.accounts.models import User
from backend.reference.selectors import labels as labels_of_table
from programs.recruitment.figures import UNSPECIFIED
from programs.recruitment.labels import labels_of
from programs.supply import reading
from programs.supply.figures import Month
from programs.supply.selectors import City, Row

NUMBERS = ("needed", "positions", "accepted", "in_training", "overdue", "in_time", "gap")
COUNTED = ("verified", "high_end")
CITY = ("needed", "in_training", "verified", "gap")


def labels(by: str, keys: Iterable[str]) -> dict[str, str]:
    """What the keys of a split are called in the reader's language."""
    asked = set(keys)
    if by not in ("occupation", "occupation_code"):
        return labels_of(by, asked)
    return labels_of("none", {UNSPECIFIED}) | reading.named(asked - {UNSPECIFIED})


def _places(by: str, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Where each key comes: as in its code table, what is not said last."""
    known = {} if by in ("none", "occupation", "occupation_code") else labels_of_table(by)
    order = {code: place for place, code in enumerate(known)}
    return {key: (len(order) + (key == UNSPECIFIED) if key not in order else order[key], key) for key in keys}


def told(rows: Sequence[Row], by: str, crossed: str, actor: User) -> list[dict[str, Any]]:
    """Cells as they are answered; a partner is told nothing of its own about who counts, which is the bureau's."""
    names, others = labels(by, [row.cell.key for row in rows]), labels(crossed, [row.cell.crossed for row in rows])
    counted = COUNTED if actor.sees_everything else ()
    places = [_places(by, names), _places(crossed, others)]
    ordered = sorted(rows, key=lambda row: (places[0][row.cell.key], places[1][row.cell.crossed]))
    return [
        {
            "key": row.cell.key,
            "label": names[row.cell.key],
            "crossed": row.cell.crossed,
            "crossed_label": others[row.cell.crossed],
            **{name: getattr(row.cell, name) for name in NUMBERS},
            **{name: getattr(row.cell, name) if name in counted else None for name in COUNTED},
            **{f"city_{name}": _of_city(row.city, name) for name in CITY},
        }
        for row in ordered
    ]


def _of_city(city: City | None, name: str) -> int | None:
    return getattr(city, name) if city is not None else None


def told_months(rows: Sequence[Month], by: str) -> list[dict[str, Any]]:
    """Months as they are answered."""
    names = labels(by, [row.key for row in rows])
    return [
        {
            "key": row.key,
            "label": names[row.key],
            "month": row.month,
            "completing": row.completing,
            "places": row.places,
        }
        for row in rows
    ]

"""Supply and demand as they are answered and downloaded: rows with what their keys are called."""

from collections.abc import Iterable, Sequence
from typing import Any

from backend.accounts.models import User
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


def told(rows: Sequence[Row], by: str, crossed: str, actor: User) -> list[dict[str, Any]]:
    """Cells as they are answered; a partner is told nothing of its own about who counts, which is the bureau's."""
    names, others = labels(by, [row.cell.key for row in rows]), labels(crossed, [row.cell.crossed for row in rows])
    counted = COUNTED if actor.sees_everything else ()
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
        for row in rows
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

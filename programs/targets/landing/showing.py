"""Landings as they are answered."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.targets.figures import Landing, Reason
from programs.targets.landing.models import StoredLanding
from programs.targets.landing.triangle import first_of


def landed(landing: Landing) -> dict[str, Any]:
    """A figure's landing as it is answered."""
    return {
        "low": landing.low,
        "median": landing.median,
        "high": landing.high,
        "probability": landing.probability,
        "reason": told(landing.reason),
    }


def told(reason: Reason | None) -> dict[str, str] | None:
    """Why there is no landing: its code, and a sentence in the reader's language."""
    return None if reason is None else {"code": reason.code, "message": said(reason)}


def said(reason: Reason) -> str:
    """Why there is no landing, in the reader's language."""
    if reason.code == "not_begun":
        return _("The target has not begun yet, so there is nothing to tell its end from.")
    if reason.code == "narrowed":
        return _("Where it will land is told of a target as a whole alone.")
    return ngettext(
        "Too little is known yet: %(months)d finished month has been watched from completion to the books,"
        " and %(needed)d are needed.",
        "Too little is known yet: %(months)d finished months have been watched from completion to the books,"
        " and %(needed)d are needed.",
        reason.months,
    ) % {"months": reason.months, "needed": reason.needed}


def brief(row: StoredLanding) -> dict[str, Any]:
    """A stored landing as lists have it."""
    names = ("id", "as_of", "known_at", "computed_at", "method", "low", "median", "high", "probability")
    more = ("pace", "required_pace", "late", "reviewed", "awaiting")
    return {name: getattr(row, name) for name in (*names, *more)} | {"reason": told(reason_of(row))}


def whole(row: StoredLanding) -> dict[str, Any]:
    """A stored landing with everything that it was worked out from, months as ``2019-03``."""
    kept = row.inputs
    backlog = kept.get("backlog") or {"waiting": [], "decided": []}
    return brief(row) | {
        "goal": kept["goal"],
        "triangle": [
            {"effective_in": month(one), "posted_in": month(other), "heads": heads}
            for one, other, heads in kept["cells"]
        ],
        "development": [
            {"age": age, "share": round(share, 6), "spread": round(spread, 6), "watched": watched}
            for age, (share, spread, watched) in enumerate(
                zip(kept["shares"], kept["spreads"], kept["watched"], strict=True)
            )
        ],
        "backlog": [{"effective_in": month(one), "awaiting": count} for one, count in backlog["waiting"]],
        "decided": [
            {"decided_in": month(one), "decided": decided, "counted": counted}
            for one, decided, counted in backlog["decided"]
        ],
        "yield": kept["yield"],
        "months_watched": kept["observed"],
        "seed": kept["seed"],
        "fan": kept["fan"],
    }


def reason_of(row: StoredLanding) -> Reason | None:
    """Why a stored landing has no numbers."""
    return None if row.reason is None else Reason(**row.reason)


def month(number: int) -> str:
    """A month by its number, as ``2019-03``."""
    day: dt.date = first_of(number)
    return f"{day:%Y-%m}"

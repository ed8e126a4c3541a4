"""How scorecards are told: the names of the measures, how each is worked out, and in which words and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from programs.scorecards.figures import MEASURES, Spread
from programs.scorecards.selectors import Scorecard

DAYS = "correction_days"
NAMES: Mapping[str, str | Promise] = {
    "on_time": lazy("On time"),
    "first_pass": lazy("Taken at once"),
    "duplicates": lazy("Repeated people"),
    "verified": lazy("Verification yield"),
    "correction_days": lazy("Correction time"),
}
HELP: Mapping[str, str | Promise] = {
    "on_time": lazy(
        "Whether the report, or the confirmation that there is none, came on or before its due day. One that never came"
        " counts as late, an excused one not at all."
    ),
    "first_pass": lazy(
        "Of the rows of the period’s first file: those that were taken without having been mended in place."
    ),
    "duplicates": lazy(
        "Of the rows of the period’s files: those that repeat a row of the same file, or a person whom another"
        " organisation has reported. Fewer are better."
    ),
    "verified": lazy(
        "Of the records that were decided on and whose values came with the period’s files: those that were verified,"
        " and not returned, rejected or revoked."
    ),
    "correction_days": lazy(
        "The median time from the return of a record to its being reported anew, in days. Less is better."
    ),
}
FALLING = frozenset({"duplicates", "correction_days"})
"""Measures that are the better the smaller they are."""
WIDE = 100
"""How wide the strip is on which a value lies beside its peers' quarters."""


@dataclass(frozen=True, slots=True)
class Told:
    """One measure of one card in words. ``change`` is told with whether it is ``better`` (none: it is the same)."""

    name: str
    value: str
    given: bool
    of: str
    change: str
    better: bool | None


def told(card: Scorecard, measure: str) -> Told:
    """A measure as a page shows it."""
    value, change = getattr(card, measure), card.change[measure]
    moved = None if not change else (change < 0) == (measure in FALLING)
    return Told(measure, said(measure, value), value is not None, _of(card, measure), _change(measure, change), moved)


def said(measure: str, value: float | None) -> str:
    """A value in figures; whether one report came on time is a word."""
    if value is None:
        return "–"
    if measure == DAYS:
        return ngettext("%(n)s day", "%(n)s days", round(value)) % {"n": f"{value:,.1f}".removesuffix(".0")}
    if measure == "on_time" and value in (0, 1):
        return _("on time") if value else _("late")
    return f"{value:.1%}"


def share(measure: str, value: float | None) -> str:
    """A value of many, where no word stands for it."""
    return f"{value:.1%}" if measure != DAYS and value is not None else said(measure, value)


def _of(card: Scorecard, measure: str) -> str:
    """What a share is of, in numbers."""
    counts = card.counts
    pairs = {
        "first_pass": ("first_passed", "first_rows"),
        "duplicates": ("duplicates", "rows"),
        "verified": ("verified", "decided"),
    }
    if measure == DAYS and counts["corrected"]:
        return ngettext("%(n)d record corrected", "%(n)d records corrected", counts["corrected"]) % {
            "n": counts["corrected"]
        }
    if measure not in pairs or not counts[pairs[measure][1]]:
        return ""
    part, whole = (counts[name] for name in pairs[measure])
    return _("%(part)s of %(whole)s") % {"part": f"{part:,}", "whole": f"{whole:,}"}


def _change(measure: str, change: float | None) -> str:
    if not change or measure == "on_time":
        return ""
    sign = "+" if change > 0 else "−"
    if measure == DAYS:
        return sign + said(measure, abs(change))
    return _("%(sign)s%(points)s points") % {"sign": sign, "points": f"{abs(change) * 100:.1f}"}


def middle(measure: str, spread: Spread) -> float:
    """What stands for all peers: of what is yes or no their share, else the middle one."""
    return spread.mean if measure == "on_time" else spread.median


def strip(card: Scorecard, measure: str) -> dict[str, Any] | None:
    """A value beside its peers' quarters on a strip ``WIDE`` wide; nothing where no peers are told."""
    spread, value = card.peers[measure], getattr(card, measure)
    if spread is None:
        return None
    top = 1.0 if measure != DAYS else max(spread.high, value or 0, 1.0)
    at = {name: round(getattr(spread, name) / top * WIDE, 1) for name in ("low", "high")}
    return {
        **at,
        "wide": round(max(at["high"] - at["low"], 1.0), 1),
        "middle": round(middle(measure, spread) / top * WIDE, 1),
        "own": None if value is None else round(value / top * WIDE, 1),
        "quarters": measure != "on_time",
        "said": beside(measure, spread),
    }


def beside(measure: str, spread: Spread) -> str:
    """Where the peers lie, in a sentence."""
    told = {
        "peers": spread.peers,
        "middle": share(measure, middle(measure, spread)),
        "low": share(measure, spread.low),
        "high": share(measure, spread.high),
    }
    if measure == "on_time":
        return _("%(middle)s of %(peers)d peers were on time.") % told
    return _("Half of %(peers)d peers lie between %(low)s and %(high)s; the middle one is at %(middle)s.") % told


def course(cards: Sequence[Scorecard], measure: str) -> dict[str, Any]:
    """What the chart of a measure is drawn from: the own values over the periods, and where the peers lay."""
    spreads = [card.peers[measure] for card in cards]
    scale = 1 if measure == DAYS else 100

    def drawn(value: float | None) -> float | None:
        return None if value is None else round(value * scale, 2)

    quarters = measure != "on_time"
    return {
        "kind": "peers",
        "periods": [card.period for card in cards],
        "unit": "" if measure == DAYS else "%",
        "own": {"name": _("Own"), "values": [drawn(getattr(card, measure)) for card in cards], "dots": not quarters},
        "middle": {
            "name": _("Middle of the peers") if quarters else _("Share of the peers"),
            "values": [drawn(middle(measure, one)) if one else None for one in spreads],
        },
        "band": {
            "name": _("Half of the peers"),
            "low": [drawn(one.low) if one else None for one in spreads],
            "high": [drawn(one.high) if one else None for one in spreads],
        }
        if quarters
        else None,
    }


def measures() -> list[tuple[str, str, str]]:
    """Every measure: its code, its name, how it is worked out."""
    return [(one, str(NAMES[one]), str(HELP[one])) for one in MEASURES]

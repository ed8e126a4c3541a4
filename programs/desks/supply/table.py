"""Supply beside demand as a table with bars, each number of which opens into what it is made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.problems import FieldError, Invalid
from backend.web.lists import Choosing
from programs.desks.supply.asking import NAMES, OfAPart
from programs.desks.supply.behind import People
from programs.supply import selectors, showing
from programs.supply.api import CELL
from programs.supply.figures import DIMENSIONS, OVERDUE

SPLIT: Mapping[str, Any] = {**NAMES, "none": lazy("Not split")}
WIDE = 1000
"""How wide the widest bar is, in thousandths."""


class Table(OfAPart):
    """What is needed, what comes and who is there, by one dimension or two."""

    template = "desks/supply/supply.html"
    part = "desks/supply/supply_rows.html"
    name = "supply"
    parameters: ClassVar[Sequence[str]] = (*OfAPart.parameters, "by", "crossed")
    page_size = 200

    @property
    def headings(self) -> Mapping[str, Any]:  # type: ignore[override]
        split = {"label": SPLIT[self.by]} | ({"crossed_label": SPLIT[self.crossed]} if self.crossed != "none" else {})
        own = {
            "needed": lazy("People needed"),
            "accepted": lazy("Accepted"),
            "in_training": lazy("In training"),
            "overdue": lazy("Overdue"),
            "in_time": lazy("Trained in time"),
            "gap": lazy("Gap"),
        }
        if self.actor.sees_everything:
            return split | own | {"verified": lazy("Verified"), "high_end": lazy("Of them high-end")}
        return split | own | {f"city_{name}": label for name, label in _CITY.items()}

    @property
    def by(self) -> str:
        """The split. Raises Invalid."""
        return self._split("by", "occupation")

    @property
    def crossed(self) -> str:
        """What it is crossed by. Raises Invalid."""
        found = self._split("crossed", "none")
        if found != "none" and (self.by == "none" or found.split("_")[0] == self.by.split("_")[0]):
            raise Invalid([FieldError("crossed", "invalid", _("Cross two different ones."))])
        return found

    def _split(self, name: str, default: str) -> str:
        found = self.request.GET.get(name) or default
        if found not in SPLIT:
            raise Invalid([FieldError(name, "invalid", _("The figure is not split so."))])
        return found

    def rows(self) -> list[dict[str, Any]]:
        found = selectors.supply(self.actor, self.asked, self.by, self.crossed)
        self.city = any(value is not None for row in found if row.city for value in astuple(row.city))
        return showing.told(found, self.by, self.crossed, self.actor)

    def narrowed(self, rows: Any) -> Any:
        return rows

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        most = max((row["needed"] for row in rows), default=0) or 1
        return [
            row
            | {
                "bars": list(_stacked(row, most)),
                "links": self._links(row),
            }
            for row in rows
        ]

    def _links(self, row: Mapping[str, Any]) -> dict[str, str]:
        query = {
            name: self.request.GET[name] for name in (*CELL, "organisation", "as_of") if self.request.GET.get(name)
        }
        keys = {self.by: row["key"], self.crossed: row["crossed"]}
        query |= {split: key for split, key in keys.items() if split in DIMENSIONS}
        return {
            name: f"{reverse(f'web:supply-{name}')}?{urlencode(query)}" for name in ("positions", "cohorts", "people")
        }

    def cells(self, row: Any) -> Mapping[str, Any]:
        return dict(row)

    def offered(self) -> list[Choosing]:
        return [
            Choosing("by", _("Split by"), "text", [self.by], list(SPLIT.items())),
            Choosing("crossed", _("Crossed by"), "text", [self.crossed], [("none", _("Nothing")), *NAMES.items()]),
            *super().offered(),
        ]

    def more(self) -> Mapping[str, Any]:
        whole = next(iter(selectors.supply(self.actor, self.asked)), None)
        months = selectors.months(self.actor, self.asked)
        most = max((max(one.completing, one.places) for one in months), default=0) or 1
        return {
            "day": self.asked.as_of,
            "whole": whole.cell if whole else None,
            "city": self.city,
            "staff": self.actor.sees_everything,
            "may_open_people": People.admits(self.actor, "GET"),
            "fewest": selectors.FEWEST,
            "split_label": SPLIT[self.by],
            "crossed_label": SPLIT[self.crossed] if self.crossed != "none" else "",
            "months": [
                {
                    "month": _("Overdue") if one.month == OVERDUE else one.month,
                    "overdue": one.month == OVERDUE,
                    "completing": one.completing,
                    "places": one.places,
                    "bars": (one.completing * WIDE // most, one.places * WIDE // most),
                }
                for one in months
            ],
        }


_TONES = {"accepted": "accepted", "in_time": "in-time", "gap": "gap"}


def _stacked(row: Mapping[str, Any], most: int) -> Iterable[dict[str, Any]]:
    """The parts of what is needed, one after the other, as thousandths of the widest."""
    place = 0
    for name, tone in _TONES.items():
        if row[name]:
            yield {"tone": tone, "x": place * WIDE // most, "width": row[name] * WIDE // most}
        place += row[name]


_CITY: Mapping[str, Any] = {
    "needed": lazy("Needed in the city"),
    "in_training": lazy("In training in the city"),
    "verified": lazy("Verified in the city"),
    "gap": lazy("Gap of the city"),
}

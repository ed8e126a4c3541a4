"""What a cell of supply and demand is made of: positions, cohorts, people."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.lists import Label
from programs.desks.supply.asking import NAMES, OfAPart
from programs.supply import opened, selectors, showing
from programs.supply.api import CELL
from programs.supply.figures import Kind


class _Behind(OfAPart):
    """A list of what one cell is made of, as many as its number says."""

    template = "desks/supply/behind.html"
    part = "desks/supply/behind_rows.html"
    leads = ("", "url")
    kind: ClassVar[Kind]
    title: ClassVar[Label] = ""

    def rows(self) -> list[Any]:
        return selectors.opened(self.actor, self.asked, self.kind)

    def narrowed(self, rows: Any) -> Any:
        self.sum = sum(one.n for one in rows)
        return rows

    def cells(self, row: Any) -> Mapping[str, Any]:
        return dict(row)

    def more(self) -> Mapping[str, Any]:
        given = {name: value for name in CELL if (value := self.request.GET.get(name))}
        told = [f"{NAMES[name]}: {showing.labels(name, [value])[value]}" for name, value in given.items()]
        return {
            "title": self.title,
            "kind": self.kind.value,
            "day": self.asked.as_of,
            "sum": self.sum,
            "told": " · ".join(told) or _("All"),
        }


class Positions(_Behind):
    """The positions that are open and not filled."""

    name = "supply-positions"
    kind = Kind.NEEDED
    title = lazy("Positions behind the number")
    headings: ClassVar[Mapping[str, Label]] = {
        "ref": lazy("Reference"),
        "title": lazy("Position"),
        "organisation": lazy("Organisation"),
        "needed": lazy("People needed"),
        "accepted": lazy("Accepted"),
        "open_until": lazy("Open until"),
    }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = opened.positions(rows, self.actor)
        return [one | {"url": reverse("web:position", args=[one["position"]])} for one in found]


class Cohorts(_Behind):
    """The cohorts in which people are trained now."""

    name = "supply-cohorts"
    kind = Kind.TRAINING
    title = lazy("Cohorts behind the number")
    headings: ClassVar[Mapping[str, Label]] = {
        "cohort": lazy("Cohort"),
        "organisation": lazy("Organisation"),
        "in_training": lazy("In training"),
        "ends_on": lazy("Expected completion"),
    }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [
            one | {"late": one["ends_on"] < self.asked.as_of, "url": reverse("web:cohort", args=[one["cohort"]])}
            for one in opened.cohorts(rows, self.actor)
        ]


class People(_Behind):
    """The people who count, masked for managers."""

    roles: ClassVar[Mapping[str, str]] = {"GET": "officer manager"}
    name = "supply-people"
    kind = Kind.VERIFIED
    title = lazy("People behind the number")
    headings: ClassVar[Mapping[str, Label]] = {
        "name": lazy("Name"),
        "person": lazy("System no."),
        "high_end": lazy("High-end"),
    }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = opened.people(rows, self.actor)
        return [one | {"url": reverse("web:person", args=[one["person"]])} for one in found]

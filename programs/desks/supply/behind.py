"""What a cell of supply and demand is made of: positions, cohorts, people."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.web.lists import Label
from programs.catalogue import selectors as catalogue
from programs.desks.supply.asking import NAMES, OfAPart
from programs.recruitment import selectors as recruitment
from programs.supply import showing
from programs.supply.api import CELL
from programs.supply.figures import Kind, behind
from talent.people.models import Person
from talent.people.naming import shown_name


class _Behind(OfAPart):
    """A list of what one cell is made of, as many as its number says."""

    template = "desks/supply/behind.html"
    part = "desks/supply/behind_rows.html"
    kind: ClassVar[Kind]
    title: ClassVar[Label] = ""

    def rows(self) -> list[Any]:
        return behind(self.actor, self.asked, self.kind)

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
            "columns": self.headings,
        }


class Positions(_Behind):
    """The positions that are open and not filled."""

    name = "supply-positions"
    kind = Kind.NEEDED
    title = lazy("Positions behind the number")
    headings: ClassVar[Mapping[str, Label]] = {
        "title": lazy("Position"),
        "organisation": lazy("Organisation"),
        "n": lazy("Needed"),
        "part": lazy("Accepted"),
        "day": lazy("Open until"),
    }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        known = recruitment.positions(self.actor).in_bulk([one.subject for one in rows])
        return [
            {
                "title": f"{known[one.subject].ref} {known[one.subject].title}",
                "organisation": known[one.subject].organisation,
                "n": one.n,
                "part": one.part,
                "day": one.day,
                "url": reverse("web:position", args=[one.subject]),
            }
            for one in rows
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {**row, "organisation": row["organisation"].code}


class Cohorts(_Behind):
    """The cohorts in which people are trained now."""

    name = "supply-cohorts"
    kind = Kind.TRAINING
    title = lazy("Cohorts behind the number")
    headings: ClassVar[Mapping[str, Label]] = {
        "title": lazy("Cohort"),
        "organisation": lazy("Organisation"),
        "n": lazy("In training"),
        "day": lazy("Expected completion"),
    }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        known = catalogue.cohorts(self.actor).in_bulk([one.subject for one in rows])
        return [
            {
                "title": known[one.subject].code,
                "organisation": known[one.subject].organisation,
                "n": one.n,
                "day": one.day,
                "late": one.day is not None and one.day < self.asked.as_of,
                "url": reverse("web:cohort", args=[known[one.subject].code]),
            }
            for one in rows
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {**row, "organisation": row["organisation"].code}


class People(_Behind):
    """The people who count, masked."""

    roles: ClassVar[Mapping[str, str]] = {"GET": "officer manager"}
    name = "supply-people"
    kind = Kind.VERIFIED
    title = lazy("People behind the number")
    headings: ClassVar[Mapping[str, Label]] = {
        "title": lazy("Name"),
        "person": lazy("System no."),
        "high_end": lazy("High-end"),
    }

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        names = dict(Person.objects.filter(pk__in=[one.subject for one in rows]).values_list("pk", "name"))
        return [
            {
                "title": shown_name(names[one.subject], self.actor),
                "person": one.subject,
                "high_end": bool(one.part),
                "url": reverse("web:person", args=[one.subject]),
            }
            for one in rows
        ]

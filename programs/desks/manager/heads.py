"""Exactly the people behind a figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.lists.filters import narrow
from backend.reference.selectors import labels
from backend.web.lists import Choosing, ListPage
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Path
from programs.desks.manager import naming
from programs.desks.manager.moments import OfATarget
from programs.targets import selectors
from programs.targets.filters import SEGMENTS, UNSPECIFIED, HeadFilter
from programs.targets.models import Basis, LedgerEntry
from programs.targets.parameters import PeopleParameters, told
from programs.targets.showing import HEAD_COLUMNS, shown_heads
from programs.targets.staying import selectors as staying

LEFT = (("false", lazy("Still here")), ("true", lazy("Has left")))


class TargetPeople(OfATarget, ListPage):
    """The heads of a target, masked, narrowed as a breakdown is; as many as the figure says."""

    name = "people"
    template = "desks/manager/heads.html"
    part = "desks/manager/heads_rows.html"
    leads = ("", "url")
    narrowing = True
    filterset_class = HeadFilter
    parameters_class = PeopleParameters
    parameters = ("as_of", "known_at", "left")
    ordering = ("person_id",)
    choosing = naming.NARROWING
    headings = {
        "person": lazy("Person"),
        "name": lazy("Name"),
        "effective_on": lazy("Counts since"),
        "organisation": lazy("Credited organisation"),
        "organisation_name": lazy("Name of the organisation"),
        "programme": lazy("Programme"),
        "path": lazy("Path"),
        "basis": lazy("Credential"),
        "district": lazy("District"),
        "segment": lazy("Segment"),
        "record": lazy("Record"),
        "contributors": lazy("All contributors"),
        "left_on": lazy("Left on"),
    }

    def rows(self) -> QuerySet[LedgerEntry]:
        moment = self.moment  # first, so that a bad parameter is told before a target that is not there
        found = selectors.counted(self.actor, self.target, moment)
        found = staying.narrowed(found, self.target, moment, left=self.asked["left"])
        return found.values(*HEAD_COLUMNS.values(), "id")

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        heads = shown_heads(rows, self.actor)
        away = staying.away(self.target, self.moment, [head["person"] for head in heads])
        codes = {code for head in heads for code in (head["organisation"], *head["contributors"])}
        organisations = naming.organisations(self.actor, codes, self.moment.as_of)
        programmes = naming.programmes(self.actor, (head["programme"] for head in heads))
        return [
            head
            | {
                "url": reverse("web:person", args=[head["person"]]),
                "left_on": away.get(head["person"]),
                "organisation_name": organisations.get(head["organisation"], head["organisation"]),
                "programme_name": programmes.get(head["programme"], head["programme"]),
                "others": [
                    organisations.get(code, code) for code in head["contributors"] if code != head["organisation"]
                ],
            }
            | {f"{name}_name": naming.value(name, head[name]) for name in ("path", "basis", "district", "segment")}
            for head in heads
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {
            **row,
            "programme": row["programme_name"],
            **{name: row[f"{name}_name"] for name in ("path", "basis", "district", "segment")},
            "contributors": " ".join(row["contributors"]),
        }

    def offered(self) -> list[Choosing]:
        as_of = Choosing("as_of", lazy("As of the day"), "date", [self.clocks.as_of])
        known_at = Choosing("known_at", lazy("As known at"), "datetime-local", [self.clocks.known_at])
        left = Choosing("left", lazy("Still here"), "select", [self.request.GET.get("left", "")], LEFT)
        return [*super().offered(), left, as_of, known_at]

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        blank = (UNSPECIFIED, naming.value("", UNSPECIFIED))
        programmes = catalogue.programmes(self.actor).prefetch_related(None).order_by("code")
        return {
            "organisation": naming.partners(self.actor),
            "programme": [(one.code, named(one)) for one in programmes],
            "path": Path.choices,
            "basis": Basis.choices,
            "district": [*labels("district").items(), blank],
            "segment": [*SEGMENTS, blank],
        }

    def heads(self) -> int:
        """How many people the page is about; to whoever is bound to districts, of these."""
        if self.actor.districts:
            return int(narrow(HeadFilter, self.narrowed_by, self.rows()).count())
        left, achieved = self.asked["left"], self.ledger.achieved()
        return achieved if left is None else achieved - self.ledger.still_here() if left else self.ledger.still_here()

    def more(self) -> Mapping[str, Any]:
        code = self.target.code
        return {
            "target": self.target,
            "clocks": self.clocks,
            # The pages beside this one are of the same moment, though the books go on.
            "moment": told(self.moment),
            "narrowed": naming.chosen_heads(self.actor, self.narrowed_by, self.moment.as_of),
            "heads": self.heads(),
            "left": self.asked["left"],
            "whole": self.to("web:target", code),
            "split": self.to("web:target", code, **self.narrowed_by),
        }

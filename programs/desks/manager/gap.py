"""What was reported, or is owed, and does not count: on a target's page by reason, and each reason's rows."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend.problems import NotFound, Problem
from backend.reference.selectors import labels
from backend.web.lists import Choosing, ListPage
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Path
from programs.desks.manager import naming
from programs.desks.manager.moments import OfATarget
from programs.targets import gaps
from programs.targets.filters import SEGMENTS, UNSPECIFIED, GapFilter
from programs.targets.gap_models import Kind, Reason
from programs.targets.gap_showing import columns, listed, shown, turn_said, unit_said
from programs.targets.gaps import GapReading
from programs.targets.parameters import told

PAGES = {Kind.RECORD: "web:record", Kind.SUBMISSION: "web:submission", Kind.OBLIGATION: "web:obligation"}
GROUPS = (
    (lazy("Not on the books yet"), (gaps.OF_OBLIGATIONS, gaps.OF_ROWS)),
    (lazy("Records that do not count"), (gaps.OF_RECORDS,)),
)


def summary(page: OfATarget) -> dict[str, Any]:
    """The gap as a target's page shows it: by reason, with whose turn it is and where its rows are.

    ``problem`` says why it is not known at the page's moment, where it is not.
    """
    chosen = {name: value for name, value in page.narrowed_by.items() if name in GapFilter.names()}
    reading = GapReading(page.actor, page.target, page.moment, chosen)
    try:
        found = reading.shortfall()
    except Problem as problem:
        if problem.code != "gap_not_kept":
            raise
        return {"problem": problem.detail}
    rows = [
        {
            "reason": share.reason.value,
            "label": share.reason.label,
            "count": share.count,
            "unit": gaps.unit(share.reason),
            "unit_said": unit_said(share.reason),
            "turn": gaps.turn(share.reason),
            "turn_said": turn_said(share.reason),
            "url": page.to("web:target-gap", page.target.code, share.reason.value, **chosen),
        }
        for share in found.shares
    ]
    return {
        "groups": [(label, [row for row in rows if row["unit"] in units]) for label, units in GROUPS],
        "found": found,
        "worked_out": reading.worked_out,
        "unnarrowed": sorted(page.narrowed_by.keys() - chosen.keys()),
    }


class TargetGap(OfATarget, ListPage):
    """The rows of one reason, masked, each leading to its record, submission or obligation."""

    name = "gap"
    template = "desks/manager/gap.html"
    part = "desks/manager/gap_rows.html"
    leads = ("", "url")
    narrowing = True
    filterset_class = GapFilter
    parameters = ("as_of", "known_at")
    ordering = ("id",)
    choosing = {name: label for name, label in naming.DIMENSIONS.items() if name != "basis"}
    headings = {
        "organisation": lazy("Organisation"),
        "organisation_name": lazy("Name of the organisation"),
        "period": lazy("Period"),
        "record": lazy("Record"),
        "submission": lazy("Submission"),
        "obligation": lazy("Obligation"),
        "person": lazy("Person"),
        "name": lazy("Name"),
        "programme": lazy("Programme"),
        "path": lazy("Path"),
        "district": lazy("District"),
        "segment": lazy("Segment"),
        "rows": lazy("Rows"),
        "credited": lazy("Credited organisation"),
        "day": lazy("Counts since"),
        "reason": lazy("Why it does not count"),
        "since": lazy("Since"),
        "turn": lazy("Whose turn"),
    }

    @cached_property
    def reason(self) -> Reason:
        try:
            return Reason(self.kwargs["reason"])
        except ValueError:
            raise NotFound from None

    @cached_property
    def gap(self) -> GapReading:
        moment = self.moment  # first, so that a bad parameter is told before a target that is not there
        return GapReading(self.actor, self.target, moment)

    def rows(self) -> QuerySet[Any]:
        return listed(self.gap, self.reason).values(*columns(self.reason).values(), "id")

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = shown(rows, self.reason, self.actor)
        codes = {code for row in found for code in (row["organisation"], row["credited"]) if code}
        organisations = naming.organisations(self.actor, codes, self.moment.as_of)
        programmes = naming.programmes(self.actor, (row["programme"] for row in found if row["programme"]))
        return [
            row
            | {
                "url": reverse(PAGES[Kind(row["kind"])], args=[row[row["kind"]]]),
                "organisation_name": organisations.get(row["organisation"], row["organisation"]),
                "credited_name": organisations.get(row["credited"], row["credited"]),
                "programme_name": programmes.get(row["programme"], row["programme"]),
            }
            | {f"{name}_name": self._called(row, name) for name in ("path", "district", "segment")}
            for row in found
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {
            **row,
            "programme": row["programme_name"],
            "credited": row["credited_name"],
            "reason": str(self.reason.label),
            "turn": turn_said(self.reason),
            **{name: row[f"{name}_name"] for name in ("path", "district", "segment")},
        }

    def choices(self) -> Mapping[str, Any]:
        blank = (UNSPECIFIED, lazy("Not given"))
        programmes = catalogue.programmes(self.actor).prefetch_related(None).order_by("code")
        return {
            "organisation": naming.partners(self.actor),
            "programme": [(one.code, named(one)) for one in programmes],
            "path": Path.choices,
            "district": [*labels("district").items(), blank],
            "segment": [*SEGMENTS, blank],
        }

    def offered(self) -> list[Choosing]:
        as_of = Choosing("as_of", lazy("As of the day"), "date", [self.clocks.as_of])
        known_at = Choosing("known_at", lazy("As known at"), "datetime-local", [self.clocks.known_at])
        names = self.choosing if self.kind == Kind.RECORD else ("organisation",)
        return [as_of, known_at, *(one for one in super().offered() if one.name in names)]

    @property
    def kind(self) -> Kind:
        return gaps.kinds(self.reason)

    def more(self) -> Mapping[str, Any]:
        chosen = {name: value for name, value in self.narrowed_by.items() if name in GapFilter.names()}
        narrowed = GapReading(self.actor, self.target, self.moment, chosen)
        [count] = [share.count for share in narrowed.shortfall().shares if share.reason == self.reason]
        return {
            "target": self.target,
            "clocks": self.clocks,
            # The pages beside this one are of the same moment, though the books go on.
            "moment": told(self.moment),
            "narrowed": naming.chosen_heads(self.actor, chosen, self.moment.as_of),
            "reason": self.reason,
            "kind": self.kind.value,
            "count": count,
            "unit_said": unit_said(self.reason),
            "turn_said": turn_said(self.reason),
            "turn": gaps.turn(self.reason),
            "whole": self.to("web:target", self.target.code) + "#gap",
        }

    @staticmethod
    def _called(row: Mapping[str, Any], name: str) -> str:
        return naming.value(name, row[name]) if row["programme"] else ""

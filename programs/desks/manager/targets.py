"""The targets and their figures: as of a day, as known at a moment, over time, and taken apart."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy
from rest_framework import serializers

from backend.accounts.history.selectors import PARENT, SUCCESSOR
from programs.desks.manager import charts, gap, landing
from programs.desks.manager.figures import Finished, course_rows, every_target, figure_of, part_rows
from programs.desks.manager.moments import AtAMoment, OfATarget
from programs.desks.manager.naming import DIMENSIONS, chosen_heads
from programs.desks.manager.subtargets import parted
from programs.targets import gaps
from programs.targets.parameters import MomentParameters
from programs.targets.readings import Reading, course_of
from programs.targets.series import PERIODS

BY = {
    "organisation": lazy("By organisation"),
    "district": lazy("By district"),
    "path": lazy("By path"),
    "basis": lazy("By credential"),
    "segment": lazy("By segment"),
    "programme": lazy("By programme"),
}
ROLL_UPS = {SUCCESSOR: lazy("Under the successor"), PARENT: lazy("Under the organisation at the top")}
PER = {"month": lazy("By month"), "quarter": lazy("By quarter"), "year": lazy("By year")}


class TargetParameters(MomentParameters):
    """How a target's figure is shown: its course per period, its parts by dimension."""

    per = serializers.ChoiceField(list(PERIODS), default="quarter")
    by = serializers.ChoiceField(list(BY), default="organisation")
    roll_up = serializers.ChoiceField(list(ROLL_UPS), required=False)


class Targets(AtAMoment):
    """Every target with its figure."""

    template = "desks/manager/targets.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(clocks=self.clocks, rows=every_target(self))


class OneTarget(OfATarget):
    """One target: the figure, its course, and what it is made of."""

    template = "desks/manager/target.html"
    parameters_class = TargetParameters
    narrowing = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        per, by = self.asked["per"], self.asked["by"]
        whole = Reading(self.actor, self.target, self.moment)
        terms = whole.terms
        figure = figure_of(self, terms.target, whole.figure(), whole.departures)
        points = course_of(terms, self.moment, self.ledger.heads(), per, self.ledger.departures)
        judged = whole.judged()
        roll_up = self.asked.get("roll_up") if by == "organisation" else None
        parts = (
            gaps.contributions(self.ledger) if by == "organisation" and not roll_up else self.ledger.parts(by, roll_up)
        )
        rows = part_rows(parts, {part.key: self.people(**{by: ",".join(part.members) or part.key}) for part in parts})
        return self.show(
            clocks=self.clocks,
            landing=None if self.narrowed_by else landing.shown(self.actor, terms.target, self.moment, whole.heads()),
            kept={**self.narrowed_by, "per": per, "by": by, "roll_up": roll_up or ""},
            finished=judged and Finished(judged),
            gap=gap.summary(self),
            target=terms.target,
            of=figure,
            terms=terms,
            parted=parted(whole, self.to),
            narrowed=chosen_heads(self.actor, self.narrowed_by, self.moment.as_of),
            narrowed_heads=sum(part.achieved for part in parts),
            whole=self.to("web:target", code, per=per, by=by),
            per=per,
            periods=[(name, label, self.here(per=name, by=by)) for name, label in PER.items()],
            course=course_rows(points),
            course_chart=charts.course(points, planned=not self.narrowed_by),
            by=by,
            dimensions=[(name, label, self.here(per=per, by=name)) for name, label in BY.items()],
            by_label=BY[by],
            roll_ups=self._roll_ups(per, roll_up) if by == "organisation" else [],
            dimension=DIMENSIONS[by],
            parts=rows,
            contributed=any(row["contributed"] is not None for row in rows),
            parts_total=sum(row["achieved"] for row in rows),
            parts_here=sum(row["still_here"] or 0 for row in rows),
            parts_chart=charts.parts(rows),
            planned=not self.narrowed_by,
            people=self.people(),
            all_people=self.to("web:target-people", code),
            now_url=self.to(
                "web:target", code, **{**self.narrowed_by, "per": per, "by": by, "as_of": None, "known_at": None}
            ),
            changes=self.to(
                "web:target-changes",
                code,
                as_of=self.clocks.given.get("as_of"),
                known_at=None,
                to=self.clocks.given.get("known_at"),
                **self.narrowed_by,
            ),
        )

    def _roll_ups(self, per: str, chosen: str | None) -> list[tuple[Any, str, bool]]:
        """How the parts by organisation may be added up: what it is called, where that is, whether it is so here."""
        offered = {"": lazy("As reported"), **ROLL_UPS}
        return [
            (label, self.here(per=per, by="organisation", roll_up=name), name == (chosen or ""))
            for name, label in offered.items()
        ]

    def here(self, **params: Any) -> str:
        """This page, as narrow as it is."""
        return self.to("web:target", self.target.code, **{**self.narrowed_by, **params})

    def people(self, **params: Any) -> str:
        """The people behind the figure, as narrow as this page is."""
        return self.to("web:target-people", self.target.code, **{**self.narrowed_by, **params})

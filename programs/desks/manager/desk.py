"""The manager's desk: where both targets stand, where the people are, who brings them, and what has moved lately."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from backend.clock import now
from programs.desks.first_steps import first_steps
from programs.desks.manager import alerts
from programs.desks.manager.courses import fanned
from programs.desks.manager.figures import figure_of
from programs.desks.manager.moments import AtAMoment
from programs.desks.manager.tiles import since as since_when
from programs.desks.manager.tiles import tiles
from programs.targets import amending, cube, selectors
from programs.targets.landing.readings import projections
from programs.targets.models import Target
from programs.targets.parameters import MomentParameters
from programs.targets.readings import Reading, between, course_of, figures_of
from programs.targets.showing import said

LATELY = dt.timedelta(days=30)
MOST_ORGANISATIONS = 8


class DeskParameters(MomentParameters):
    """At which moment, and whose people the tiles of the districts show."""

    tiles = serializers.CharField(required=False)


class Desk(AtAMoment):
    """Every target at a glance, as things stand now."""

    roles = {"GET": "manager"}
    template = "desks/manager/desk.html"
    parameters_class = DeskParameters

    def get(self, request: HttpRequest) -> HttpResponse:
        terms = amending.terms(selectors.targets(self.actor), self.moment)
        targets = [one.target for one in terms]
        ids = [target.pk for target in targets]
        heads = cube.days_of(self.actor, ids, self.moment)
        departures = cube.days_of(self.actor, ids, self.moment, cube.DEPARTURES)
        landings = projections(targets, self.moment, heads, fan=True)
        figures = figures_of(targets, self.moment, heads, landings)
        since = now() - LATELY
        shown = []
        for one in terms:
            target = one.target
            own = heads.get(target.pk, {})
            left = departures.get(target.pk, {})
            points = course_of(one, self.moment, own, "quarter", left)
            lately = between(self.actor, target, since=since)
            ahead = landings[target.pk]
            rows, chart = fanned(points, ahead.fan if ahead.landing.median is not None else (), one.line)
            shown.append(
                {
                    "of": figure_of(self, target, figures[target.pk], left),
                    "rows": rows,
                    "chart": chart,
                    "people": self.to("web:target-people", target.code),
                    "lately": lately,
                    "reasons": [(said(moved.reason), moved.delta) for moved in lately.moved],
                    "changes": self.to("web:target-changes", target.code),
                }
            )
        return self.show(
            clocks=self.clocks,
            targets=shown,
            organisations=self.organisations(targets),
            alerts=alerts.on_the_desk(self.actor),
            first_steps=first_steps(self.actor),
            **self.districts(targets),
        )

    def districts(self, targets: list[Target]) -> dict[str, Any]:
        """The tiles of the target that the address names, else of the last, which counts the most kinds of people."""
        if not targets:
            return {}
        chosen = next((one for one in targets if one.code == self.asked.get("tiles")), targets[-1])
        opened = since_when(self.actor, self.moment)
        return {
            "tiles": tiles(self, chosen, opened),
            "tiled": chosen,
            "tiles_since": opened,
            "tiles_of": [(one, self.to("web:home", tiles=one.code), one == chosen) for one in targets],
        }

    def organisations(self, targets: list[Target]) -> list[dict[str, Any]]:
        """Those with the most heads, the last target's first: what counts for less counts there too."""
        found: dict[str, dict[str, Any]] = {}
        totals: list[int] = []
        for place, target in enumerate(targets):
            parts = Reading(self.actor, target, self.moment).parts("organisation")
            totals.append(sum(part.achieved for part in parts))
            for part in parts:
                row = found.setdefault(part.key, {"key": part.key, "label": part.label, "heads": [0] * len(targets)})
                row["heads"][place] = part.achieved
        rows = sorted(found.values(), key=lambda row: (*(-heads for heads in reversed(row["heads"])), row["key"]))
        for row in rows:
            row["cells"] = [
                {
                    "heads": heads,
                    "share": heads / total if total else None,
                    "url": self.to("web:target-people", target.code, organisation=row["key"]),
                }
                for heads, total, target in zip(row["heads"], totals, targets, strict=True)
            ]
        return rows[:MOST_ORGANISATIONS]

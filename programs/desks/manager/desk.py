"""The manager's desk: where both targets stand, who is behind the figures, and what has moved lately."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from backend.clock import now
from programs.desks.manager import alerts, charts
from programs.desks.manager.figures import course_rows, figure_of
from programs.desks.manager.moments import AtAMoment
from programs.targets import amending, cube, selectors
from programs.targets.models import Target
from programs.targets.readings import Reading, between, course_of, figures_of
from programs.targets.showing import said

LATELY = dt.timedelta(days=30)
MOST_ORGANISATIONS = 8


class Desk(AtAMoment):
    """Every target at a glance, as things stand now."""

    roles = {"GET": "manager"}
    template = "desks/manager/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        terms = amending.terms(selectors.targets(self.actor), self.moment)
        targets = [one.target for one in terms]
        ids = [target.pk for target in targets]
        heads = cube.days_of(self.actor, ids, self.moment)
        departures = cube.days_of(self.actor, ids, self.moment, cube.DEPARTURES)
        figures = figures_of(targets, self.moment, heads)
        since = now() - LATELY
        shown = []
        for one in terms:
            target = one.target
            own = heads.get(target.pk, {})
            left = departures.get(target.pk, {})
            points = course_of(one, self.moment, own, "quarter", left)
            lately = between(self.actor, target, since=since)
            shown.append(
                {
                    "of": figure_of(self, target, figures[target.pk], left),
                    "rows": course_rows(points),
                    "chart": charts.course(points, increments=False),
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
        )

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

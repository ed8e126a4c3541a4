"""Where a target will land, as its page shows it: the fan with its table, in words, and having it worked out anew."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.web.base import Act
from programs.targets import selectors as targets
from programs.targets.books import Moment
from programs.targets.figures import HeadsByDay, Span
from programs.targets.landing import selectors
from programs.targets.landing.question import Ahead
from programs.targets.landing.readings import projections
from programs.targets.landing.services import start_landing
from programs.targets.landing.showing import said
from programs.targets.models import Target


def shown(actor: User, target: Target, moment: Moment, heads: HeadsByDay) -> dict[str, Any]:
    """What the page says of a target's landing.

    Args:
        actor: who reads.
        target: whose.
        moment: where on both clocks.
        heads: the target's net heads by day, none after the moment's ``as_of``.
    """
    found = projections([target], moment, {target.pk: heads}, fan=True)[target.pk]
    landing, stored = found.landing, selectors.latest(actor, target, moment)
    span = Span(target.starts_on, target.ends_on)
    plan = [round(target.goal * span.elapsed(one.ends_on) / span.days) for one in found.fan]
    rows = [
        {
            "period": f"{one.ends_on:%Y-%m}",
            "counted": one.counted,
            "low": one.low,
            "median": one.median,
            "high": one.high,
            "plan": planned,
        }
        for one, planned in zip(found.fan, plan, strict=True)
    ]
    return {
        "found": found,
        "known": landing.median is not None,
        "settled": landing.median is not None and landing.low == landing.high,
        "reason": said(landing.reason) if landing.reason else "",
        "rows": rows,
        "chart": fan(found.fan, plan, target.goal),
        "stored": stored,
        "outstanding": bool(found.late or found.reviewed),
        "job": selectors.under_way(actor, target),
        "anew": reverse("web:target-landing", args=[target.code]),
    }


def fan(ahead: Sequence[Ahead], plan: Sequence[int], goal: int) -> dict[str, Any]:
    """What the fan is drawn from: heads as counted up to now, and from there on the middle and the interval."""
    begun = sum(one.counted is not None for one in ahead)
    open_from = next((place for place, one in enumerate(ahead) if one.low != one.high), len(ahead))
    first = max(min(open_from, begun) - 1, 0)
    return {
        "kind": "fan",
        "periods": [f"{one.ends_on:%Y-%m}" for one in ahead],
        "counted": {"name": _("Counted"), "values": [one.counted for one in ahead]},
        "median": {
            "name": _("Most likely"),
            "values": [one.median if place >= first else None for place, one in enumerate(ahead)],
        },
        "band": {
            "name": _("In 8 cases of 10"),
            "low": [one.low if place >= first else None for place, one in enumerate(ahead)],
            "high": [one.high if place >= first else None for place, one in enumerate(ahead)],
        },
        "plan": {"name": _("Plan"), "values": list(plan)},
        "goal": {"name": _("Goal"), "value": goal},
    }


class WorkOut(Act):
    """Has a target's landing worked out anew."""

    roles = {"POST": "officer manager admin"}

    def act(self, code: str) -> str:
        start_landing(target=self.one(targets.targets(self.actor), code=code), actor=self.actor)
        return _("The landing is being worked out; the backlog is counted afresh for it.")

    def leads_to(self, code: str) -> str:
        return reverse("web:target", args=[code]) + "#landing"

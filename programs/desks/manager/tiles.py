"""The districts of the city as tiles: how many people of a target work in each, their share, and what has changed."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from backend.accounts.models import User
from backend.clock import now
from backend.reference.selectors import tables
from programs.desks.manager import naming
from programs.desks.manager.moments import AtAMoment
from programs.snapshots import selectors as snapshots
from programs.snapshots.models import Snapshot
from programs.targets import cube
from programs.targets.books import Moment
from programs.targets.filters import UNSPECIFIED
from programs.targets.models import Target

LATELY = dt.timedelta(days=30)
SHADES = 5


@dataclass(frozen=True, slots=True)
class Since:
    """With which moment of the books the tiles compare: the last published one, or thirty days before."""

    known_at: dt.datetime
    snapshot: Snapshot | None


def since(actor: User, moment: Moment) -> Since:
    """The last snapshot before ``moment``, or thirty days before it where there is none."""
    published = snapshots.snapshots(actor).defer("content").filter(known_at__lt=moment.known_at)
    last = published.order_by("-number").first()
    return Since(last.known_at if last else min(moment.known_at, now()) - LATELY, last)


def tiles(page: AtAMoment, target: Target, opened: Since) -> list[dict[str, Any]]:
    """A tile for every district of the table, in its order, then for people of no district, if there are any.

    The heads of all tiles come to the target's figure, and the changes to what the page of its changes says.
    """
    heads = cube.parts(page.actor, target, page.moment, "district")
    before = cube.parts(page.actor, target, Moment(page.moment.as_of, opened.known_at), "district")
    total, most = sum(heads.values()), max(heads.values(), default=0)
    return [
        _tile(page, target, opened, key, heads.get(key, 0), before.get(key, 0), total, most)
        for key in _keys(heads, before)
    ]


def _keys(*found: dict[str, int]) -> list[str]:
    """The districts of today, and whatever else people are counted in; those of whom none is given come last."""
    there = {key for heads in found for key in heads}
    known = tables().attributes["district"]
    today = [code for code, said in known.items() if said.get("current") == "1" and said.get("level") == "county"]
    return [*today, *sorted(there - {*today, ""}), *({""} & there)]


def _tile(
    page: AtAMoment, target: Target, opened: Since, key: str, heads: int, before: int, total: int, most: int
) -> dict[str, Any]:
    wanted = key or UNSPECIFIED
    clocks = page.clocks.given
    return {
        "key": wanted,
        "label": naming.value("district", wanted),
        "heads": heads,
        "share": heads / total if total else None,
        "change": heads - before,
        # The darkest is the one with the most people; a tile without anybody has no shade.
        "shade": -(-heads * SHADES // most) if heads > 0 and most else 0,
        "people": page.to("web:target-people", target.code, district=wanted),
        "breakdown": page.to("web:target", target.code, district=wanted, by="organisation") + "#breakdown",
        "changes": page.to(
            "web:target-changes",
            target.code,
            district=wanted,
            **{"from": opened.known_at.isoformat(), "to": clocks.get("known_at"), "known_at": None},
        ),
    }

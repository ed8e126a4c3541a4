"""Why a target's figure moved between two moments of the books."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.clock import now
from programs.desks.manager import charts
from programs.desks.manager.moments import OfATarget, minute
from programs.desks.manager.naming import chosen_heads
from programs.targets import books
from programs.targets.parameters import ChangesParameters, told
from programs.targets.readings import Movement, between
from programs.targets.showing import said

LATELY = dt.timedelta(days=30)


class TargetChanges(OfATarget):
    """The figure then, what was posted since, by reason, and the figure now.

    Without ``from`` it is the last thirty days, or, where nothing was posted in them, everything since the target's
    start; ``from=`` left blank is everything too.
    """

    template = "desks/manager/changes.html"
    parameters_class = ChangesParameters
    narrowing = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        movement = self.movement()
        rows: list[dict[str, Any]] = [
            {
                "reason": said(one.reason),
                "counted": one.counted,
                "taken_back": one.taken_back,
                "delta": one.delta,
                "moved_in": one.moved_in,
                "moved_out": one.moved_out,
                "url": self.people(movement, reason=one.reason),
            }
            for one in movement.moved
        ]
        given = self._given(("from", "to", "as_of"))
        return self.show(
            target=self.target,
            movement=movement,
            rows=rows,
            counted=sum(one.counted for one in movement.moved),
            taken_back=sum(one.taken_back for one in movement.moved),
            by=abs(movement.delta),
            from_start=self.from_start(movement),
            fields=self.fields(movement, given),
            given=given,
            chart=charts.waterfall(movement, [row["url"] for row in rows]),
            people=self.people(movement),
            narrowed=chosen_heads(self.actor, self.narrowed_by, movement.until.as_of),
            kept=self.narrowed_by,
            everybody=self.address(given, {}),
            moves=any(one.moved_in or one.moved_out for one in movement.moved),
            whole=self.address({}, self.narrowed_by, "web:target"),
        )

    def address(self, given: Mapping[str, str], chosen: Mapping[str, str], name: str = "web:target-changes") -> str:
        """A page of this target, narrowed by ``chosen``."""
        query = urlencode({**given, **chosen})
        return reverse(name, args=[self.target.code]) + (f"?{query}" if query else "")

    def people(self, movement: Movement, **params: str) -> str:
        """Whom the figure moved by between the two moments, as narrow as this page is."""
        since, until = told(movement.since), told(movement.until)
        moments = {"from": since["known_at"], "to": until["known_at"], "as_of": until["as_of"]}
        return self.address({**moments, **params}, self.narrowed_by, "web:target-changes-people")

    def movement(self) -> Movement:
        """What is asked for, or what has moved lately."""
        asked = self.asked
        target, until, as_of = self.target, asked.get("to"), asked.get("as_of")
        if "from" not in self.request.GET:
            since = min(until, now()) if until else now()
            found = between(self.actor, target, since=since - LATELY, until=until, as_of=as_of, chosen=self.narrowed_by)
            if found.moved:
                return found
        return between(self.actor, target, since=asked.get("from"), until=until, as_of=as_of, chosen=self.narrowed_by)

    def fields(self, movement: Movement, given: Mapping[str, str]) -> dict[str, str]:
        """What stands in the form's fields: what the address gives, and from when it is where it does not say."""
        since = movement.since.known_at
        return {
            "from": "" if self.from_start(movement) else minute(since, up=False),
            "to": minute(movement.until.known_at, up=True) if "to" in given else "",
            "as_of": movement.until.as_of.isoformat() if "as_of" in given else "",
        }

    def from_start(self, movement: Movement) -> bool:
        """Whether nothing was on the books before."""
        return movement.since.known_at <= books.start_of(self.target.starts_on)

"""What every page about a target's figure has: the target, the moment on both clocks, and links that keep to it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from backend.web.base import Page
from programs.targets import books, parameters, selectors
from programs.targets.books import Moment
from programs.targets.filters import HeadFilter
from programs.targets.models import Target
from programs.targets.parameters import MomentParameters
from programs.targets.readings import Reading

READERS = "officer manager admin"
CLOCKS = ("as_of", "known_at")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The moment that a page shows; ``given`` holds what the address says of it, and is empty for now."""

    moment: Moment
    given: Mapping[str, str]

    @property
    def as_of(self) -> str:
        """What stands in the field for the day."""
        return self.moment.as_of.isoformat() if "as_of" in self.given else ""

    @property
    def known_at(self) -> str:
        """What stands in the field for the moment."""
        if "known_at" not in self.given:
            return ""
        return minute(self.moment.known_at, up=True)


def minute(moment: dt.datetime, *, up: bool) -> str:
    """A moment as a field takes it: the bureau's, by whole minutes, the last one before it or the first one after."""
    local = timezone.localtime(moment).replace(tzinfo=None)
    whole = local.replace(second=0, microsecond=0)
    return f"{whole + dt.timedelta(minutes=1) if up and local > whole else whole:%Y-%m-%dT%H:%M}"


class AtAMoment(Page):
    """A page that is read at a moment: ``?as_of=`` a day and ``?known_at=`` a moment of the books.

    ``narrowing`` says whether the address may also narrow the heads, by ``HeadFilter``'s names.
    """

    roles: ClassVar[Mapping[str, str]] = {"GET": READERS}
    parameters_class: ClassVar[type[serializers.Serializer]] = MomentParameters
    narrowing: ClassVar[bool] = False

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The address's parameters. Raises Problem for one that is not known or cannot be read."""
        return parameters.read(self.parameters_class, self.request.GET, HeadFilter.names() if self.narrowing else ())

    @cached_property
    def moment(self) -> Moment:
        return books.moment(as_of=self.asked.get("as_of"), known_at=self.asked.get("known_at"))

    @cached_property
    def clocks(self) -> Clocks:
        return Clocks(self.moment, self._given(CLOCKS))

    @cached_property
    def narrowed_by(self) -> dict[str, str]:
        """The heads that the address chooses, by dimension."""
        return self._given(HeadFilter.names()) if self.narrowing else {}

    def _given(self, names: Any) -> dict[str, str]:
        return {name: self.request.GET[name] for name in names if self.request.GET.get(name)}

    def to(self, name: str, *args: Any, **params: Any) -> str:
        """The address of another page about the same moment; a parameter that is ``None`` is left out."""
        wanted = {**self.clocks.given, **params}
        query = urlencode({key: value for key, value in wanted.items() if value not in (None, "")})
        return reverse(name, args=args) + (f"?{query}" if query else "")


class OfATarget(AtAMoment):
    """A page about one target."""

    @cached_property
    def target(self) -> Target:
        return self.one(selectors.targets(self.actor), code=self.kwargs["code"])

    @cached_property
    def ledger(self) -> Reading:
        moment = self.moment
        return Reading(self.actor, self.target, moment, self.narrowed_by)

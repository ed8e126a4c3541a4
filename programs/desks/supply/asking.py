"""What the pages of supply share: the part that is asked for, and how its filters are offered."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.clock import today
from backend.lists.filters import refuse_unknown
from backend.problems import FieldError, Invalid
from backend.reference.selectors import labels
from backend.web.base import EVERYONE
from backend.web.lists import Choosing, ListPage, choices_of
from programs.catalogue.web.forms import partners
from programs.supply import reading
from programs.supply.api import CELL, asked_of
from programs.supply.figures import UNSPECIFIED, Asked

NAMES: Mapping[str, Any] = {
    "occupation": lazy("Occupation"),
    "occupation_code": lazy("Single occupation"),
    "level": lazy("Level"),
    "segment": lazy("Segment"),
    "district": lazy("District"),
}


class OfAPart(ListPage):
    """A page of some part of supply and demand, as of a day."""

    roles: ClassVar[Mapping[str, str]] = {"GET": EVERYONE}
    parameters: ClassVar[Sequence[str]] = (*CELL, "organisation", "as_of")

    @cached_property
    def asked(self) -> Asked:
        """The part that the address names. Raises Invalid."""
        refuse_unknown(self.request.GET, self.parameters)
        given: dict[str, Any] = {name: self.request.GET.get(name) for name in (*CELL, "organisation")}
        return asked_of(given | {"as_of": self._day()}, self.actor)

    def _day(self) -> dt.date:
        text = self.request.GET.get("as_of", "")
        try:
            found = parse_date(text) if text else today()
        except ValueError:
            found = None
        if found is None:
            raise Invalid([FieldError("as_of", "invalid", _("Give a day as 2019-03-01."))])
        return found

    def offered(self) -> list[Choosing]:
        given = self.request.GET
        found = [
            Choosing(name, NAMES[name], "text", given.getlist(name), _codes(name))
            for name in CELL
            if name != "occupation_code" or given.get(name)
        ]
        if self.actor.sees_everything:
            known = choices_of(partners(self.actor))
            found.append(Choosing("organisation", _("Organisation"), "text", given.getlist("organisation"), known))
        return [*found, Choosing("as_of", _("As of the day"), "date", [self.asked.as_of.isoformat()])]


def _codes(name: str) -> list[tuple[str, Any]]:
    """What may be chosen of a dimension: groups of occupations, codes of the others, and what is not said."""
    names = labels(name.removesuffix("_code"))
    if name == "occupation":
        groups = sorted({reading.group_of(code) for code in names})
        names = reading.named(groups)
    return [*names.items(), (UNSPECIFIED, _("Unspecified"))]

"""What every endpoint has that reads a target at a moment."""

from functools import cached_property
from typing import Any

from rest_framework import serializers

from backend.api import base
from backend.api.permissions import roles
from programs.targets import books, selectors
from programs.targets.books import Moment
from programs.targets.filters import HeadFilter
from programs.targets.models import LedgerEntry, Target
from programs.targets.pagination import MomentPagination
from programs.targets.parameters import MomentParameters
from programs.targets.readings import Reading

READERS: list[Any] = [roles({"GET": "officer manager admin"})]


class AtAMoment(base.View):
    """What every reading of a target's ledger has: the target, the moment, and the entries it is made of."""

    permission_classes = READERS
    parameters_class: type[serializers.Serializer] = MomentParameters
    filterset_class: type[HeadFilter] | None = HeadFilter

    @cached_property
    def target(self) -> Target:
        return self.one(selectors.targets(self.actor), code=self.kwargs["code"])

    @cached_property
    def asked(self) -> dict[str, Any]:
        return self.params(self.parameters_class, self.filterset_class.names() if self.filterset_class else ())

    @cached_property
    def moment(self) -> Moment:
        return books.moment(as_of=self.asked.get("as_of"), known_at=self.asked.get("known_at"))

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that the address gives."""
        given, names = self.request.query_params, self.filterset_class.names() if self.filterset_class else ()
        return {name: given[name] for name in names if name in given}

    @cached_property
    def ledger(self) -> Reading:
        moment = self.moment  # first, so that a bad parameter is told before a target that is not there
        return Reading(self.actor, self.target, moment, self.chosen)


class ListAtAMoment(AtAMoment, base.ListView):
    """A list read at a moment."""

    pagination_class = MomentPagination
    queryset = LedgerEntry.objects.none()  # what the schema goes by; each list has its own

    def heads(self) -> int:
        """How many heads the entries come to."""
        return self.ledger.achieved()

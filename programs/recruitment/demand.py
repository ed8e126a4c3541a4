"""Demand as of a day: what was wanted, who has arrived for it, who of them is verified, and what is left.

Read off the editions of positions, so that the demand of a past day stays what it was.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, NullIf

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.records.models import Outcome, Record
from programs.recruitment.figures import UNSPECIFIED, ratio
from programs.recruitment.models import Arrival, PositionEdition

BY = ("none", "position", "organisation", "occupation", "level", "segment", "district")
"""What demand may be split by."""

_KEYS = {
    "none": Value("all", output_field=CharField()),
    "position": Cast("position_id", CharField()),
    "organisation": F("organisation__code"),
    "occupation": F("occupation"),
    "level": F("level"),
    "segment": F("segment"),
    "district": F("district"),
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What is wanted; ``left``: places of positions that are open still and nobody has arrived for."""

    key: str
    positions: int
    wanted: int
    arrived: int
    verified: int
    left: int

    @property
    def filled(self) -> float | None:
        """The share of the places wanted that somebody has arrived for."""
        return ratio(self.arrived, self.wanted)


def as_of(actor: User | None, day: dt.date) -> QuerySet[PositionEdition]:
    """Every position that was registered by ``day``, as it stood then, as far as ``actor`` sees it.

    Each with ``arrived`` and ``verified``, people who arrived for it by then and those of them whose introduction is
    verified; ``live``, whether it was open; and ``left``, places that were open still.
    """
    last = PositionEdition.objects.filter(position=OuterRef("position"), since__lte=day).order_by("-since", "-pk")
    came = Arrival.objects.filter(position=OuterRef("position"), undone_at=None, day__lte=day)
    verified = Record.objects.filter(
        pk=OuterRef("record_id"), state=Record.State.VERIFIED, outcome=Outcome.COMPLETED, completed_on__lte=day
    )
    return (
        visible(PositionEdition.objects.filter(since__lte=day), actor)
        .filter(pk=Subquery(last.values("pk")[:1]))
        .annotate(
            arrived=_heads(came),
            verified=_heads(came.filter(Exists(verified))),
            live=Case(When(Q(closed=False, open_until__gte=day), then=Value(1)), default=Value(0)),
        )
        .annotate(left=F("live") * Greatest(F("wanted") - F("arrived"), Value(0)))
    )


def _heads(arrivals: QuerySet[Arrival]) -> Coalesce:
    """How many candidates are among the arrivals of the position that is looked at."""
    counted = arrivals.order_by().values("position").annotate(n=Count("candidate", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def demand(editions: QuerySet[PositionEdition], by: str = "none") -> list[Demand]:
    """Positions as of a day, added up by one of ``BY``.

    Args:
        editions: by ``as_of``, narrowed as is asked.
    """
    key = Coalesce(NullIf(_KEYS[by], Value("")), Value(UNSPECIFIED), output_field=CharField())
    rows = (
        editions.order_by()
        .annotate(key=key)
        .values("key")
        .annotate(
            n=Count("pk"),
            all_wanted=Sum("wanted"),
            all_arrived=Sum("arrived"),
            all_verified=Sum("verified"),
            all_left=Sum("left"),
        )
        .order_by("key")
    )
    columns = ("key", "n", "all_wanted", "all_arrived", "all_verified", "all_left")
    return [Demand(*row) for row in rows.values_list(*columns)]

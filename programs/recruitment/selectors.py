"""What a user may see of positions, campaigns and candidates."""

import datetime as dt

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.clock import today
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Path, Programme
from programs.recruitment.models import Arrival, Campaign, Candidate, Document, Move, Position

State = Position.State
REFUSED_WHOLE = ("rejected", "cancelled", "failed")
"""States of a submission of which nothing was taken, whatever its rows were."""


def positions(actor: User | None, day: dt.date | None = None) -> QuerySet[Position]:
    """The positions that ``actor`` may see: a partner its own organisation's, bureau staff all.

    Each with ``arrived``, how many have arrived for it, and ``state``, as of ``day`` (default: today).
    """
    day = day or today()
    came = standing_arrivals().filter(position=OuterRef("pk")).order_by().values("position")
    arrived = came.annotate(n=Count("candidate", distinct=True)).values("n")
    return (
        visible(Position.objects.select_related("organisation"), actor)
        .annotate(arrived=Coalesce(Subquery(arrived, output_field=IntegerField()), 0))
        .annotate(
            state=Case(
                When(closed_on__isnull=False, then=Value(State.CLOSED.value)),
                When(arrived__gte=F("wanted"), then=Value(State.FILLED.value)),
                When(open_until__lt=day, then=Value(State.CLOSED.value)),
                default=Value(State.OPEN.value),
                output_field=CharField(),
            )
        )
    )


def campaigns(actor: User | None) -> QuerySet[Campaign]:
    """The campaigns that ``actor`` may see: a partner those that it takes part in, bureau staff all."""
    own = visible(Campaign.objects.all(), actor, "programme__organisations")
    return own.prefetch_related(Prefetch("programme", catalogue.programmes(actor)))


def introductions(actor: User | None) -> QuerySet[Programme]:
    """The programmes that people may be introduced by, as far as ``actor`` sees them."""
    return catalogue.programmes(actor).filter(path=Path.INTRODUCED)


def candidates(actor: User | None) -> QuerySet[Candidate]:
    """The candidates that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    return visible(Candidate.objects.select_related("organisation", "campaign", "position", "owner"), actor)


def moves(actor: User | None) -> QuerySet[Move]:
    """The moves of the candidates that ``actor`` may see."""
    return visible(Move.objects.all(), actor)


def documents(actor: User | None) -> QuerySet[Document]:
    """The files of the candidates that ``actor`` may see."""
    return visible(Document.objects.all(), actor)


def arrivals(actor: User | None) -> QuerySet[Arrival]:
    """The arrivals that ``actor`` may see, by whoever reported them."""
    return visible(Arrival.objects.select_related("submission", "programme", "organisation"), actor)


def standing_arrivals() -> QuerySet[Arrival]:
    """Arrivals that were not found to be none, whatever came of their reports."""
    return Arrival.objects.filter(undone_at=None)


def refused() -> Q:
    """The condition of an arrival whose report was refused: the row, or the submission whole."""
    return Q(state=Arrival.State.REFUSED) | Q(state=Arrival.State.SENT, submission__status__in=REFUSED_WHOLE)

"""Reading saved views."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.saved_views.models import SavedView


@dataclass(frozen=True, slots=True)
class Shown:
    """A saved view as a list offers it; ``mine``: it is the reader's own."""

    pk: int
    name: str
    query: str
    shared: bool
    is_default: bool
    owner: str
    mine: bool


def views(actor: User | None) -> QuerySet[SavedView]:
    """One's own views, and those that colleagues of the same role and organisation share."""
    found = visible(SavedView.objects.select_related("owner"), actor)
    if actor is None or not actor.is_authenticated:
        return found
    colleagues = Q(shared=True, organisation=actor.organisation_id, owner__role=actor.role)
    return found.filter(Q(owner=actor) | colleagues)


def of_list(actor: User, name: str) -> list[Shown]:
    """The views of one list that ``actor`` may use, by name."""
    columns = ("pk", "name", "query", "shared", "is_default", "owner__username", "owner_id")
    rows = views(actor).filter(list=name).order_by("name", "pk").values_list(*columns)
    return [
        Shown(pk, called, query, shared, is_default, owner, owner_id == actor.pk)
        for pk, called, query, shared, is_default, owner, owner_id in rows
    ]

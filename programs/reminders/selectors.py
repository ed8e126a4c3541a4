"""What a user may see of reminders, of ladders, and of who is left in peace."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from programs.reminders.foretelling import INSIDE, told, will_go_out
from programs.reminders.models import LadderPolicy, Quieting, Reminder


def reminders(actor: User | None) -> QuerySet[Reminder]:
    """The reminders that ``actor`` may see: a partner what goes to its own organisation, bureau staff all."""
    # Not the messages' texts, which make a list a hundred times as heavy.
    every = Reminder.objects.select_related("organisation", "delivery").defer("delivery__text", "delivery__html")
    rows = scope.visible(every, actor)
    if actor is not None and actor.is_authenticated and not actor.sees_everything:
        rows = rows.exclude(audience__in=INSIDE)
    return rows


def preview(actor: User | None, at: dt.datetime, first: dt.datetime | None = None) -> list[dict[str, Any]]:
    """What will have gone out by ``at`` if nothing is reported until then, in order.

    Args:
        first: leaves out what goes out before.
    """
    return [told(row) for row in will_go_out(actor, first, at)]


def policies(actor: User | None) -> QuerySet[LadderPolicy]:
    """Every version of every ladder, for the bureau's staff alone."""
    if actor is None or not actor.is_authenticated or not actor.sees_everything:
        return LadderPolicy.objects.none()
    return LadderPolicy.objects.select_related("created_by", "switched_on_by").prefetch_related("stages")


def quietings(actor: User | None) -> QuerySet[Quieting]:
    """Who is or was left in peace, and why, for the bureau's staff alone."""
    if actor is None or not actor.is_authenticated or not actor.sees_everything:
        return Quieting.objects.none()
    return Quieting.objects.select_related("organisation", "obligation__period", "set_by", "lifted_by")

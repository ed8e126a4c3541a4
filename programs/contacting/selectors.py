"""Reading what came of calls, and what was promised."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from backend import clock
from backend.accounts.models import User
from programs.contacting.models import CallNote, CallSubject
from programs.periods.models import Obligation

READERS = (User.Role.OFFICER, User.Role.MANAGER)
BROKEN_FIRST = 0


def call_notes(actor: User | None) -> QuerySet[CallNote]:
    """What came of calls, for the bureau's officers and managers alone."""
    if actor is None or not actor.is_authenticated or actor.role not in READERS:
        return CallNote.objects.none()
    return CallNote.objects.select_related("organisation", "noted_by").prefetch_related("subjects__period")


def latest(actor: User | None, organisation_ids: Iterable[int], most: int) -> dict[int, list[CallNote]]:
    """By organisation, its ``most`` latest notes, the latest first; by two queries, however many organisations."""
    place = Window(RowNumber(), partition_by=F("organisation_id"), order_by=F("id").desc())
    mine = call_notes(actor).filter(organisation__in=set(organisation_ids)).annotate(place=place)
    found: dict[int, list[CallNote]] = {}
    for one in mine.filter(place__lte=most).order_by("-id"):
        found.setdefault(one.organisation_id, []).append(one)
    return found


def with_promises(rows: QuerySet[Obligation]) -> QuerySet[Any]:
    """Obligations with ``promised_on``, the day that was promised last, if any was, and ``urgency``.

    ``urgency`` is ``BROKEN_FIRST`` where that day is over and nothing has come, and greater for everything else. What
    the transaction's scope does not see was not promised.
    """
    promises = _promises().filter(
        organisation=OuterRef("organisation"), period=OuterRef("period"), kind=OuterRef("kind")
    )
    rows = rows.annotate(promised_on=Subquery(promises.order_by("-note").values("note__promised_on")[:1]))
    broken = Q(state=Obligation.State.MISSING, promised_on__lt=clock.today())
    urgency = Case(When(broken, then=Value(BROKEN_FIRST)), default=Value(BROKEN_FIRST + 1), output_field=IntegerField())
    return rows.annotate(urgency=urgency)


def broken(rows: QuerySet[CallNote]) -> QuerySet[CallNote]:
    """Those of ``rows`` by which something was promised, last, by a day that is over, and has not come."""
    same = {name: OuterRef(name) for name in ("organisation", "period", "kind")}
    owed = Obligation.objects.filter(**same, state=Obligation.State.MISSING)
    later = _promises().filter(**same, note__gt=OuterRef("note"))
    over = _promises().filter(Exists(owed), ~Exists(later), note__promised_on__lt=clock.today())
    return rows.filter(pk__in=over.values("note"))


def _promises() -> QuerySet[CallSubject]:
    return CallSubject.objects.filter(note__promised_on__isnull=False)

"""Reading who of those who count has left."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.targets.books import Moment
from programs.targets.models import LedgerEntry, Target
from programs.targets.staying.models import DepartureEntry


def entries(actor: User | None, target: Target, moment: Moment) -> QuerySet[DepartureEntry]:
    """Every entry of a departure or return that takes effect and was known by ``moment``."""
    found = known(target, moment)
    return visible(found, actor) if actor is None or actor.sees_everything else found.none()


def known(target: Target, moment: Moment) -> QuerySet[DepartureEntry]:
    """The same for whoever has looked already at who asks."""
    return DepartureEntry.objects.filter(
        target=target, recorded_at__lte=moment.known_at, effective_on__lte=moment.as_of
    )


def narrowed(
    found: QuerySet[LedgerEntry], target: Target, moment: Moment, *, left: bool | None
) -> QuerySet[LedgerEntry]:
    """Of the heads behind a figure those whose people have left, or have not; all where that is not asked."""
    if left is None:
        return found
    mine = known(target, moment).order_by().values("person")
    away = mine.annotate(total=Sum("delta")).filter(total__lt=0)
    if left:
        return found.filter(person__in=away.values("person"))
    return found.exclude(Exists(away.filter(person=OuterRef("person"))))


def away(target: Target, moment: Moment, person_ids: Sequence[int]) -> dict[int, dt.date]:
    """Of some persons who count, those who have left by then: since which day they are away."""
    mine = known(target, moment).filter(person__in=person_ids).order_by()
    # By day: of one that was corrected both entries are there, and come to nothing.
    days = mine.values("person", "effective_on").annotate(total=Sum("delta")).filter(~Q(total=0))
    gone = mine.values("person").annotate(total=Sum("delta")).filter(total__lt=0).values_list("person", flat=True)
    found: dict[int, dt.date] = {}
    leaving = days.filter(person__in=list(gone), total__lt=0)
    for person, day in leaving.values_list("person", "effective_on"):
        found[person] = max(day, found.get(person, day))
    return found

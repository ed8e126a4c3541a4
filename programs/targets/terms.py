"""A target's goal and days as they were known at a moment: an answer of the past keeps what it was measured by."""

import copy
import datetime as dt
from collections.abc import Iterable

from programs.targets import books
from programs.targets.books import Moment
from programs.targets.models import Target, TargetTerms

NAMES = ("goal", "starts_on", "ends_on")


def as_known(target: Target, moment: Moment) -> Target:
    """``target`` with the goal and the days that it had at the moment, or, before there were any, the first it had."""
    [found] = all_as_known([target], moment)
    return found


def all_as_known(targets: Iterable[Target], moment: Moment) -> list[Target]:
    """The same of several."""
    given = list(targets)
    terms: dict[int, TargetTerms] = {}
    for row in TargetTerms.objects.filter(target__in=[target.pk for target in given]).order_by("recorded_at"):
        if row.recorded_at <= moment.known_at or row.target_id not in terms:
            terms[row.target_id] = row
    return [_with(target, terms.get(target.pk)) for target in given]


def keep(targets: Iterable[Target]) -> None:
    """Remember what targets ask for from now on, in the transaction that changes them, before it ends.

    Where nothing differs from what is known nothing is written.

    Raises:
        NoTransaction: there is no transaction that it could be written with.
    """
    changed = [target for target in targets if _values(target) != _last(target)]
    if not changed:
        return
    books.take_pen()
    at = books.next_moment()
    TargetTerms.objects.bulk_create(
        TargetTerms(target=target, recorded_at=at, **dict(zip(NAMES, _values(target), strict=True)))
        for target in changed
    )
    books.close_to(at)


Values = tuple[int, dt.date, dt.date]


def _values(target: Target) -> Values:
    return target.goal, target.starts_on, target.ends_on


def _last(target: Target) -> Values | None:
    return TargetTerms.objects.filter(target=target).order_by("-recorded_at").values_list(*NAMES).first()


def _with(target: Target, terms: TargetTerms | None) -> Target:
    if terms is None:
        return target
    known = copy.copy(target)
    for name in NAMES:
        setattr(known, name, getattr(terms, name))
    return known

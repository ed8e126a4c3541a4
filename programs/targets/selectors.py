"""Reading plans, targets and the ledger. The figures are the bureau's: a partner sees none of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from backend.accounts.history import selectors as history
from backend.accounts.models import User
from backend.accounts.scope import of_districts, visible
from backend.naming import in_language
from backend.reference import selectors as reference
from programs.catalogue.models import Programme
from programs.records.models import Record
from programs.targets.books import Moment
from programs.targets.filters import UNSPECIFIED
from programs.targets.models import Basis, LedgerEntry, Plan, PlanChange, PlanPreview, Standing, Target
from talent.people.models import Person

DIMENSIONS = ("organisation", "district", "path", "basis", "segment", "programme")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a breakdown: its key, what it is called in the reader's language, and its heads.

    Of an organisation ``contributed`` is how many of all who count it has a verified record of, where that is known;
    ``still_here`` is ``achieved`` less those who have left.
    ``members`` are the codes of those whose heads were rolled up under it, its own too, where they were.
    """

    key: str
    label: str
    achieved: int
    contributed: int | None = None
    still_here: int | None = None
    members: tuple[str, ...] = ()


def plans(actor: User | None) -> QuerySet[Plan]:
    """The loaded plans."""
    return _for_the_bureau(Plan.objects.prefetch_related("targets"), actor)


def previews(actor: User | None) -> QuerySet[PlanPreview]:
    """What plan files would do, as it was worked out."""
    return _for_the_bureau(PlanPreview.objects.select_related("job"), actor)


def plan_changes(actor: User | None, preview: PlanPreview) -> QuerySet[PlanChange]:
    """Whom a previewed plan would count otherwise."""
    return _for_the_bureau(PlanChange.objects.filter(preview=preview), actor)


def targets(actor: User | None) -> QuerySet[Target]:
    """The targets of every plan, in the order of their plan's file."""
    return _for_the_bureau(Target.objects.select_related("plan").order_by("plan__code", "position"), actor)


def entries(actor: User | None, target: Target, moment: Moment) -> QuerySet[LedgerEntry]:
    """Every entry, head counted or taken back, that takes effect and was known by ``moment``."""
    found = LedgerEntry.objects.filter(target=target, recorded_at__lte=moment.known_at, effective_on__lte=moment.as_of)
    return _for_the_bureau(found, actor)


def heads_by_day(found: QuerySet[Any]) -> dict[dt.date, int]:
    """Net heads by the day from which they count."""
    return dict(found.order_by().values_list("effective_on").annotate(Sum("delta")))


def standings(actor: User | None, person: Person) -> QuerySet[Standing]:
    """Where a person stands with every target towards which they count now."""
    found = Standing.objects.filter(person=person).select_related("target", "organisation", "programme")
    return _for_the_bureau(found, actor).order_by("target__plan__code", "target__position")


def achieved(found: QuerySet[LedgerEntry]) -> int:
    """The figure: the sum of the entries."""
    return found.aggregate(total=Sum("delta"))["total"] or 0


def counted(actor: User | None, target: Target, moment: Moment) -> QuerySet[LedgerEntry]:
    """The heads behind the figure: for every person who counts, the entry by which they do.

    Whoever is bound to districts is told of the heads of these alone, though the figure is of all.
    """
    taken_back = LedgerEntry.objects.filter(
        target=OuterRef("target"),
        person=OuterRef("person"),
        number=OuterRef("number") + 1,
        recorded_at__lte=moment.known_at,
    )
    return of_districts(entries(actor, target, moment).filter(~Exists(taken_back), delta=1), actor)


def turns(actor: User | None, target: Target, opening: Moment, closing: Moment) -> QuerySet[LedgerEntry]:
    """The entries by which the figure moved between two moments, as far as ``actor`` may know whom they are of."""
    return of_districts(entries(actor, target, closing).filter(recorded_at__gt=opening.known_at), actor)


def sums_by(found: QuerySet[Any], by: str) -> dict[str, int]:
    """The sum of entries by the values of one of ``DIMENSIONS``, as the ledger has them."""
    return {str(value): heads for value, heads in found.order_by().values_list(by).annotate(Sum("delta")) if heads}


def named_parts(
    by: str,
    sums: Mapping[str, int],
    day: dt.date,
    departures: Mapping[str, int] | None = None,
    roll_up: str | None = None,
) -> list[Part]:
    """The parts of a figure, the greatest first.

    Args:
        by: one of ``DIMENSIONS``.
        sums: the heads of each value of it, as the ledger has it.
        day: as of which organisations are called what they were called.
        departures: likewise what departures take off them.
        roll_up: of organisations, adds up those that were one by then: under the ``parent`` at the top, or the
            ``successor``.
    """
    if roll_up is not None and by == "organisation":
        parts = _rolled_up(sums, day, departures, roll_up)
    else:
        named = _named(by, sums, day)
        # A code that its table does not know any more stands for itself.
        parts = [
            Part(*named.get(value, (value, value)), heads, still_here=_staying([value], sums, departures))
            for value, heads in sums.items()
        ]
    return sorted(parts, key=lambda part: (-part.achieved, part.key))


def _rolled_up(sums: Mapping[str, int], day: dt.date, departures: Mapping[str, int] | None, roll_up: str) -> list[Part]:
    under = history.rolled_up(roll_up, day)
    together: dict[int, list[str]] = defaultdict(list)
    for value in sums:
        together[under.get(int(value), int(value))].append(value)
    named = history.names_on(day, {*together, *map(int, sums)})
    return [
        Part(
            named[whole].code,
            named[whole].name,
            sum(sums[one] for one in members),
            members=tuple(sorted(named[int(one)].code for one in members)),
            still_here=_staying(members, sums, departures),
        )
        for whole, members in together.items()
    ]


def _staying(values: Iterable[str], sums: Mapping[str, int], departures: Mapping[str, int] | None) -> int | None:
    if departures is None:
        return None
    return sum(sums[value] + departures.get(value, 0) for value in values)


def moved(found: QuerySet[LedgerEntry], since: dt.datetime) -> dict[str, tuple[int, int]]:
    """By reason, the heads counted and the heads taken back by the entries posted after ``since``."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rows = found.filter(recorded_at__gt=since).order_by().values_list("reason", "delta").annotate(Sum("delta"))
    for reason, delta, total in rows:
        sums[reason][0 if delta > 0 else 1] += abs(total)
    return {reason: (counted, taken_back) for reason, (counted, taken_back) in sums.items()}


def contributors(person_ids: Iterable[int]) -> dict[int, list[str]]:
    """By person, the codes of all organisations that have a verified record of them, whoever has the credit.

    Somebody who was found to be the same person contributes to the person that they are now.
    """
    heads = {person: person for person in person_ids}
    reached = list(heads)
    while reached:
        merged = Person.objects.filter(canonical__in=reached).exclude(pk__in=list(heads))
        found = {pk: heads[canonical] for pk, canonical in merged.values_list("pk", "canonical") if canonical}
        heads |= found
        reached = list(found)
    codes: dict[int, set[str]] = defaultdict(set)
    verified = Record.objects.filter(person__in=list(heads), state=Record.State.VERIFIED)
    for person, code in verified.values_list("person", "organisation__code"):
        codes[heads[person]].add(code)
    return {person: sorted(found) for person, found in codes.items()}


def _for_the_bureau(queryset: QuerySet, actor: User | None) -> QuerySet:
    # No row here belongs to a partner's organisation: ``visible`` lets staff through, and a partner to nothing.
    return visible(queryset, actor) if actor is None or actor.sees_everything else queryset.none()


def _named(by: str, values: Iterable[str], day: dt.date) -> dict[str, tuple[str, str]]:
    """By a dimension's value, its key and its label in the reader's language."""
    if by == "organisation":
        return {str(pk): (one.code, one.name) for pk, one in history.names_on(day, map(int, values)).items()}
    if by == "programme":
        rows = Programme.objects.filter(pk__in=list(values))
        return {str(row.pk): (row.code, in_language(row.name_zh, row.name_en)) for row in rows}
    if by == "basis":
        return {basis.value: (basis.value, str(basis.label)) for basis in Basis}
    labels: dict[str, tuple[str, str]] = {code: (code, label) for code, label in reference.labels(by).items()}
    return labels | {"": (UNSPECIFIED, _("Not given"))}

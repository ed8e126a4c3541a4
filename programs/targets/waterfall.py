"""The people behind a change of the figure: the entries posted between two moments, and which of them only moved.

A head that goes from one organisation, district or programme to another is taken back and counted again by one
posting: −1 and +1 of one person. Over the whole target it comes to nothing; where the heads are narrowed it shows on
one side alone, and is told to be a move.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from backend.accounts.models import User
from backend.lists.filters import narrow
from programs.targets.filters import HeadFilter
from programs.targets.models import LedgerEntry
from talent.people.models import PersonChange
from talent.people.naming import shown_name

COUNTED, TAKEN_BACK = "counted", "taken_back"
TURNS = [(COUNTED, _("Counted")), (TAKEN_BACK, _("Taken back"))]

# Output name -> path; what is seen of the other side of a move is added in ``shown_turns``.
TURN_COLUMNS = {
    "id": "id",
    "person": "person_id",
    "name": "person__name",
    "delta": "delta",
    "reason": "reason",
    "recorded_at": "recorded_at",
    "effective_on": "effective_on",
    "organisation": "organisation__code",
    "programme": "programme__code",
    "path": "path",
    "basis": "basis",
    "district": "district",
    "segment": "segment",
    "record": "record_id",
    "target": "target_id",
    "number": "number",
}
TURN_HEADER = (*list(TURN_COLUMNS)[:14], "moved", "other_organisation")


class TurnFilter(HeadFilter):
    """Entries as heads are chosen, and by reason and by whether they count a head or take it back."""

    reason = filters.ChoiceFilter(choices=PersonChange.Reason.choices)
    turn = filters.ChoiceFilter(choices=TURNS, method="by_turn")

    def by_turn(self, queryset: QuerySet[LedgerEntry], name: str, value: str) -> QuerySet[LedgerEntry]:
        return queryset.filter(delta=1 if value == COUNTED else -1)


def moved_across(
    found: QuerySet[LedgerEntry], since: dt.datetime, chosen: Mapping[str, Any]
) -> dict[str, tuple[int, int]]:
    """By reason, how many heads came from outside a choice of heads and how many went there, posted after ``since``.

    Args:
        found: the entries of the choice, known at the later moment.
        since: the earlier moment.
        chosen: the choice, by ``HeadFilter``'s names.
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, delta, step in ((0, 1, -1), (1, -1, 1)):
        # The other side bears the number before or after, and the same moment.
        other = LedgerEntry.objects.filter(
            target=OuterRef("target"),
            person=OuterRef("person"),
            number=OuterRef("number") + step,
            recorded_at=OuterRef("recorded_at"),
        )
        rows = found.filter(
            Exists(other), ~Exists(narrow(HeadFilter, chosen, other)), recorded_at__gt=since, delta=delta
        )
        for reason, heads in rows.order_by().values_list("reason").annotate(Count("pk")):
            sums[reason][place] += heads
    return {reason: (moved_in, moved_out) for reason, (moved_in, moved_out) in sums.items()}


def shown_turns(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Entries read by ``TURN_COLUMNS``'s paths, as ``actor`` may see them, with the other side of those that moved."""
    found = [{name: row[path] for name, path in TURN_COLUMNS.items()} for row in rows]
    others = _other_sides(found)
    shown = []
    for one in found:
        other = others.get(_key(one, one["number"] - one["delta"]))
        moved = other is not None and other[0] == one["recorded_at"]
        shown.append(
            {name: one[name] for name in TURN_HEADER if name in one}
            | {
                "name": shown_name(one["name"], actor),
                "moved": moved,
                "other_organisation": other[1] if moved and other else None,
            }
        )
    return shown


def _key(one: Mapping[str, Any], number: int) -> tuple[int, int, int]:
    return one["target"], one["person"], number


def _other_sides(found: Iterable[Mapping[str, Any]]) -> dict[tuple[int, int, int], tuple[dt.datetime, str]]:
    """When and for which organisation the entries just before heads counted, and just after heads taken back, are."""
    wanted = {_key(one, one["number"] - one["delta"]) for one in found}
    if not wanted:
        return {}
    targets, persons = {key[0] for key in wanted}, {key[1] for key in wanted}
    numbers = {key[2] for key in wanted}
    rows = LedgerEntry.objects.filter(target__in=targets, person__in=persons, number__in=numbers)
    return {
        (target, person, number): (at, organisation)
        for target, person, number, at, organisation in rows.values_list(
            "target", "person", "number", "recorded_at", "organisation__code"
        )
    }

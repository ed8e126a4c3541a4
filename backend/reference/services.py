"""Bringing the database's code tables and holidays to what the product's data files say."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from backend import locks
from backend.clock import now
from backend.reference import selectors
from backend.reference.models import Code, Holiday, HolidayYear
from backend.reference.tables import DATA, TABLES, read_holidays, read_rows

# Two loads at once would insert the same codes; the second waits for the first. Any number that nothing else takes.
LOAD = "reference.load"


@dataclass(frozen=True, slots=True)
class Change:
    """What loading one table did: the keys (codes or days) that were added, changed or taken away."""

    table: str
    added: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def load_reference(*, directory: Path = DATA) -> list[Change]:
    """Makes the tables ``code`` and ``holiday`` what the files in ``directory`` say, and answers what changed.

    One :class:`Change` per table, in the files' order, an empty one where nothing changed; loading the same files
    again changes nothing. A code that left its file leaves the table: what refers to it shows the bare code. A year
    whose holidays were entered by hand stays as it was entered.
    """
    code_rows = [row for table in TABLES for row in read_rows(table, directory)]
    wanted_codes = [
        Code(
            table=row.table,
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            aliases=list(row.aliases),
            extra=dict(row.extra),
            is_group=row.is_group,
            position=row.position,
        )
        for row in code_rows
    ]
    with transaction.atomic():
        locks.hold(LOAD)
        by_hand = set(HolidayYear.objects.values_list("year", flat=True))
        wanted_days = [
            Holiday(day=row.day, name_zh=row.name_zh, kind=row.kind)
            for row in read_holidays(directory)
            if row.day.year not in by_hand
        ]
        by_table = _bring_to(
            Code,
            wanted_codes,
            key=("table", "code"),
            values=("name_zh", "name_en", "aliases", "extra", "is_group", "position"),
        )
        shipped = Holiday.objects.exclude(day__year__in=by_hand)
        days = _bring_to(Holiday, wanted_days, key=("day",), values=("name_zh", "kind"), among=shipped)
        transaction.on_commit(selectors.tables.forget)
        transaction.on_commit(selectors.holidays.forget)
    return [
        *(Change(table, *([str(key[1]) for key in keys if key[0] == table] for keys in by_table)) for table in TABLES),
        Change("holiday", *([str(key[0]) for key in keys] for keys in days)),
    ]


def put_holidays(*, year: int, days: Sequence[Holiday], user_id: int | None, username: str, reason: str) -> Change:
    """Makes one year's holidays what somebody has entered, and keeps them from being loaded over; what changed.

    Whoever calls it enters the audit entry. Entering the same days again changes nothing but who entered them last.
    """
    with transaction.atomic():
        locks.hold(LOAD)
        standing = Holiday.objects.filter(day__year=year)
        changed = _bring_to(Holiday, days, key=("day",), values=("name_zh", "kind"), among=standing)
        entered = {"entered_by_id": user_id, "entered_by": username, "entered_at": now(), "reason": reason}
        HolidayYear.objects.update_or_create(year=year, defaults=entered)
        transaction.on_commit(selectors.holidays.forget)
    return Change("holiday", *([str(key[0]) for key in keys] for keys in changed))


def _bring_to(
    model: type[models.Model],
    wanted: Sequence[models.Model],
    *,
    key: tuple[str, ...],
    values: tuple[str, ...],
    among: models.QuerySet | None = None,
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Upserts what is new or different, deletes what is not wanted; answers the keys added, changed, removed.

    Args:
        among: the rows that may be touched; all of them, if it is not given.
    """

    def read(row: models.Model, names: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in names)

    standing = {read(row, key): row for row in (model._default_manager.all() if among is None else among)}
    target = {read(row, key): row for row in wanted}
    added = [place for place in target if place not in standing]
    changed = [
        place
        for place, row in target.items()
        if place in standing and read(row, values) != read(standing[place], values)
    ]
    removed = [place for place in standing if place not in target]
    model._default_manager.bulk_create(
        [target[place] for place in (*added, *changed)],
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=list(values),
    )
    if removed:
        model._default_manager.filter(pk__in=[standing[place].pk for place in removed]).delete()
    return added, changed, removed

"""The code tables and the published holidays as they stand in the database, kept per process.

A kept copy is compared with its table at most once a second, by a stamp that any committed change moves.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from backend.reference.models import Code, Holiday
from backend.reference.tables import CodeRow, Tables, build_tables

FRESH_SECONDS = 1.0

Kept = TypeVar("Kept")


class Keeper(Generic[Kept]):
    """Something built from a whole table, and built again once the table has changed."""

    def __init__(self, table: str, build: Callable[[], Kept]) -> None:
        self._stamp_sql = f"SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM {table}"
        self._build = build
        self.forget()

    def forget(self) -> None:
        """Makes the next call look at the table, however recently the last one did."""
        self._kept: tuple[Kept, object] | None = None
        self._looked_at = float("-inf")

    def __call__(self) -> Kept:
        kept = self._kept
        if kept is not None and time.monotonic() - self._looked_at < FRESH_SECONDS:
            return kept[0]
        with connection.cursor() as cursor:
            cursor.execute(self._stamp_sql)
            stamp = cursor.fetchone()
        if kept is None or kept[1] != stamp:
            kept = self._kept = (self._build(), stamp)
        self._looked_at = time.monotonic()
        return kept[0]


def _build_tables() -> Tables:
    return build_tables(
        CodeRow(
            table=code.table,
            code=code.code,
            name_zh=code.name_zh,
            name_en=code.name_en,
            aliases=tuple(code.aliases),
            extra=code.extra,
            position=code.position,
        )
        for code in Code.objects.order_by("table", "position")
    )


def _build_holidays() -> Mapping[dt.date, str]:
    return dict(Holiday.objects.values_list("day", "kind"))


tables: Keeper[Tables] = Keeper("code", _build_tables)
"""``tables()``: every code table as the checks use it."""

holidays: Keeper[Mapping[dt.date, str]] = Keeper("holiday", _build_holidays)
"""``holidays()``: each published day with its kind, ``off`` or ``makeup_workday``."""


def codes() -> QuerySet[Code]:
    """Every code of every table, headings included. They are public, and so the same for every actor."""
    return Code.objects.all()


def labels(table: str, language: str | None = None) -> dict[str, str]:
    """``{code: name}`` of one table in ``language`` (``zh-hans`` or ``en``; default: the one being spoken).

    Where a code has no English name its Chinese one stands. Raises KeyError for a table that does not exist.
    """
    place = _place(language)
    return {code: names[place] for code, names in tables().names[table].items()}


def label(table: str, code: str, language: str | None = None) -> str:
    """The name of one code in ``language``, or the code itself where the table does not know it."""
    names = tables().names[table].get(code)
    return names[_place(language)] if names else code


def _place(language: str | None) -> int:
    return 1 if (language or get_language() or "").startswith("en") else 0

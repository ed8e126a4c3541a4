"""No offered filter, and no two of them together, read the table: a page costs what it shows."""

from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from backend.accounts import scope
from backend.accounts.models import User
from backend.lists import keyset
from backend.lists.filters import filtered
from programs.roster import selectors
from programs.roster.filters import PersonFilter
from programs.roster.showing import COLUMNS
from tests.factories import OfficerFactory
from tests.support.crowds import fill_roster

SIZE = 30_000
PAGE = 50
MOST = 40 * PAGE
"""Rows that a page may read: those that are walked first, a block's that are looked through, and the page."""

# Of each filter a value that many have and one that few have, or that is of old days alone.
VALUES: dict[str, tuple[str, ...]] = {
    "q": ("王", "zhangwei"),
    "name": ("王", "张伟"),
    "target": ("all", "high-end"),
    "counted": ("true", "false"),
    "basis": ("none", "education"),
    "effective_from": ("2018-01-01", "2020-11-15"),
    "effective_to": ("2020-11-30", "2017-12-05"),
    "reason": ("verified", "merged"),
    "organisation": ("ORG-0", "ORG-47"),
    "credited": ("ORG-0", "ORG-47"),
    "programme": ("PROG-0-4", "PROG-23-1"),
    "path": ("trained", "introduced"),
    "district": ("520102", "520181"),
    "segment": ("core", "unspecified"),
    "tier": ("other", "high_end"),
    "state": ("verified", "returned", "submitted"),
    "outcome": ("completed", "in_progress"),
    "education": ("21", "14"),
    "title": ("082",),
    "gender": ("1",),
    "birth_year": ("1975",),
}


@pytest.fixture(scope="module")
def crowd(shared_database: str) -> User:
    fill_roster(SIZE)
    officer: User = OfficerFactory()
    return officer


def test_every_offered_filter_is_walked() -> None:
    assert set(PersonFilter.base_filters) == set(VALUES)


def test_no_pair_of_filters_reads_the_table(crowd: User) -> None:
    pairs = [
        {one: first, other: second}
        for one, other in combinations(VALUES, 2)
        for first in VALUES[one]
        for second in VALUES[other]
        if {one, other} != {"q", "name"}
    ]
    singles = [{name: value} for name, values in VALUES.items() for value in values]
    dear = [told for given in [{}, *singles, *pairs] if (told := read_by(crowd, given))]
    assert not dear, "\n".join(dear)


def read_by(officer: User, given: dict[str, str]) -> str:
    """What is wrong with the cost of one page, or nothing."""
    data = QueryDict(mutable=True)
    data.update(given)

    class Request:
        user = officer

    with scope.everything():
        rows: Any = filtered(PersonFilter, data, selectors.entries(officer), Request())  # type: ignore[arg-type]
        before = _read()
        ordering = ("-rank", "-person_id") if "q" in given else ("-person_id",)
        rows = rows.ranked().values(*COLUMNS.values(), "rank") if "q" in given else rows.values(*COLUMNS.values())
        keyset.page(rows, name="x", ordering=ordering, limit=PAGE)
        scanned, fetched = (now - then for now, then in zip(_read(), before, strict=True))
    return f"{given}: {scanned} scans, {fetched} rows" if scanned or fetched > MOST else ""


def _read() -> tuple[int, int]:
    """How often the roster was read from end to end in this transaction, and how many of its rows were fetched."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_scan, coalesce(idx_tup_fetch, 0) + seq_tup_read FROM pg_stat_xact_user_tables"
            " WHERE relname = 'roster'"
        )
        found: tuple[int, int] = cursor.fetchone()
        return found

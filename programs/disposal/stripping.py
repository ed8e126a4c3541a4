"""Taking what is personal out of every room's tables, by what the rooms declare: the one way in which rows are erased.

In the caller's transaction and the bureau's scope, with the holds asked about before. What rests in files is told back,
so that whoever erases writes it on a certificate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from backend.vault import services as vault
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from talent.holdings import registry
from talent.holdings.registry import Fate, Holding

NOBODY = b'{"name": "***"}'
"""What rests sealed with a candidate who was erased."""

_SAID = """SELECT erase_said(%(persons)s::bigint[], %(records)s::bigint[], %(candidates)s::bigint[],
    %(submissions)s::bigint[], %(words)s::text[])"""
_FILES = {"evidence": ("file_id", "thumbnail_id"), "candidate_document": ("file_id",)}
"""The columns of erased rows that lead to sealed files."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose rows: of which rows of persons, of which records and candidates.

    ``words`` are how they are called, which goes out of what was asked about ``submissions`` that name them.
    """

    persons: Sequence[int] = ()
    records: Sequence[int] = ()
    candidates: Sequence[int] = ()
    submissions: Sequence[int] = ()
    words: Sequence[str] = ()

    @property
    def params(self) -> dict[str, Any]:
        """As the declarations' statements take it."""
        return {
            "persons": list(self.persons),
            "records": list(self.records),
            "candidates": list(self.candidates),
            "submissions": list(self.submissions),
            "words": list(self.words),
        }


@dataclass(slots=True)
class Stripped:
    """What was done: by table how many rows were erased or stripped, and the files that were destroyed with them."""

    rows: dict[str, int] = field(default_factory=dict)
    files: list[tuple[str, int, SealedFile]] = field(default_factory=list)


def counted(whose: Whose) -> list[tuple[Holding, int]]:
    """How many rows every declared table holds on somebody, those that hold any."""
    found = []
    with connection.cursor() as cursor:
        for one in registry.everything().values():
            cursor.execute(f'SELECT count(*) FROM "{one.table}" WHERE {one.where}', whose.params)
            count = cursor.fetchone()[0]
            if count:
                found.append((one, count))
    return found


def strip(whose: Whose) -> Stripped:
    """Erase and strip somebody's rows in every declared table, and destroy the files that hang on erased ones."""
    done = Stripped()
    holdings = registry.everything().values()
    _destroy_files(whose, done)
    with connection.cursor() as cursor:
        params = whose.params
        cursor.execute(_SAID, params)
        for one in holdings:
            if one.fate == Fate.ERASED:
                cursor.execute(f'DELETE FROM "{one.table}" WHERE {one.where}', params)
                _note(done, one, cursor.rowcount)
        for one in holdings:
            if one.fate != Fate.STRIPPED:
                continue
            if one.said:
                cursor.execute(f'SELECT count(*) FROM "{one.table}" WHERE {one.where}', params)
                _note(done, one, cursor.fetchone()[0])
                continue
            assignments = ", ".join(f'"{column}" = {sql}' for column, sql in one.strips.items())
            cursor.execute(f'UPDATE "{one.table}" SET {assignments} WHERE {one.where}', params)
            _note(done, one, cursor.rowcount)
        _seal_nobody(cursor, whose.candidates)
    return done


def _note(done: Stripped, one: Holding, rows: int) -> None:
    if rows:
        done.rows[one.table] = rows


def _destroy_files(whose: Whose, done: Stripped) -> None:
    by_file: dict[int, tuple[str, int]] = {}
    with connection.cursor() as cursor:
        for table, columns in _FILES.items():
            where = registry.holding(table).where
            for column in columns:
                cursor.execute(f"SELECT {column}, id FROM {table} WHERE {column} IS NOT NULL AND {where}", whose.params)
                by_file |= {file: (table, row) for file, row in cursor.fetchall()}
    done.files += [(*by_file[one.pk], one) for one in files.dispose(file_ids=list(by_file))]


def _seal_nobody(cursor: Any, candidate_ids: Iterable[int]) -> None:
    """A candidate's row keeps a sealed name, so that whoever opens it finds three stars and no fault."""
    ids = list(candidate_ids)
    sealed = vault.seal_many("candidate", "sealed", ids, [NOBODY] * len(ids))
    cursor.execute(
        "UPDATE candidate SET sealed = given.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS given (id, sealed)"
        " WHERE candidate.id = given.id",
        [ids, sealed],
    )


def by_label(rows: Mapping[str, int]) -> dict[str, int]:
    """The same counts by what the tables are called, in the reader's language."""
    return {str(registry.holding(table).label): count for table, count in rows.items()}

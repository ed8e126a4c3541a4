"""By what somebody is known here: the rows that are them, their records and candidates, numbers and names."""

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backend.vault import services as vault
from programs.disposal.stripping import Whose

SEALED = ("mobile", "email", "education_cert_no", "title_cert_no", "id_number")
"""What rests sealed with records and candidates and tells one human being from another."""

LEAST = 7
"""Shorter numbers are not looked for: a reference of a few digits stands in everybody's rows."""

UNLIKELY_WITHIN = 11
"""From so many characters on a number is looked for inside longer texts too; a shorter one only as a whole cell."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody, as far as the books know them.

    ``traces`` are their numbers and addresses, folded as ``folded`` folds; ``words`` what they are called in texts:
    names and masked numbers.
    """

    persons: tuple[int, ...]
    records: tuple[int, ...]
    candidates: tuple[int, ...]
    traces: frozenset[str]
    words: tuple[str, ...]

    @property
    def whose(self) -> Whose:
        """As the declarations' statements take it."""
        return Whose(persons=self.persons, records=self.records, candidates=self.candidates, words=self.words)


def known(person_id: int) -> Known:
    """Whoever the row ``person_id`` is now; in the bureau's scope, with everything of theirs opened in memory alone.

    A candidate is theirs who bears a number of theirs, or was found at entry to be them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows_of_persons(ARRAY[%s]::bigint[])", [person_id])
        persons = sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT id FROM record WHERE person_id = ANY (%s) ORDER BY id", [persons])
        records = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT id FROM candidate WHERE person_id = ANY (%(ids)s) OR number_index IN"
            " (SELECT number_index FROM identity_document WHERE person_id = ANY (%(ids)s)) ORDER BY id",
            {"ids": persons},
        )
        candidates = [row[0] for row in cursor.fetchall()]
        words = _words(cursor, persons)
        texts = _opened(cursor, "identity_document", "sealed_number", "person_id", persons)
        inside = [
            *_opened(cursor, "record", "sealed", "id", records),
            *_opened(cursor, "amendment", "sealed", "record_id", records),
            *_opened(cursor, "revision", "sealed", "record_id", records),
            *_opened(cursor, "candidate", "sealed", "id", candidates),
        ]
    numbers = [*texts]
    for text in inside:
        told = json.loads(text)
        numbers += [str(told[name]) for name in SEALED if told.get(name)]
        words += [told["name"]] if told.get("name") else []
    traces = frozenset(one for one in map(folded, numbers) if len(one) >= LEAST)
    # Longer words first, so that none is broken by another that it contains.
    ordered = sorted({one for one in words if len(one.strip("*")) > 1}, key=lambda one: (-len(one), one))
    return Known(tuple(persons), tuple(records), tuple(candidates), traces, tuple(ordered))


def folded(text: str) -> str:
    """A cell's text as numbers are compared: full width and case folded away, blanks, dashes and apostrophes out."""
    narrow = unicodedata.normalize("NFKC", text).upper()
    return "".join(one for one in narrow if not one.isspace() and one not in "-'‘’·")


def _words(cursor: Any, persons: list[int]) -> list[str]:
    found: list[str] = []
    for table, column, key in (
        ("person", "name", "id"),
        ("person_alias", "name", "person_id"),
        ("sighting", "name", "person_id"),
        ("identity_document", "masked_number", "person_id"),
    ):
        cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {key} = ANY (%s)", [persons])
        found += [row[0] for row in cursor.fetchall()]
    return found


def _opened(cursor: Any, table: str, column: str, key: str, ids: list[int]) -> list[str]:
    cursor.execute(
        f"SELECT id, {column} FROM {table} WHERE {key} = ANY (%s) AND {column} IS NOT NULL ORDER BY id", [ids]
    )
    rows = cursor.fetchall()
    opened = vault.unseal_many(table, column, [row[0] for row in rows], [bytes(row[1]) for row in rows])
    return [one.decode() for one in opened]

"""Filing people under their keys, and counting how many bear a name: what has to be known before they are compared.

Set-based, in the caller's transaction and under the bureau's scope. What rests sealed is opened in memory alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from django.db import connection

from backend.vault import services as vault
from talent.people import traits as known
from talent.people.keys import ALL_PERSONS, SELF_CHECKED, Blinder, Kind, Traits, blind, counted, described

LINE = {"key": pl.Int64, "person_id": pl.Int64, "kind": pl.Int16}


@dataclass(frozen=True, slots=True)
class Filed:
    """What filing some persons came to: those of whom anything new was learnt, and those who were not filed before."""

    learnt: frozenset[int]
    new: frozenset[int]


def file(person_ids: Sequence[int]) -> Filed:
    """File persons under every key that what is known of them gives; what they were filed under before stays.

    Leaves the keys of all of them in the temporary table ``asked (key, person_id, kind)`` until the transaction ends.
    """
    blinder = Blinder()
    everybody = gathered(person_ids)
    lines = _keys(everybody, blinder)
    _stage(lines)
    per_person = dict(lines.group_by("person_id").len().rows())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH filed AS (
                INSERT INTO person_key (key, person_id) SELECT key, person_id FROM asked ORDER BY key, person_id
                ON CONFLICT DO NOTHING RETURNING person_id
            )
            SELECT person_id, count(*) FROM filed GROUP BY person_id
            """
        )
        added = dict(cursor.fetchall())
    new = frozenset(person for person, count in added.items() if count == per_person[person])
    _count([one for one in everybody if one.person_id in new], blinder)
    return Filed(frozenset(added), new)


def gathered(person_ids: Sequence[int]) -> list[Traits]:
    """What is known of persons: names from their rows and aliases, the rest from whoever offers it (``traits``)."""
    ids = list(person_ids)
    those = known.listed(ids)
    names: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, birth_date FROM person WHERE id = ANY (%s::bigint[]) ORDER BY id", [those])
        persons = cursor.fetchall()
        cursor.execute("SELECT person_id, name FROM person_alias WHERE person_id = ANY (%s::bigint[])", [those])
        for person, name in cursor.fetchall():
            names[person].append(name)
    phones, schools, certificates = defaultdict(set), defaultdict(set), defaultdict(set)
    for phone in known.phones(ids):
        phones[phone.person_id].add(phone.number)
    for claim in known.claims(ids):
        if claim.school:
            schools[claim.person_id].add(claim.school)
        if claim.certificate:
            certificates[claim.person_id].add(claim.certificate)
    numbers = _numbers(ids)
    return [
        Traits(
            person_id=person,
            names=[name, *names.get(person, ())],
            birth_date=born,
            phones=phones.get(person, ()),
            schools=schools.get(person, ()),
            certificates=certificates.get(person, ()),
            numbers=numbers.get(person, ()),
        )
        for person, name, born in persons
    ]


def _numbers(ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """By person, class and number of the documents whose number nothing checks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id, id_type, sealed_number FROM identity_document"
            " WHERE person_id = ANY (%s::bigint[]) AND id_type <> ALL (%s)",
            [known.listed(ids), sorted(SELF_CHECKED)],
        )
        rows = cursor.fetchall()
    opened = vault.unseal_many("identity_document", "sealed_number", [row[0] for row in rows], [row[3] for row in rows])
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for (_document, person, kind, _sealed), number in zip(rows, opened, strict=True):
        found[person].append((kind, number.decode()))
    return found


def _keys(everybody: Iterable[Traits], blinder: Blinder) -> pl.DataFrame:
    """The lines ``LINE``, each once."""
    persons: list[int] = []
    kinds: list[int] = []
    texts: list[str] = []
    held: list[bytes] = []
    holders: list[int] = []
    for one in everybody:
        for kind, text in described(one):
            persons.append(one.person_id)
            kinds.append(kind)
            texts.append(text)
        held += one.certificates
        holders += [one.person_id] * len(one.certificates)
    certificates = [int(Kind.CERTIFICATE)] * len(held)
    columns = [*blinder(texts), *blind(held)], [*persons, *holders], [*kinds, *certificates]
    return pl.DataFrame(dict(zip(LINE, columns, strict=True)), schema=LINE).unique()


def _stage(lines: pl.DataFrame) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS asked (key bigint, person_id bigint, kind smallint) ON COMMIT DROP"
        )
        cursor.execute("DELETE FROM asked")
        # Django tells apart what passes by itself and what does not; of a COPY's errors it is told only so.
        with connection.wrap_database_errors, cursor.copy("COPY asked (key, person_id, kind) FROM STDIN") as copy:
            copy.write(lines.write_csv(include_header=False, separator="\t"))
        cursor.execute("ANALYZE asked")


def _count(new: Sequence[Traits], blinder: Blinder) -> None:
    """Add persons who were not filed before to how many bear what they bear."""
    tally = Counter(text for one in new for text in counted(one))
    keys = dict(zip(blinder(tally), tally.values(), strict=True)) | ({ALL_PERSONS: len(new)} if new else {})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trait_count (key, persons) SELECT * FROM unnest(%s::bigint[], %s::integer[]) AS t (key, n)"
            " ORDER BY key ON CONFLICT (key) DO UPDATE SET persons = trait_count.persons + excluded.persons",
            [known.listed(keys), known.listed(keys.values())],
        )

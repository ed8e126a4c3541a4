"""Hostile test 39: the audit trail in the hands of the application, which may not, and of the database's owner, who can
do everything, and is named.
"""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from backend.accounts.scope import everything
from backend.chain import anchors
from backend.chain.models import AuditAnchor, AuditSeal
from backend.chain.sealing import seal
from backend.chain.services import anchor
from backend.chain.verifying import Broken, Reason
from tests.factories import AdminFactory
from tests.support.databases import address
from tests.support.http import Caller
from tests.support.trails import TABLES, enter, forged, owner, sealed, sealed_ids, verdict


def broken() -> Broken:
    found = verdict().broken
    assert found is not None, "nothing was noticed"
    return found


@pytest.fixture(scope="module")
def trail(shared_database: str) -> list[int]:
    """A trail of some entries under several seals; the ids."""
    for _ in range(3):
        ids = sealed(4)
    return ids


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_39_the_trail_and_its_chain_are_not_touched(trail: list[int], table: str, verb: str, alias: str) -> None:
    """Denied to the application by its rights, to the owner by a trigger for as long as it stands."""
    column = "number" if table == "audit_seal" else "id"
    with psycopg.connect(address(alias)) as login:
        login.execute("SELECT set_config('shugu.scope', 'all', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
            login.execute(verb.format(table, column))
    assert ("append-only" in str(refused.value)) == (alias == "owner")


@pytest.mark.parametrize("column", ["id", "at"])
def test_the_application_cannot_say_when_or_under_which_number(trail: list[int], column: str) -> None:
    with psycopg.connect(address("default")) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(
            f"INSERT INTO audit_entry ({column}, action_id, actor, role, action, subject_type, subject_id,"
            " detail) VALUES (DEFAULT, gen_random_uuid(), 'x', '', 'x', 'x', '', '{}')"
        )


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
BIG = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat) | st.sampled_from(
    ["infinity", "-infinity", "2026-01-01 BC", "20000-01-01"]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": BIG,
    "at": MOMENTS,
    "action_id": st.uuids().map(str),
    "actor_id": st.none() | BIG,
    "actor": TEXT,
    "role": TEXT.map(lambda text: text[:10]),
    "organisation_id": st.none() | BIG,
    "action": TEXT,
    "subject_type": TEXT,
    "subject_id": TEXT,
    "detail": JSON.map(json.dumps),
    "address": st.none() | st.ip_addresses().map(str) | st.just("10.0.0.1/8"),
}
TYPES = {
    **dict.fromkeys(("id", "actor_id", "organisation_id"), "bigint"),
    **dict.fromkeys(("actor", "role", "action", "subject_type", "subject_id"), "varchar"),
    "at": "timestamptz",
    "action_id": "uuid",
    "detail": "jsonb",
    "address": "inet",
}
CHANGES = st.sampled_from(sorted(VALUES)).flatmap(lambda column: st.tuples(st.just(column), VALUES[column]))


@pytest.fixture(scope="module")
def unbound(trail: list[int]) -> Iterator[psycopg.Connection[Any]]:
    """The owner with the triggers off, from one change to the next."""
    with owner() as login:
        login.commit()
        yield login


@settings(max_examples=50)
@given(change=CHANGES, place=st.integers(0, 11))
@example(change=("detail", '{"number": 0.0}'), place=0)
@example(change=("at", "infinity"), place=3)
@example(change=("address", "0.0.0.0"), place=5)
def test_39_any_change_of_any_column_names_its_row(
    trail: list[int], unbound: psycopg.Connection[Any], change: tuple[str, Any], place: int
) -> None:
    column, value = change
    row = trail[-1 - place]
    cast = f"%s::text::{TYPES[column]}"
    found = unbound.execute(
        f"SELECT {column}::text, {column}::text IS DISTINCT FROM ({cast})::text,"
        f" EXISTS (SELECT FROM audit_entry WHERE {column == 'id'} AND id::text = %s)"
        " FROM audit_entry WHERE id = %s",
        [value, str(value), row],
    ).fetchone()
    assert found is not None
    before, differs, taken = found
    assume(differs and not taken)
    unbound.execute(f"UPDATE audit_entry SET {column} = {cast} WHERE id = %s", [value, row])
    unbound.commit()
    try:
        named = broken()
    finally:
        unbound.execute(
            f"UPDATE audit_entry SET {column} = {cast} WHERE id = %s", [before, value if column == "id" else row]
        )
        unbound.commit()
    if column != "id":
        assert (named.id, named.reason) == (row, Reason.CHANGED)
    elif named.reason == Reason.INSERTED:
        assert named.id == value < row, "it took a place that was closed, before its own"
    else:
        assert (named.id, named.reason) == (row, Reason.DELETED)
    assert verdict().valid, "put back, it is what it was"


def test_an_edited_row_is_named_by_the_api_and_the_command(fresh_database: str) -> None:
    ids = sealed()
    admin = Caller(AdminFactory())
    assert admin.get("audit/verify/").json()["first_broken"] is None
    with owner() as login:
        login.execute("UPDATE audit_entry SET actor = 'somebody else' WHERE id = %s", [ids[-2]])
    answer = admin.get("audit/verify/").json()
    assert answer["valid"] is False
    assert (answer["first_broken"]["id"], answer["first_broken"]["reason"]) == (ids[-2], "changed")
    with pytest.raises(CommandError, match=f"Entry {ids[-2]} ") as refused:
        call_command("audit_verify")
    assert refused.value.returncode == 1


def test_a_deleted_row_is_named(fresh_database: str) -> None:
    ids = sealed()
    with owner() as login:
        login.execute("DELETE FROM audit_entry WHERE id = %s", [ids[-3]])
    assert (broken().id, broken().reason) == (ids[-3], Reason.DELETED)


def test_of_several_the_first_is_named(fresh_database: str) -> None:
    for _ in range(2):
        ids = sealed(3)
    with owner() as login:
        login.execute("UPDATE audit_entry SET role = 'admin' WHERE id = %s", [ids[-1]])
        login.execute("DELETE FROM audit_entry WHERE id = %s", [ids[-5]])
    assert (broken().id, broken().reason) == (ids[-5], Reason.DELETED)


def test_rows_that_change_places_are_named(fresh_database: str) -> None:
    ids = sealed()
    first, second = ids[-4], ids[-2]
    with owner() as login:
        for old, new in ((first, 10**15), (second, first), (10**15, second)):
            login.execute("UPDATE audit_entry SET id = %s WHERE id = %s", [new, old])
    assert (broken().id, broken().reason) == (first, Reason.CHANGED)


def test_a_row_that_is_written_in_with_a_free_number_is_named(fresh_database: str) -> None:
    ids = sealed()
    free = min(ids) - 1
    with owner() as login:
        forged(login, id=free)
    seal()
    assert (broken().id, broken().reason) == (free, Reason.INSERTED)


def test_a_row_that_is_dated_back_is_named_even_when_it_is_sealed(fresh_database: str) -> None:
    sealed()
    with owner() as login:
        row = forged(login, at="2019-03-01T09:00:00+08:00")
    seal()
    assert row in sealed_ids()
    assert (broken().id, broken().reason) == (row, Reason.BACKDATED)


def test_a_row_and_its_digest_and_every_head_made_anew_are_still_named(fresh_database: str) -> None:
    """The owner of the database can make every digest again, and not the keyed one: the key is not there."""
    from backend.chain import canonical
    from backend.chain.sealing import head_of

    for _ in range(2):
        ids = sealed(3)
    row = ids[-5]
    with everything():
        links = list(AuditSeal.objects.order_by("number"))
    with owner() as login:
        login.execute("UPDATE audit_entry SET actor = 'nobody' WHERE id = %s", [row])
        previous = b""
        for link in links:
            written = dict(
                login.execute(
                    f"SELECT entry.id, {canonical.WRITTEN} FROM audit_entry AS entry WHERE entry.id = ANY(%s)",
                    [link.entries],
                ).fetchall()
            )
            link.digests = b"".join(canonical.digest(written[one]) for one in link.entries)
            link.head = previous = head_of(link, previous)
            login.execute(
                "UPDATE audit_seal SET digests = %s, head = %s WHERE number = %s",
                [link.digests, link.head, link.number],
            )
    found = broken()
    assert (found.reason, found.seal) == (Reason.SEAL_CHANGED, 1)
    assert found.id == ids[0]


@pytest.mark.parametrize("what", ["seal", "end", "all"])
def test_seals_that_are_taken_away_are_missed(fresh_database: str, what: str) -> None:
    for _ in range(3):
        ids = sealed(3)
    with everything():
        [_first, second, third] = AuditSeal.objects.order_by("number")
    anchor(occasion=AuditAnchor.Occasion.ORDERED)
    with owner() as login:
        if what == "seal":
            login.execute("DELETE FROM audit_seal WHERE number = %s", [second.number])
            expected = Reason.SEAL_MISSING, second.entries[0], second.number
        elif what == "end":
            login.execute("DELETE FROM audit_seal WHERE number = %s", [third.number])
            login.execute("DELETE FROM audit_entry WHERE id = ANY(%s)", [third.entries])
            expected = Reason.CUT, ids[-1], third.number
        else:
            # Nothing is left of the chain, and the house itself makes another one, with its own key.
            login.execute("DELETE FROM audit_seal")
            login.execute("DELETE FROM audit_entry WHERE id = %s", [ids[-1]])
            expected = Reason.CUT, ids[-1], 2
    if what == "all":
        seal()
    assert (broken().reason, broken().id, broken().seal) == expected


def test_a_chain_made_anew_by_the_house_itself_is_named_by_an_anchor_kept_elsewhere(
    fresh_database: str, tmp_path: Path, settings: Any
) -> None:
    settings.AUDIT_ANCHOR_FOLDER = str(tmp_path / "elsewhere")
    for _ in range(2):
        ids = sealed(3)
        anchor(occasion=AuditAnchor.Occasion.ORDERED)
    kept = tmp_path / "elsewhere" / anchors.FILE
    assert [one.seal for one in anchors.read(kept)] == [1, 2]
    call_command("audit_verify", "--anchor", str(kept))
    settings.AUDIT_ANCHOR_FOLDER = ""
    with owner() as login:
        login.execute("DELETE FROM audit_entry WHERE id = %s", [ids[-1]])
        login.execute("DELETE FROM audit_seal WHERE number = 2")
        login.execute("DELETE FROM audit_anchor")
    enter(2)
    seal()
    assert verdict().valid, "nothing inside the house remembers"
    with pytest.raises(CommandError, match=f"from seal 2 on, which begins with entry {ids[-3]}") as refused:
        call_command("audit_verify", "--anchor", str(kept))
    assert refused.value.returncode == 1
    kept.write_text("no anchor\n")
    with pytest.raises(CommandError, match="line 1 of"):
        call_command("audit_verify", "--anchor", str(kept))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("audit_verify", "--anchor", str(tmp_path / "nowhere"))

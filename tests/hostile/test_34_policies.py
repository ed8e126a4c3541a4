"""Hostile test 34, the other way round: row security taken away, and each of its policies bent, one after the other.

* Without any row security the selectors alone keep a partner from what is another's.
* A policy that is dropped, or that lets everything through, is noticed by looking at the second wall alone.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import conninfo, sql

from backend import clock
from backend.accounts import scope
from backend.accounts.history import services as history
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory
from tests.hostile.asking import Asker, Row
from tests.policy.world import World
from tests.support.databases import address, admin_url
from tests.support.work import run_jobs

ELSEWHERE = "520199"
"""A district that nothing in the world belongs to."""


@pytest.fixture(scope="module")
def world(shared_database: str) -> World:
    logging.disable(logging.ERROR)
    with transaction.atomic():
        made = World(run_jobs)
    with scope.everything():
        above = PartnerFactory(organisation=OrganisationFactory(code="ABOVE"))
        nested = {"organisation": made.partner.organisation, "parent": above.organisation}
        history.nest(actor=None, from_on=clock.today(), reason="归并", **nested)
    made.users["above"] = above
    fill(made)
    return made


VALUES = {
    "boolean": "false",
    "date": "'2019-01-01'",
    "timestamp with time zone": "now()",
    "time without time zone": "'09:00'",
    "jsonb": "'{}'",
    "uuid": "gen_random_uuid()",
    "interval": "'0'",
    "inet": "'127.0.0.1'",
}
NUMBERS = ("bigint", "integer", "smallint", "numeric", "double precision", "real")


def value_of(kind: str) -> str:
    """Some value of a column's type."""
    if kind.endswith("[]") or kind == "bytea":
        return "'{}'" if kind.endswith("[]") else "''"
    return VALUES.get(kind, "0" if kind.startswith(NUMBERS) else "''")


def fill(world: World) -> None:
    """Put a row of the partner's into every walled table that has none.

    Whether such a row could come about is nothing to row security, so the tables' other rules are off: of a database
    that is thrown away.
    """
    record = world.ids["record"]
    own: dict[str, object] = {
        "organisation_id": world.partner.organisation.pk,
        "user_id": world.partner.clerk.pk,
        "programme_id": world.partner.programme.pk,
        "cohort_id": world.partner.cohort.pk,
        "period_id": world.partner.period.pk,
        "person_id": world.ids["person"],
        "record_id": record,
        "submission_id": world.ids["submission"],
        "credential_id": world.ids["credential"],
        "candidate_id": world.ids["candidate"],
        "about_id": world.ids["check"],
        "lot_id": world.ids["lot"],
        "unit_id": record,
        "decision_id": world.ids["run"],
        "preview_id": world.ids["preview"],
        "replay_id": world.ids["replay"],
    }
    where = conninfo.make_conninfo(admin_url(), dbname=connection.settings_dict["NAME"])
    with psycopg.connect(where, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for table in walled(admin):
            if admin.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():
                continue
            checks = admin.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
            ).fetchall()
            for (name,) in checks:
                admin.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
            columns = admin.execute(
                "SELECT attname, format_type(atttypid, NULL), attnotnull AND NOT atthasdef FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND attgenerated = '' AND attidentity = ''",
                [table],
            ).fetchall()
            given = {
                name: str(own.get(name, value_of(kind))) for name, kind, needed in columns if needed or name in own
            }
            names, values = ", ".join(f'"{name}"' for name in given), ", ".join(given.values())
            admin.execute(f'INSERT INTO "{table}" ({names}) VALUES ({values})')


@pytest.fixture(scope="module")
def owner(shared_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(address("owner"), autocommit=True) as login:
        yield login


def walled(owner: psycopg.Connection) -> list[str]:
    """Every table with row security."""
    rows = owner.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [name for (name,) in rows]


@contextmanager
def down(owner: psycopg.Connection, tables: list[str]) -> Iterator[None]:
    """Row security of some tables is off, while it lasts."""
    for table in tables:
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table)))
    try:
        yield
    finally:
        for table in tables:
            owner.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(sql.Identifier(table)))


# What the first wall does not hold by itself, because row security is what narrows it; each with the reason.
BY_ROW_SECURITY_ALONE: dict[str, str] = {}


def leaks(asker: Asker, rows: list[Row], before: dict[Row, int]) -> list[str]:
    found = []
    for row in rows:
        status, shown = asker.ask(row)
        if shown:
            found.append(f"{row}: {sorted(shown)[:3]}")
        elif status < 400 <= before[row]:
            found.append(f"{row}: {status}, not {before[row]}")
    return found


@pytest.mark.hostile
@pytest.mark.timeout(1800)
def test_34_without_row_security_the_selectors_alone_hold(world: World, owner: psycopg.Connection) -> None:
    asker = Asker(world)
    rows = list(asker.rows())
    before = {row: asker.ask(row)[0] for row in rows}
    with down(owner, walled(owner)):
        found = leaks(asker, rows, before)
    print(*found, sep="\n")
    assert [one for one in found if one.partition(":")[0] not in BY_ROW_SECURITY_ALONE] == []


@dataclass(frozen=True)
class Policy:
    """A policy as it is laid down."""

    table: str
    name: str
    permissive: bool
    command: str
    using: str | None
    check: str | None

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


COMMANDS = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


def policies(owner: psycopg.Connection) -> list[Policy]:
    """Every policy there is."""
    rows = owner.execute(
        "SELECT relname, polname, polpermissive, polcmd::text, pg_get_expr(polqual, polrelid),"
        " pg_get_expr(polwithcheck, polrelid) FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid ORDER BY 1, 2"
    )
    return [Policy(*row) for row in rows]


def _lay_down(owner: psycopg.Connection, policy: Policy, using: str | None, check: str | None) -> None:
    clauses = [f" USING ({using})"] * (using is not None) + [f" WITH CHECK ({check})"] * (check is not None)
    kind = "PERMISSIVE" if policy.permissive else "RESTRICTIVE"
    text = f'CREATE POLICY "{policy.name}" ON "{policy.table}" AS {kind} FOR {COMMANDS[policy.command]}'
    owner.execute(text + "".join(clauses))


@contextmanager
def bent(owner: psycopg.Connection, policy: Policy, to: str | None) -> Iterator[None]:
    """The policy dropped, or with ``to`` in the place of what it asks, while it lasts."""
    drop = f'DROP POLICY "{policy.name}" ON "{policy.table}"'
    owner.execute(drop)
    if to is not None:
        _lay_down(owner, policy, policy.using and to, policy.check and to)
    try:
        yield
    finally:
        if to is not None:
            owner.execute(drop)
        _lay_down(owner, policy, policy.using, policy.check)


class Seen:
    """What each may see of every table, asked of the database alone: which rows, by their places in it."""

    def __init__(self, world: World) -> None:
        self.readers: dict[str, Any] = {
            "nobody": None,
            "partner": world.partner.clerk,
            "other": world.other.clerk,
            "above": world.users["above"],
            "officer": OfficerFactory(),
            "elsewhere": OfficerFactory(districts=[ELSEWHERE]),
        }

    def of(self, table: str) -> dict[str, int]:
        """By reader, a digest of the rows that they see."""
        found = {}
        for name, user in self.readers.items():
            with transaction.atomic(), connection.cursor() as cursor:
                if user is not None:
                    scope.enter(user, reads=True)
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[name] = cursor.fetchone()[0]
        return found


# Policies whose bending no reading shows, each with the reason.
UNSEEN = {
    "audit_entry.anyone_is_audited": "it lets everybody add to the trail, and nobody read",
    "person_look.anyone_is_noted": "it lets whoever looks be noted, and nobody read",
    "match_case.opened_by_a_commit": "it lets a partner's commit open a case, and nobody read one",
    "due_extension.the_bureau_grants": "reading is the other policy's",
}


OPEN = {"period"}
"""Of these the rows that are nobody's own are everybody's: the bureau's periods."""


def test_34_each_policy_that_is_bent_shows(world: World, owner: psycopg.Connection) -> None:
    """Who sees how many rows of a table changes as soon as one of its policies is dropped or lets all through."""
    seen = Seen(world)
    before = {table: seen.of(table) for table in walled(owner)}
    assert {table for table, one in before.items() if one["nobody"]} == OPEN
    unnoticed, tried = [], 0
    for policy in policies(owner):
        if str(policy) in UNSEEN:
            continue
        for to in ("true", None):
            tried += 1
            with bent(owner, policy, to):
                if seen.of(policy.table) == before[policy.table]:
                    unnoticed.append(f"{policy} {'dropped' if to is None else 'USING (true)'}: {before[policy.table]}")
    print(*unnoticed, sep="\n")
    print(f"{tried} bent policies on {len(before)} tables, {len(unnoticed)} unnoticed")
    assert unnoticed == []
    assert {table: seen.of(table) for table in before} == before, "as it was"

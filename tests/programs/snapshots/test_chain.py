"""The chain never forks, and whoever owns the database and changes one is named."""

import io
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from backend.accounts import scope
from backend.accounts.models import User
from programs.snapshots.models import Snapshot
from programs.snapshots.services import publish
from programs.snapshots.verifying import Fault, verify
from programs.targets.models import Plan
from tests.factories import ManagerFactory
from tests.support.databases import address
from tests.support.together import together


def published(manager: User, title: str) -> Snapshot:
    with transaction.atomic():
        scope.enter(manager)
        return publish(actor=manager, plan=Plan.objects.get(), title=title)


def test_two_managers_at_once(fresh_database: str) -> None:
    managers = [ManagerFactory() for _ in range(4)]
    together(*(lambda one=one: published(one, one.username) for one in managers))
    with scope.everything():
        chain = list(Snapshot.objects.order_by("number").values_list("number", "previous__number"))
        assert chain == [(1, None), (2, 1), (3, 2), (4, 3)]
        assert verify().intact


CHANGES = {
    "UPDATE snapshot SET title = 'other' WHERE number = 2": (2, Fault.CHANGED),
    "UPDATE snapshot SET content = jsonb_set(content, '{targets,0,figure,achieved}', '7') WHERE number = 3": (
        3,
        Fault.CHANGED,
    ),
    "UPDATE snapshot SET known_at = known_at + interval '1 microsecond' WHERE number = 1": (1, Fault.CHANGED),
    "DELETE FROM snapshot WHERE number = 3": (3, Fault.MISSING),
    "UPDATE snapshot SET digest = repeat('a', 64) WHERE number = 3": (3, Fault.CHANGED),
}


def test_whatever_the_databases_owner_changes_is_named(fresh_database: str) -> None:
    manager = ManagerFactory()
    for title in ("one", "two", "three"):
        published(manager, title)
    out = io.StringIO()
    call_command("verify_snapshots", stdout=out)
    assert out.getvalue().startswith("3 snapshots are what was published")
    for change, (number, fault) in CHANGES.items():
        kept = _as_owner("SELECT to_jsonb(snapshot) FROM snapshot ORDER BY number")
        _as_owner("ALTER TABLE snapshot DISABLE TRIGGER append_only", change)
        with scope.everything():
            broken = verify().broken
        assert broken is not None, change
        assert (broken.number, broken.fault) == (number, fault), change
        with pytest.raises(CommandError, match=f"Snapshot {number} ") as ended:
            call_command("verify_snapshots", stdout=io.StringIO())
        assert ended.value.returncode == 1
        _put_back(kept)
        with scope.everything():
            assert verify().intact


def test_a_chain_that_was_made_anew_is_told_by_the_trail(fresh_database: str) -> None:
    from programs.snapshots.canonical import digest

    manager = ManagerFactory()
    published(manager, "one")
    with scope.everything():
        first = Snapshot.objects.select_related("plan").get()
    first.title = "another"
    _as_owner(
        "ALTER TABLE snapshot DISABLE TRIGGER append_only",
        f"UPDATE snapshot SET title = 'another', digest = '{digest(first, None)}'",
    )
    with scope.everything():
        broken = verify().broken
    assert broken is not None
    assert broken.fault == Fault.REWRITTEN


def _as_owner(*statements: str) -> list[Any]:
    with psycopg.connect(address("owner"), autocommit=True) as owner:
        owner.execute("SELECT set_config('shugu.scope', 'all', false)")
        for statement in statements:
            found = owner.execute(statement)
        return [row for (row,) in found.fetchall()] if found.description else []


def _put_back(kept: list[Any]) -> None:
    from psycopg.types.json import Jsonb

    with psycopg.connect(address("owner"), autocommit=True) as owner:
        owner.execute("SELECT set_config('shugu.scope', 'all', false)")
        owner.execute("DELETE FROM snapshot")
        for row in kept:
            owner.execute("INSERT INTO snapshot SELECT * FROM jsonb_populate_record(NULL::snapshot, %s)", [Jsonb(row)])

"""Locks are told apart by their names, and every name belongs to one module."""

import re
from collections import defaultdict
from pathlib import Path

import psycopg
import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from backend import locks
from tests.support.databases import address

ROOT = Path(locks.__file__).resolve().parents[1]
HELD = re.compile(r"locks\.(?:try_)?hold(?:_shared)?\(([^)]*)\)")


def test_every_lock_has_a_name_of_its_own() -> None:
    places = defaultdict(list)
    for app in ("backend", "talent", "programs"):
        for path in (ROOT / app).rglob("*.py"):
            code = path.read_text("utf-8")
            # One of another module's stands there under its own name.
            held = {constant for constant in HELD.findall(code) if "." not in constant} - {"name"}
            for constant in held:
                if re.search(rf"^from .+ import .*\b{constant}\b", code, re.MULTILINE):
                    continue
                [name] = re.findall(rf'^{constant} = "([a-z]+\.[a-z_]+)"$', code, re.MULTILINE)
                places[name].append(path)
            assert "advisory" not in code or path.name in {"locks.py", "setup_database.py", "roles.py"}, path
    assert len(places) >= 8
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_one_holds_it_at_a_time_and_gives_it_back_at_the_end(fresh_database: str) -> None:
    with psycopg.connect(address("default")) as other:

        def free(name: str) -> bool:
            row = other.execute("SELECT pg_try_advisory_xact_lock(7391, hashtext(%s))", [name]).fetchone()
            other.rollback()
            return bool(row and row[0])

        with transaction.atomic():
            locks.hold("rooms.this")
            assert not free("rooms.this")
            assert free("rooms.that")
        assert free("rooms.this")
        other.execute("SELECT pg_advisory_xact_lock(7391, hashtext(%s))", ["rooms.this"])
        with transaction.atomic():
            assert not locks.try_hold("rooms.this")


def test_without_a_transaction_it_is_refused(fresh_database: str) -> None:
    with pytest.raises(TransactionManagementError):
        locks.hold("rooms.this")

"""The audit trail in the hands of whoever owns the database: entries, sealed, and what can be done to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.chain.sealing import seal
from backend.chain.services import known_anchors
from backend.chain.verifying import Verdict, examine
from tests.support.databases import address

TABLES = ("audit_entry", "audit_seal", "audit_anchor", "audit_examination")


def enter(many: int = 1, *, action: str = "test.done") -> None:
    """Entries on the trail, in one transaction."""
    with everything():
        for number in range(many):
            enter_audit(action=action, subject=("record", number), detail={"number": number, "reason": "核对无误"})


def sealed(many: int = 5) -> list[int]:
    """Entries on the trail, sealed; the ids of everything that is sealed."""
    enter(many)
    seal()
    return sealed_ids()


def sealed_ids() -> list[int]:
    """What is sealed, in the order of the chain."""
    from backend.chain.models import AuditSeal

    with everything():
        return [one for link in AuditSeal.objects.order_by("number") for one in link.entries]


def verdict(since: int = 0) -> Verdict:
    """What examining the trail comes to."""
    with everything():
        return examine(since=since, anchors=known_anchors())


@contextmanager
def owner() -> Iterator[psycopg.Connection[Any]]:
    """The database's owner with the triggers and walls of the trail's tables out of the way, until it ends."""
    with psycopg.connect(address("owner")) as login:
        for table in TABLES:
            login.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL, NO FORCE ROW LEVEL SECURITY")
        yield login
        for table in TABLES:
            login.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL, FORCE ROW LEVEL SECURITY")


def forged(login: psycopg.Connection[Any], *, id: int | None = None, at: str | None = None) -> int:
    """An entry that the owner writes in; its id."""
    values = {"id": id, "at": at}
    given = {name: value for name, value in values.items() if value is not None}
    columns, places = "".join(f", {name}" for name in given), ", %s" * len(given)
    row = login.execute(
        "INSERT INTO audit_entry (action_id, actor, role, action, subject_type, subject_id, detail"
        f"{columns}) VALUES (gen_random_uuid(), 'officer', 'officer', 'record.verify', 'record', '7', '{{}}'{places})"
        " RETURNING id",
        list(given.values()),
    ).fetchone()
    assert row is not None
    return int(row[0])

"""The chain over the trail: what is sealed when, what is found, and that writers and sealers do not trip each other."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, connections, transaction

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.audit.services import enter_audit
from backend.chain import canonical, sealing, verifying
from backend.chain.models import AuditSeal
from backend.chain.sealing import seal
from backend.chain.verifying import Reason
from tests.conftest import Clock
from tests.support.databases import address
from tests.support.trails import enter, forged, owner, sealed, sealed_ids, verdict


def chain() -> list[AuditSeal]:
    with everything():
        return list(AuditSeal.objects.order_by("number"))


def test_what_is_entered_is_sealed_once_and_in_order(scope_all: None) -> None:
    already = AuditEntry.objects.count()
    enter(3)
    assert seal() == already + 3
    assert seal() == 0
    enter(2)
    assert seal() == 2
    ids = sealed_ids()
    assert ids == sorted(AuditEntry.objects.values_list("pk", flat=True))
    found = verdict()
    assert found.valid
    assert (found.entries, found.unsealed, found.sealed_up_to) == (already + 5, 0, ids[-1])
    assert found.head == bytes(chain()[-1].head).hex()


def test_every_column_of_an_entry_is_answered_for(scope_all: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_entry'::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum"
        )
        columns = [row[0] for row in cursor.fetchall()]
    assert list(canonical.COLUMNS) == columns == [field.column for field in AuditEntry._meta.fields]


def test_texts_that_run_into_each_other_are_written_apart(scope_all: None) -> None:
    """Without lengths, an actor «a1:b» with no role would read as an actor «a» with the role «b»."""
    written = []
    with connection.cursor() as cursor:
        for actor, role in (("a1:b", ""), ("a", "1:b"), ("a", "b"), ("ab", "")):
            cursor.execute(
                f"SELECT {canonical.WRITTEN} FROM (SELECT 1 AS id, '2026-01-01'::timestamptz AS at,"
                " '00000000-0000-4000-8000-000000000000'::uuid AS action_id, NULL::bigint AS actor_id, %s AS actor,"
                " %s AS role, NULL::bigint AS organisation_id, 'x' AS action, 'x' AS subject_type, '' AS subject_id,"
                " '{}'::jsonb AS detail, NULL::inet AS address) AS entry",
                [actor, role],
            )
            written.append(cursor.fetchone()[0])
    assert len(set(written)) == 4
    assert written[0].startswith("19:shugu-audit-entry/11:129:2026-01-01T")


def test_a_long_trail_is_sealed_in_several_seals(scope_all: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seal()
    before = len(chain())
    monkeypatch.setattr(sealing, "BLOCK", 4)
    enter(10)
    assert seal() == 10
    assert [len(link.entries) for link in chain()[before:]] == [4, 4, 2]
    assert verdict().valid


def test_a_quiet_hour_is_sealed_too(fresh_database: str, clock: Clock) -> None:
    sealed()
    before = len(chain())
    clock.shift(minutes=50)
    assert seal() == 0
    assert len(chain()) == before
    clock.shift(minutes=61)
    assert seal() == 0
    assert len(chain()) == before + 1
    assert verdict().valid


def test_a_late_commit_is_sealed_late_and_nothing_is_closed_over_it(fresh_database: str) -> None:
    sealed()
    closed = chain()[-1].closed_id
    late_entered, may_commit = threading.Event(), threading.Event()

    def write_late() -> None:
        try:
            with everything():
                enter_audit(action="test.late", subject=("record", 1))
                late_entered.set()
                assert may_commit.wait(30)
        finally:
            connections.close_all()

    late = threading.Thread(target=write_late)
    late.start()
    assert late_entered.wait(30)
    enter(3, action="test.early")
    assert seal(patience=0) == 3
    assert chain()[-1].closed_id == closed
    assert verdict().valid
    may_commit.set()
    late.join()
    assert seal() == 1
    with everything():
        [id_late] = AuditEntry.objects.filter(action="test.late").values_list("pk", flat=True)
    assert sealed_ids()[-1] == id_late < max(sealed_ids())
    assert chain()[-1].closed_id >= max(sealed_ids())
    assert verdict().valid


def test_an_id_that_was_rolled_back_cannot_be_filled_in_afterwards(fresh_database: str) -> None:
    sealed()
    with everything():
        enter_audit(action="test.undone", subject=("record", 1))
        transaction.set_rollback(True)
    enter(1)
    seal()
    gap = sealed_ids()[-1] - 1
    assert gap not in sealed_ids()
    with owner() as login:
        forged(login, id=gap)
    assert seal() == 0
    found = verdict()
    assert found.broken is not None
    assert (found.broken.id, found.broken.reason) == (gap, Reason.INSERTED)


def test_what_is_not_sealed_for_too_long_is_named(fresh_database: str, clock: Clock) -> None:
    ids = sealed()
    enter(1)
    assert verdict().valid
    assert verdict().unsealed == 1
    clock.shift(minutes=16)
    found = verdict().broken
    assert found is not None
    assert found.reason == Reason.UNSEALED
    assert found.id is not None
    assert found.id > ids[-1]


def test_what_was_written_in_is_looked_for_by_sets(scope_all: None) -> None:
    """As an anti-join it was carried out entry by entry: of a million entries no answer came within four minutes."""
    values = {"above": 0, "up_to": 10**15, "number": 10**6}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {verifying._NOT_SEALED}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Except" in plan
    assert "Join" not in plan


def test_a_clock_that_is_set_back_accuses_nobody(fresh_database: str, clock: Clock) -> None:
    clock.shift(days=1)
    sealed()
    clock.reset()
    sealed()
    assert verdict().valid


def test_writers_and_sealers_at_once(fresh_database: str) -> None:
    """Four writers, some of whom commit late and some not at all, and two sealers: a whole chain, each entry once."""
    sealed(1)
    at_work = threading.Event()
    at_work.set()

    def write(seed: int) -> int:
        told, kept = random.Random(seed), 0
        try:
            with psycopg.connect(address("default")) as login:
                for number in range(25):
                    entries = told.randint(1, 4)
                    for _ in range(entries):
                        login.execute(
                            "INSERT INTO audit_entry (action_id, actor, role, action, subject_type, subject_id, detail)"
                            " VALUES (gen_random_uuid(), 'x', '', 'test.done', 'record', %s, '{}')",
                            [str(number)],
                        )
                        if told.random() < 0.3:
                            login.execute("SELECT pg_sleep(%s)", [told.random() / 50])
                    if told.random() < 0.3:
                        login.rollback()
                    else:
                        login.commit()
                        kept += entries
        finally:
            connections.close_all()
        return kept

    def keep_sealing() -> int:
        done = 0
        try:
            while at_work.is_set():
                done += seal(patience=0.01)
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(6) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(2)]
        writers = [pool.submit(write, seed) for seed in range(4)]
        written = sum(one.result() for one in writers)
        at_work.clear()
        by_sealers = [one.result() for one in sealers]
    rest = seal()
    ids = sealed_ids()
    assert len(ids) == len(set(ids))
    with everything():
        assert set(ids) == set(AuditEntry.objects.values_list("pk", flat=True))
        assert AuditEntry.objects.filter(action="test.done", actor="x").count() == written == sum(by_sealers) + rest
    found = verdict()
    assert found.valid
    assert found.unsealed == 0

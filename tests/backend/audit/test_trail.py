"""The audit trail: what an entry bears, and what it never holds."""

import datetime as dt
import json
import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit import context
from backend.audit.models import AuditEntry
from backend.audit.selectors import entries
from backend.audit.services import enter_audit
from tests.factories import AdminFactory, OfficerFactory, PartnerFactory, RecordFactory


def last() -> AuditEntry:
    with scope.everything():
        return AuditEntry.objects.order_by("-id")[0]


def test_an_entry_says_who_did_what_to_which_row_from_where(scope_all: None) -> None:
    officer, record = OfficerFactory(), RecordFactory()
    with context.acting(user=officer, address="192.0.2.7") as action:
        enter_audit(action="record.verify", subject=record, detail={"rows": 3, "reason": "complete"})
    entry = last()
    assert (entry.action, entry.subject_type, entry.subject_id) == ("record.verify", "record", str(record.pk))
    assert (entry.actor_id, entry.actor, entry.role) == (officer.pk, officer.username, "officer")
    assert (entry.organisation_id, entry.address) == (officer.organisation_id, "192.0.2.7")
    assert (entry.action_id, entry.detail) == (action.id, {"rows": 3, "reason": "complete"})


def test_without_a_request_the_system_acts(scope_all: None) -> None:
    enter_audit(action="plan.load", subject=("plan", "digital-valley-2020"))
    entry = last()
    assert (entry.actor, entry.actor_id, entry.role, entry.organisation_id) == ("system", None, "", None)
    assert (entry.address, entry.subject_id, entry.detail) == (None, "digital-valley-2020", {})


def test_a_named_actor_stands_before_the_one_who_acts(scope_all: None) -> None:
    officer, other = OfficerFactory(), OfficerFactory()
    with context.acting(user=officer):
        enter_audit(action="user.sign_in", subject=other, actor=other)
    assert last().actor_id == other.pk


def test_entries_of_one_action_share_its_id(scope_all: None) -> None:
    with context.acting():
        enter_audit(action="a", subject=("x", None))
        enter_audit(action="b", subject=("x", None))
    with context.acting():
        enter_audit(action="c", subject=("x", None))
    ids = dict(AuditEntry.objects.values_list("action", "action_id"))
    assert ids["a"] == ids["b"] != ids["c"]


def test_a_known_action_can_be_continued(scope_all: None) -> None:
    known = uuid.uuid4()
    with context.acting(action_id=known):
        enter_audit(action="a", subject=("x", 1))
    assert last().action_id == known


def test_actions_nest_and_end(scope_all: None) -> None:
    outer_user, inner_user = OfficerFactory(), OfficerFactory()
    with context.acting(user=outer_user) as outer:
        with pytest.raises(ZeroDivisionError), context.acting(user=inner_user):
            raise ZeroDivisionError
        assert context.current() == outer


def test_threads_do_not_share_an_action() -> None:
    seen: list[object] = []
    with context.acting(address="192.0.2.7"):
        thread = threading.Thread(target=lambda: seen.append(context.current().address))
        thread.start()
        thread.join()
    assert seen == [None]


@pytest.mark.parametrize(
    "detail",
    [
        {"reason": "the number 520111198811039164 was mistyped"},
        {"520111198811039164": "as a key"},
        {"nested": [{"deep": ("520111198811039164", {"x": "520111198811039164"})}]},
        {"as_number": 520111198811039164},
        {"spaced": "520111 19881103 9164"},
        {"set": {"520111198811039164"}},
    ],
)
def test_no_identity_number_is_ever_entered(scope_all: None, detail: dict[str, Any]) -> None:
    enter_audit(action="a", subject=("x", 1), detail=detail)
    text = json.dumps(last().detail)
    assert "9164" not in text
    assert "520*" in text


def test_digests_ids_and_counts_are_entered_as_they_are(scope_all: None) -> None:
    detail = {
        "sha256": "12345678901234567890abcdef" + "0123456789" * 3 + "01234567",
        "id": str(uuid.UUID("12345678-1234-4123-8123-123456789abc")),
        "rows": 100_000,
        "ok": True,
        "none": None,
    }
    enter_audit(action="a", subject=("x", 1), detail=detail)
    assert last().detail == detail


def test_what_json_or_postgresql_cannot_hold_does_not_lose_the_entry(scope_all: None) -> None:
    enter_audit(action="a", subject=("x", 1), detail={"reason": "a\0b", "on": dt.date(2026, 1, 2)})
    assert last().detail == {"reason": "ab", "on": "2026-01-02"}


def test_what_is_rolled_back_was_not_done(scope_all: None) -> None:
    with transaction.atomic():
        enter_audit(action="test.undone", subject=("x", 1))
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(action="test.undone").exists()


def test_administrators_alone_read_the_trail(scope_all: None) -> None:
    enter_audit(action="test.read", subject=("x", 1))
    seen = {
        user.role: entries(user).filter(action="test.read").count()
        for user in (AdminFactory(), OfficerFactory(), PartnerFactory())
    }
    assert seen == {"admin": 1, "officer": 0, "partner": 0}
    assert not entries(None).exists()


def test_a_partner_is_entered_in_their_own_scope(as_partner: Any) -> None:
    partner: User = as_partner()
    enter_audit(action="submission.receive", subject=("submission", 1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry")
        assert cursor.fetchone() == (0,)
    assert last().actor_id == partner.pk

"""A commit that changes a record which an officer decides on at that very moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from backend.accounts import scope
from programs.intake import assessing
from programs.intake.templates import talent_engine
from programs.records.models import Amendment, Decision, Record
from tests.support.partner import API, Partner


@pytest.mark.parametrize("decision", ["verify", "reject"])
def test_a_decision_is_not_undone_by_a_commit_that_began_before_it(
    fresh_database: str, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch, decision: str
) -> None:
    partner = Partner(run_jobs)
    partner.report([partner.row(1)])
    [record] = partner.records()
    sent = partner.send([partner.row(1, district="云岩区")])
    assessed, decided = threading.Event(), threading.Event()
    original = assessing.assess

    def pausing(*args: Any, **options: Any) -> Any:
        assessment = original(*args, **options)
        assessed.set()
        decided.wait(2)
        return assessment

    def decide() -> None:
        assessed.wait(30)
        partner.officer.post(f"{API}records/{record['id']}/{decision}/", {"reason": "核查"}, format="json")
        decided.set()
        connection.close()

    monkeypatch.setattr(talent_engine, "assess", pausing)
    officer = threading.Thread(target=decide)
    officer.start()
    partner.confirm(sent["id"])
    officer.join(60)
    with scope.everything():
        [last] = Decision.objects.filter(record=record["id"])
        now = Record.objects.get(pk=record["id"])
        waiting = Amendment.objects.filter(record=now, state="pending").exists()
    assert last.decision == decision
    assert now.state == {"verify": "verified", "reject": "rejected"}[decision]
    assert now.pending == waiting

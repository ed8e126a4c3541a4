"""Verifying by night and on demand, letters, and what is given out of the house."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.chain import anchors, services
from backend.chain.models import AuditAnchor, AuditExamination
from backend.chain.sealing import seal
from backend.jobs.models import Job
from backend.messages.models import Delivery
from tests.conftest import Clock
from tests.factories import AdminFactory, OfficerFactory
from tests.support.http import Caller
from tests.support.trails import enter, owner, sealed

RunJobs = Callable[[], int]


def test_the_answer_of_a_whole_trail(scope_all: None) -> None:
    admin = Caller(AdminFactory())
    enter(2)
    answer = admin.get("audit/verify/").json()
    entries = AuditEntry.objects.count()
    assert answer["valid"] is True
    assert answer["whole"] is True
    assert (answer["entries"], answer["unsealed"], answer["first_broken"]) == (entries - 1, 0, None)
    assert len(answer["head"]) == 64
    [entry] = admin.get("audit/?action=audit.verify").json()["results"]
    assert (entry["detail"]["valid"], entry["detail"]["entries"]) == (True, entries - 1)
    again = admin.get("audit/verify/").json()
    assert (again["entries"], again["seals"]) == (entries, answer["seals"] + 1)


@pytest.mark.usefixtures("db")
def test_others_neither_verify_nor_see_how_the_chain_stands() -> None:
    from backend.chain.selectors import standing

    assert Caller(OfficerFactory()).get("audit/verify/").status_code == 403
    assert standing(OfficerFactory()) is None
    assert standing(None) is None


def test_a_long_trail_is_examined_from_the_last_good_examination_on(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs
) -> None:
    admin = AdminFactory()
    sealed(6)
    with everything():
        services.order(actor=admin)
    run_jobs()
    with everything():
        examined = AuditExamination.objects.get()
    assert examined.broken is None
    old = sealed(6)
    monkeypatch.setattr(services, "AT_ONCE", 8)
    answer = Caller(admin).get("audit/verify/").json()
    assert (answer["valid"], answer["whole"]) == (True, False)
    assert answer["since"] >= examined.seals
    with owner() as login:
        login.execute("UPDATE audit_entry SET actor = 'x' WHERE id IN (%s, %s)", [old[0], old[-1]])
    assert Caller(admin).get("audit/verify/").json()["first_broken"]["id"] == old[-1]
    job = Caller(admin).post("audit/verify/").json()["id"]
    run_jobs()
    with everything():
        assert Job.objects.get(pk=job).result["valid"] is False
        last = AuditExamination.objects.order_by("-pk")[0]
    assert last.broken is not None
    assert last.broken["id"] == old[0]


def test_by_night_the_whole_is_examined_and_the_head_given_out_once(
    fresh_database: str, clock: Clock, run_jobs: RunJobs, tmp_path: Path, settings: Any
) -> None:
    settings.AUDIT_ANCHOR_FOLDER = str(tmp_path / "anchors")
    AdminFactory(email="root@example.com", language="en")
    AdminFactory(email="", language="en")
    sealed()
    first = services.queue_nightly()
    if first is None:
        # It is too early in the bureau's day: wait until it is not.
        clock.shift(hours=services.HOUR)
        first = services.queue_nightly()
    assert first is not None
    assert services.queue_nightly() is None
    run_jobs()
    [given] = anchors.read(tmp_path / "anchors" / anchors.FILE)
    with everything():
        [letter] = Delivery.objects.filter(key__startswith="audit-anchor:")
        row = AuditAnchor.objects.get()
        assert AuditExamination.objects.get().nightly
    assert (row.occasion, row.file, row.letters, row.head) == ("nightly", True, 1, given.head)
    assert letter.recipient == "root@example.com"
    assert given.line() in letter.text.splitlines()
    assert "it is what was sealed" in letter.text
    clock.shift(days=1, hours=services.HOUR)
    assert services.queue_nightly() is not None


def test_whoever_is_named_is_written_to_and_nobody_if_so_wished(
    fresh_database: str, settings: Any, run_jobs: RunJobs
) -> None:
    AdminFactory(email="root@example.com")
    sealed()

    def recipients() -> list[str]:
        row = services.anchor(occasion=AuditAnchor.Occasion.NIGHTLY)
        assert row is not None
        assert not row.file
        with everything():
            return list(
                Delivery.objects.filter(key__startswith=f"audit-anchor:{row.pk}:").values_list("recipient", flat=True)
            )

    settings.AUDIT_ANCHOR_RECIPIENTS = ["archive@example.org"]
    assert recipients() == ["archive@example.org"]
    settings.AUDIT_ANCHOR_LETTERS = False
    assert recipients() == []


def test_administrators_hear_once_that_the_trail_is_broken(fresh_database: str, run_jobs: RunJobs) -> None:
    admin = AdminFactory(email="root@example.com", language="en")
    ids = sealed()
    with owner() as login:
        login.execute("DELETE FROM audit_entry WHERE id = %s", [ids[-1]])
    for _ in range(2):
        with everything():
            services.order(actor=admin)
        run_jobs()
    with everything():
        [letter] = Delivery.objects.filter(key__startswith="audit-broken:")
    assert f"Entry {ids[-1]} of the trail was sealed and is gone" in letter.text


def test_the_command_for_backups_prints_a_line_that_the_other_takes(fresh_database: str, tmp_path: Path) -> None:
    enter(2)
    said = StringIO()
    call_command("audit_anchor", stdout=said)
    assert json.loads(said.getvalue())["format"] == anchors.FORMAT
    kept = tmp_path / "kept.jsonl"
    kept.write_text(said.getvalue())
    told = StringIO()
    call_command("audit_verify", "--anchor", str(kept), stdout=told)
    assert "1 anchors agree" in told.getvalue()


def test_a_folder_that_cannot_be_written_loses_neither_the_anchor_nor_the_letter(
    fresh_database: str, tmp_path: Path, settings: Any
) -> None:
    AdminFactory(email="root@example.com")
    (tmp_path / "a file").write_text("")
    settings.AUDIT_ANCHOR_FOLDER = str(tmp_path / "a file")
    enter(1)
    row = services.anchor(occasion=AuditAnchor.Occasion.NIGHTLY)
    assert row is not None
    assert (row.file, row.letters) == (False, 1)


def test_a_line_that_a_full_disk_cut_off_spoils_no_other(tmp_path: Path, settings: Any, scope_all: None) -> None:
    settings.AUDIT_ANCHOR_FOLDER = str(tmp_path)
    enter(1)
    seal()
    given = services.head()
    assert given is not None
    path = tmp_path / anchors.FILE
    path.write_text('{"format": "shugu-aud')
    anchors.append(path, given)
    assert anchors.kept() == [given]
    with pytest.raises(anchors.NoAnchor, match="line 1 of"):
        list(anchors.read(path))


@pytest.mark.usefixtures("db")
def test_the_task_that_beat_rings_for_seals(scope_all: None) -> None:
    from backend.chain.tasks import nightly
    from backend.chain.tasks import seal as task

    enter(1)
    task.run()
    assert services.head() is not None
    nightly.run()

"""One id from the request to the worker that carries out what it asked for, in logs, trail and job."""

import io
import json
import logging
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.accounts.scope import everything
from backend.audit.context import acting
from backend.audit.models import AuditEntry
from backend.embedded import commands
from backend.embedded.processes import free_port
from backend.health import heartbeat
from backend.jobs.models import Job
from backend.jobs.services import ACTION
from backend.logs import JSONFormatter
from tests.factories import CohortFactory, OrganisationFactory, PartnerFactory, PeriodFactory, ProgrammeFactory
from tests.support.databases import ROOT, address
from tests.support.http import API, Caller, token_for
from tests.support.partner import as_csv, number
from tests.support.workers import Worker, wait_for

READY_SECONDS = 60.0


@pytest.fixture
def site(fresh_database: str, broker_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The site as it is served, by gunicorn, logging JSON into ``tmp_path / "web.log"``; its address."""
    monkeypatch.setenv("LOG_FORMAT", "json")
    monkeypatch.setenv("WEB_PROCESSES", "1")
    place = f"127.0.0.1:{free_port()}"
    (tmp_path / "metrics").mkdir()
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            commands.web(place, tmp_path / "metrics"),
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address("default"), "DATABASE_OWNER_URL": address("owner")},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(lambda: _answers(f"http://{place}"), READY_SECONDS, "the site to answer")
            yield f"http://{place}"
        finally:
            process.terminate()
            process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def entries(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def test_one_id_from_the_upload_to_the_workers_log(site: str, worker: Callable[..., Worker], tmp_path: Path) -> None:
    ours = OrganisationFactory()
    programme = ProgrammeFactory(organisations=[ours])
    cohort, period = CohortFactory(programme=programme, organisation=ours), PeriodFactory()
    clerk = PartnerFactory(organisation=ours)
    row = {"name": "张甲一", "id_type": "居民身份证", "id_number": number(1), "path": "培养", "cohort": cohort.code}
    working = worker(concurrency=1)
    answer = httpx.post(
        f"{site}{API}submissions/?note=not-logged",
        data={"period": period.code},
        files={"file": ("名单.csv", io.BytesIO(as_csv([row])))},
        headers={"Authorization": f"Token {token_for(clerk)}", "X-Request-Id": str(uuid.UUID(int=1))},
        timeout=30,
    )
    assert answer.status_code == 202, answer.text
    action = answer.headers["X-Request-Id"]
    assert uuid.UUID(action) != uuid.UUID(int=1)

    def job() -> Job | None:
        with everything():
            return Job.objects.filter(params__contains={ACTION: action}, state=Job.State.DONE).first()

    done: Job = wait_for(job, 60, f"the job of the upload; the worker's log:\n{working.log}")
    with everything():
        told = set(AuditEntry.objects.filter(action_id=action).values_list("action", flat=True))
    assert told >= {"submission.received", "submission.checked"}

    (asked,) = [one for one in entries((tmp_path / "web.log").read_text("utf-8")) if one.get("action") == action]
    assert (asked["method"], asked["path"], asked["status"]) == ("POST", f"{API}submissions/", 202)
    assert (asked["user"], asked["organisation"]) == (clerk.pk, ours.pk)
    assert asked["duration_ms"] >= 0
    assert "not-logged" not in json.dumps(asked)

    worked = [one for one in entries(working.log) if one.get("action") == action]
    assert {one["task"] for one in worked} >= {"jobs.run"}
    assert any(one.get("job") == done.pk and one["user"] == clerk.pk for one in worked)
    assert all({"time", "level", "logger", "message"} <= one.keys() for one in worked)
    with heartbeat.client() as broker:
        # Worker and beat, which run together here, beat from their own loops.
        wait_for(lambda: broker.exists(heartbeat.key(), heartbeat.beat_key()) == 2, 30, "both to beat")
    others = [one for one in entries(working.log) if one.get("job") == done.pk and one.get("action") != action]
    assert others == []


@pytest.mark.django_db
def test_every_answer_bears_an_id_of_our_own() -> None:
    answers = [Caller().get("/healthz", headers={"x-request-id": "theirs"}), Caller().get("no-such-thing/")]
    ids = [uuid.UUID(answer["X-Request-Id"]) for answer in answers]
    assert len({*ids}) == 2


def test_an_entry_is_one_line_with_its_texts_scrubbed() -> None:
    try:
        raise ValueError(f"the number {number(1)}\nand more")
    except ValueError as error:
        found = (type(error), error, error.__traceback__)
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, "%s\nfailed", (number(2),), found)
    with acting(job=7) as action:
        line = JSONFormatter().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["action"], entry["job"], entry["level"]) == (str(action.id), 7, "ERROR")
    assert number(1) not in line
    assert number(2) not in line
    assert "Traceback" in entry["exception"]

"""A large population is lived through the system with a real worker, and every place is scanned for its numbers."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from backend.accounts import scope
from backend.jobs import services as jobs
from backend.jobs.models import Job
from talent.people.models import IdentityDocument
from tests.programs.privacy import failing
from tests.support.leaks import Finder, Leak, broker, resident_runs, tables
from tests.support.living import PATIENCE, Life
from tests.support.logs import kept
from tests.support.workers import Worker, wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1800)]

PEOPLE = int(os.environ.get("PEOPLE", "1000"))
LOGS = Path(__file__).resolve().parents[2] / "var" / "log"


def sizes() -> dict[Path, int]:
    """How long the servers' logs are: they go on from run to run."""
    return {path: path.stat().st_size for path in sorted(LOGS.glob("*.log"))}


def servers_logs(before: Mapping[Path, int]) -> Iterator[tuple[str, bytes]]:
    """What PostgreSQL and Valkey have logged meanwhile: a statement that failed, for one."""
    for path in sizes():
        yield f"log {path.name}", path.read_bytes()[before.get(path, 0) :]


def test_40_a_large_population_leaves_no_number_anywhere(
    server: str, fresh_database: str, worker: Any, tmp_path: Path
) -> None:
    before = sizes()
    at_work: Worker = worker(include=failing.__name__, lease=5.0)
    with kept(tmp_path / "site.log") as site_log:
        life = Life(server, lambda: None, PEOPLE, organisations=5)
        life.live()
        with scope.everything():
            documents = IdentityDocument.objects.filter(id_type="111").order_by("pk")[:6]
            for place, document in enumerate(documents):
                how = ("error", "database")[place % 2]
                jobs.queue(kind=failing.KIND, subject_id=document.pk, organisation_id=None, params={"how": how})
        wait_for(_failed, PATIENCE, "the jobs to fail")
        for reader in (life.officer, life.admin):
            reader.page("GET", "jobs/")
            reader.api("GET", "jobs/", params={"limit": 500})
        life.admin.api("GET", "audit/?format=csv")

    logs = [("log of the worker", at_work.log.encode()), ("log of the site", site_log.read_bytes())]
    logs += servers_logs(before)
    finder = Finder(life.numbers)
    found: set[Leak] = set()
    for where, data in [*life.seen, *tables(fresh_database), *broker(), *logs]:
        found |= finder.leaks(where, data)
    assert not found, "\n".join(sorted({f"{leak.where} ({leak.view})" for leak in found}))
    assert {where for where, data in logs if resident_runs(data)} == set()
    assert "ValueError" in at_work.log
    assert "DataError" in at_work.log
    assert len(life.numbers) > PEOPLE


def _failed() -> bool:
    with scope.everything():
        return Job.objects.filter(kind=failing.KIND, state="failed").count() == 6

"""Hostile test 13, what of it needs no disk: an upload finds no room to rest in, and work waits until there is some.

``/dev/full`` is a file that takes nothing: the kernel says of it what it says of a full disk.
"""

import io
from collections.abc import Callable
from io import FileIO
from typing import Any

import psycopg
import pytest
from django.core.files import temp
from django.db import OperationalError

from backend import clock
from backend.accounts import scope
from backend.jobs import registry
from backend.jobs import services as jobs
from backend.jobs.lease import CLAIMS
from backend.jobs.models import Job
from backend.jobs.services import Run
from backend.outbox import registry as outbox
from backend.outbox.models import Effect
from backend.outbox.services import ATTEMPTS, deliver, state
from programs.submissions.models import Submission
from tests.support.browsing import signed_in, words
from tests.support.http import Caller, code_of
from tests.support.partner import Partner, as_csv

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The folder for temporary files is on a full disk, and every upload goes through it."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    monkeypatch.setattr(temp, "NamedTemporaryFile", lambda *_args, **_options: FileIO("/dev/full", "r+"))


def standing() -> int:
    with scope.everything():
        return Submission.objects.count()


def test_13_an_upload_that_finds_no_room_is_told_so(no_room: None) -> None:
    partner = Partner(lambda: 0)
    file = io.BytesIO(as_csv([partner.row(1)]))
    file.name = "名单.csv"
    answer = Caller(partner.clerk).post("submissions/", {"file": file, "period": partner.period.code})
    assert answer.status_code == 507, answer.content
    assert code_of(answer) == "insufficient_storage"
    assert standing() == 0


def test_13_a_form_that_finds_no_room_is_told_so(no_room: None) -> None:
    partner = Partner(lambda: 0)
    page = signed_in(partner.clerk)
    page.raise_request_exception = False
    file = io.BytesIO(as_csv([partner.row(1)]))
    file.name = "名单.csv"
    answer = page.post("/submissions/new/", {"file": file, "period": partner.period.code})
    assert answer.status_code == 507, answer.content
    assert "no room left" in words(answer)
    assert standing() == 0


def full() -> OperationalError:
    """What Django says of a database whose disk is full."""
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull()
    return error


def again(job: Job) -> Job:
    """The job as it now is."""
    with scope.everything():
        return Job.objects.get(pk=job.pk)


def test_13_a_job_is_tried_for_as_long_as_the_disk_is_full(run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Far more often than it may fail otherwise; then it is done, as if nothing had been."""
    tried: list[int] = []
    often = 4 * CLAIMS

    def work(run: Run) -> None:
        tried.append(run.job.fence)
        if len(tried) <= often:
            raise full()

    monkeypatch.setitem(registry._handlers, "test.no_room", work)
    with scope.everything():
        job = jobs.queue(kind="test.no_room", subject_id=7, organisation_id=None)
    for _try in range(often):
        assert not jobs.run(job.pk)
    job = again(job)
    assert (job.state, job.spared) == ("queued", often)
    assert job.rung_at is not None
    assert job.rung_at > clock.now(), "it rests"
    run_jobs()
    job = again(job)
    assert (job.state, job.error, len(tried)) == ("done", "", often + 1)


def test_13_other_errors_count_against_a_job_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [full(), OperationalError("deadlock"), full(), OperationalError("deadlock"), OperationalError("deadlock")]

    def work(_run: Run) -> None:
        raise errors.pop(0)

    monkeypatch.setitem(registry._handlers, "test.no_room", work)
    with scope.everything():
        job = jobs.queue(kind="test.no_room", subject_id=7, organisation_id=None)
    ended = [jobs.run(job.pk) for _try in range(5)]
    assert ended == [False] * 4 + [True]
    job = again(job)
    assert (job.state, job.fence, job.spared) == ("failed", 5, 2)


def test_13_an_effect_is_not_set_aside_because_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    room: list[bool] = []

    def follow(_subject_id: int) -> None:
        if not room:
            raise full()

    before = {topic: dict(them) for topic, them in outbox._subscribers.items()}
    monkeypatch.setattr(outbox, "_subscribers", before)
    outbox.subscribe("test.no_room")(follow)
    with scope.everything():
        state(topic="test.no_room", subject_id=7)
        effect = Effect.objects.get(topic="test.no_room")
    for _try in range(3 * ATTEMPTS):
        assert not deliver(effect.pk)
    with scope.everything():
        effect.refresh_from_db()
    assert (effect.set_aside_at, effect.attempts) == (None, 0)
    room.append(True)
    assert deliver(effect.pk)

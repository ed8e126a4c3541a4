"""A submission whose worker dies at any stage goes on where it stood, or ends with its reason: nothing twice."""

import json
from pathlib import Path

import pytest

from backend import bell
from backend.accounts import scope
from backend.jobs.models import Job
from tests.hostile.dying.books import FOUND, assert_nothing_taken, assert_taken_once, rows_of
from tests.hostile.dying.conftest import Arm
from tests.hostile.house.clerk import Clerk
from tests.programs.intake.readers.made import ROWS, table
from tests.support.partner import as_csv
from tests.support.workers import Worker, wait_for

hostile = pytest.mark.hostile

CHECKING = ("claimed", "opened", "reading", "read", "findings written", "concluded", "closing")
TAKING = ("claimed", "prepared", "before COPY", "after COPY", "findings written", "taken", "committed", "closing")
AT_ONCE = (
    "after COPY",
    *(pytest.param(stage, marks=hostile) for stage in ("read", "before COPY", "taken", "concluded")),
)
FOLLOWING = ("effect begun", "effect carried out", "reminders called off")


def upload(clerk: Clerk, confirm: str) -> int:
    """Send ``rows_of`` the clerk; the submission's number."""
    answer = clerk.upload(as_csv(rows_of(clerk)), confirm=confirm)
    assert answer.status_code == 202, answer.text
    number: int = answer.json()["id"]
    return number


def checked(clerk: Clerk) -> int:
    """A submission whose check is over."""
    number = upload(clerk, "manual")
    wait_for(lambda: states(number).get("submission.check") == "done", 60, f"the check; the log:\n{clerk.log}")
    assert clerk.settled(number)["status"] == "checked"
    return number


def states(number: int) -> dict[str, str]:
    """The states of a submission's jobs by kind."""
    with scope.everything():
        return dict(Job.objects.filter(subject_id=number).values_list("kind", "state"))


def fences(number: int) -> dict[str, int]:
    """How often each job of a submission was begun, less what follows behind its commit."""
    with scope.everything():
        jobs = Job.objects.filter(subject_id=number).exclude(kind="people.identify")
        return dict(jobs.values_list("kind", "fence"))


def confirm(clerk: Clerk, number: int) -> None:
    """Have the rows taken."""
    assert clerk.call("POST", f"submissions/{number}/confirm/").status_code == 202


@hostile
@pytest.mark.parametrize("stage", CHECKING)
def test_the_pool_child_dies_while_a_file_is_checked(clerk: Clerk, arm: Arm, stage: str) -> None:
    arm(stage, "kill child")
    number = checked(clerk)
    assert [(one["row"], one["rule"], one["column"]) for one in clerk.findings(number)] == FOUND
    assert clerk.records() == []
    confirm(clerk, number)
    assert_taken_once(clerk, number)
    assert fences(number) == {"submission.check": 2, "submission.commit": 1}


@hostile
@pytest.mark.parametrize("stage", TAKING)
def test_the_pool_child_dies_while_rows_are_taken(clerk: Clerk, arm: Arm, stage: str) -> None:
    number = checked(clerk)
    arm(stage, "kill child")
    confirm(clerk, number)
    assert_taken_once(clerk, number)
    assert fences(number) == {"submission.check": 1, "submission.commit": 2}


@pytest.mark.parametrize("stage", AT_ONCE)
def test_the_pool_child_dies_where_nobody_is_asked_in_between(clerk: Clerk, arm: Arm, stage: str) -> None:
    arm(stage, "kill child")
    number = upload(clerk, "auto")
    assert_taken_once(clerk, number)
    assert fences(number) == {"submission.check": 2}


@hostile
@pytest.mark.parametrize("stage", FOLLOWING)
def test_the_pool_child_dies_in_what_follows(clerk: Clerk, arm: Arm, stage: str) -> None:
    arm(stage, "kill child")
    assert_taken_once(clerk, upload(clerk, "auto"))


@hostile
@pytest.mark.parametrize("stage", ["reading", "after COPY", "effect begun"])
def test_the_whole_worker_dies(clerk: Clerk, arm: Arm, house: tuple[str, Worker, Path], stage: str) -> None:
    arm(stage, "kill worker")
    number = upload(clerk, "auto")
    wait_for(lambda: not house[1].alive, 60, f"the worker to be dead; its log:\n{clerk.log}")
    house[1].kill()
    house[1].start()
    assert_taken_once(clerk, number)


@hostile
@pytest.mark.parametrize("stage", ["opened", "before COPY", "after COPY", "taken", "effect carried out"])
def test_the_database_hangs_up(clerk: Clerk, arm: Arm, stage: str) -> None:
    arm(stage, "cut")
    assert_taken_once(clerk, upload(clerk, "auto"))


@hostile
def test_the_bell_is_lost_between_the_upload_and_its_work(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell.Bell, "ring", lambda *_: False)
    number = upload(clerk, "auto")
    monkeypatch.undo()
    assert_taken_once(clerk, number)
    assert fences(number) == {"submission.check": 1}


@hostile
def test_a_reader_that_somebody_kills_reads_again_in_the_same_breath(clerk: Clerk, arm: Arm) -> None:
    arm("reader", "kill")
    number = upload(clerk, "auto")
    assert_taken_once(clerk, number)
    assert fences(number) == {"submission.check": 1}


def refused(clerk: Clerk, data: bytes, words: str) -> int:
    """A file that is refused because reading it cost too much; the submission's number."""
    shown = clerk.taken_in(clerk.upload(data, confirm="auto"))
    [found] = clerk.findings(shown["id"])
    assert (shown["status"], found["rule"]) == ("rejected", "F06")
    assert words in found["message"]
    assert fences(shown["id"]) == {"submission.check": 1}
    assert_nothing_taken(clerk, shown["id"])
    number: int = shown["id"]
    return number


@hostile
def test_a_reader_that_is_killed_every_time_refuses_the_file(clerk: Clerk, arm: Arm) -> None:
    """As the kernel kills whoever takes the machine's last memory."""
    arm("reader", "kill", "kill")
    data = as_csv(rows_of(clerk))
    refused(clerk, data, "crashed")
    assert_taken_once(clerk, clerk.upload(data, confirm="auto").json()["id"])


@hostile
def test_a_reader_out_of_memory_refuses_the_file(clerk: Clerk, arm: Arm) -> None:
    arm("limits", json.dumps({"memory": 1200 << 20, "max_rows": 10**7}))
    refused(clerk, table() + (",".join(ROWS[0]) + "\r\n").encode() * 450_000, "memory")


@hostile
def test_a_reader_out_of_time_refuses_the_file(clerk: Clerk, arm: Arm) -> None:
    arm("limits", json.dumps({"seconds": 0.05}))
    refused(clerk, as_csv(rows_of(clerk)), "took longer")


@hostile
def test_a_job_that_kills_its_worker_each_time_fails_with_its_reason(clerk: Clerk, arm: Arm) -> None:
    arm("read", *["kill child"] * 3)
    number = upload(clerk, "auto")
    shown = clerk.settled(number)
    assert (shown["status"], fences(number)) == ("failed", {"submission.check": 4})
    assert "its worker died each time" in shown["error"]
    assert_nothing_taken(clerk, number)
    assert_taken_once(clerk, upload(clerk, "auto"))

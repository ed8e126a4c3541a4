"""A person is erased everywhere, and nothing that was published or belongs to others changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import everything
from backend.jobs.models import Job
from backend.jobs.services import LostLease
from backend.vault.files import services as files
from programs.disposal import certificates
from programs.intake.packing import unpack
from programs.privacy import erasing
from programs.privacy.models import State
from programs.records.models import Record
from programs.submissions.models import Submission
from programs.targets.explaining import explain
from programs.targets.gap_check import misfits
from programs.targets.recount import recount
from programs.targets.services import settle
from talent.people.models import Person
from tests.programs.privacy.world import CERTIFICATE, EMAIL, ME, MOBILE, NAME, NUMBER, OTHER_NAME, TRAIL, N, World, left
from tests.support.partner import API

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def figures() -> list[tuple[Any, ...]]:
    """Ledger, standings and cube as they are."""
    settle(wait=True)
    with everything(), connection.cursor() as cursor:
        found: list[tuple[Any, ...]] = []
        for statement in (
            "SELECT target_id, person_id, number, delta, effective_on, reason FROM ledger_entry ORDER BY 1, 2, 3",
            "SELECT target_id, person_id, number, effective_on FROM standing ORDER BY 1, 2",
            "SELECT target_id, grain, dimension, key, starts_on, heads FROM cube_cell ORDER BY 1, 2, 3, 4, 5",
        ):
            cursor.execute(statement)
            found += cursor.fetchall()
    return found


def test_nothing_is_left_of_them_and_every_figure_stays(world: World) -> None:
    before = figures()
    assert left(NAME)
    assert left(NUMBER)
    request = world.erased()
    assert (request.state, request.closed_by_id) == (State.ANSWERED, world.colleague.pk)
    assert left(NUMBER, MOBILE, EMAIL, CERTIFICATE) == []
    assert set(left(NAME, OTHER_NAME)) <= {TRAIL}
    assert figures() == before
    found = recount()
    explain(wait=True)
    assert (found.agrees, misfits()) == (True, (0, 0))


def test_colleagues_in_the_same_file_keep_everything_and_the_original_is_gone(world: World) -> None:
    with everything():
        own = Submission.objects.get(pk=world.record.submission_id)
        before = rows_of(own)
    world.erased()
    with everything():
        after = Submission.objects.select_related("sheet", "original").get(pk=own.pk)
        assert rows_of(after) == [row for row in before if NUMBER not in row.values()]
        assert len(before) == len(rows_of(after)) + 1
        assert after.original.disposed_at is not None
        assert Person.objects.filter(name__startswith="张").count() == 3
        [certificate] = certificates.certificates(world.officer)
        assert certificates.wrong() == []
    answer = world.partner.api.get(f"{API}submissions/{own.pk}/report.xlsx")
    assert answer.status_code == 410
    assert certificate.content["approved_by"] == world.colleague.username


def test_whoever_was_erased_may_be_reported_anew_as_somebody_new(world: World) -> None:
    world.erased()
    told = world.partner.report([world.partner.row(N, **ME)])
    assert (told["counts"]["accepted"], told["counts"]["rejected"]) == (1, 0)
    with everything():
        new = Person.objects.get(name=NAME)
        assert new.pk != world.person_id
        assert Record.objects.get(person=new).state == Record.State.SUBMITTED


def test_a_worker_that_dies_in_between_has_done_nothing_and_the_next_does_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_told: object, **_more: object) -> None:
        raise LostLease("the worker is gone")

    with monkeypatch.context() as killed:
        killed.setattr(erasing, "take_out", dies)
        request = world.erased()
    assert request.erased_at is None
    assert {"person", "identity_document.sealed_number", "roster"} <= set(left(NAME, NUMBER))
    with everything():
        Job.objects.filter(pk=request.job_id or 0).update(state="queued", lease_until=None)
    world.run_jobs()
    assert set(left(NAME, NUMBER)) <= {TRAIL}


def rows_of(submission: Submission) -> list[dict[str, object]]:
    """The rows of a submission's sheet."""
    assert submission.sheet is not None
    return [row for part in unpack(files.read(submission.sheet)) for row in part.to_dicts()]

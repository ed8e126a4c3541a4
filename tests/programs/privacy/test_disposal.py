"""What is due is destroyed by rule, some at a time, never what is held; and a certificate tells of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from backend import clock
from backend.accounts.scope import everything
from backend.jobs.models import Job
from backend.jobs.services import LostLease, queue
from backend.jobs.services import run as run_job
from backend.problems import Problem
from backend.vault.files.models import SealedChunk, SealedFile
from programs.disposal import certificates, destroying, holds, services
from programs.disposal.kinds import Kind
from programs.disposal.models import DisposalCertificate, DisposalRule, DisposalRun, DisposedItem, months_before
from programs.privacy import services as requests
from programs.submissions.models import Submission
from talent.people.models import Person
from tests.factories import OfficerFactory
from tests.programs.privacy.world import World
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(run_jobs: Callable[[], int]) -> Partner:
    """A partner that has sent three files, two of which were taken; all of them ten years ago."""
    found = Partner(run_jobs)
    for n in (1, 2):
        found.report([found.row(n)])
    found.send([found.row(3)])
    with everything():
        past = clock.now() - dt.timedelta(days=3660)
        Submission.objects.update(received_at=past)
        Submission.objects.exclude(committed_at=None).update(committed_at=past)
    return found


def in_force(kind: str, months: int = 60) -> DisposalRule:
    with everything():
        officer = OfficerFactory()
        rule = services.draft(actor=officer, kind=kind, months=months, basis="保管期限表")
        return services.switch_on(actor=officer, rule=rule, reason="保管期限表已批准")


def night(run_jobs: Callable[[], int]) -> None:
    with everything():
        queue(kind=services.DISPOSE, subject_id=None, organisation_id=None)
    run_jobs()


def standing() -> set[int]:
    """The submissions whose original is still there."""
    with everything():
        return set(Submission.objects.filter(original__disposed_at=None).values_list("pk", flat=True))


def test_what_is_shipped_destroys_nothing_before_somebody_switches_it_on(
    partner: Partner, run_jobs: Callable[[], int]
) -> None:
    with everything():
        assert set(DisposalRule.objects.values_list("kind", flat=True)) == set(Kind.values)
        assert all(one.state == "draft" and one.shipped for one in DisposalRule.objects.all())
        assert services.queue_nightly() is None
    night(run_jobs)
    assert len(standing()) == 3


def test_an_original_whose_time_is_over_is_destroyed_and_its_address_says_so(
    partner: Partner, run_jobs: Callable[[], int]
) -> None:
    rule = in_force("original")
    with everything():
        assert services.due(rule) == destroying.Due(free=2, held=0)
    night(run_jobs)
    with everything():
        [certificate] = DisposalCertificate.objects.all()
        gone = SealedFile.objects.exclude(disposed_at=None)
        assert (certificate.number, certificate.content["parts"]) == (1, {"original": 2})
        assert not SealedChunk.objects.filter(file__in=gone).exists()
        assert set(DisposedItem.objects.values_list("sha256", flat=True)) == {one.sha256 for one in gone}
        assert certificates.wrong() == []
        taken = Submission.objects.exclude(committed_at=None).order_by("pk")[0]
    answer = partner.api.get(f"{API}submissions/{taken.pk}/report.xlsx")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (410, "disposed")
    assert "60 months" in answer.json()["detail"]
    assert "certificate no. 1" in answer.json()["detail"]
    night(run_jobs)
    with everything():
        assert DisposalCertificate.objects.count() == 1


def test_a_hold_keeps_what_it_touches_until_it_is_lifted(partner: Partner, run_jobs: Callable[[], int]) -> None:
    officer = OfficerFactory()
    rule = in_force("original")
    with everything():
        first, second = Submission.objects.exclude(committed_at=None).order_by("pk")
        held = holds.place(actor=officer, submission=first, reason="诉讼")
        assert services.due(rule) == destroying.Due(free=1, held=1)
    night(run_jobs)
    assert standing() & {first.pk, second.pk} == {first.pk}
    with everything():
        holds.lift(actor=officer, hold=held, reason="结案")
        person = Person.objects.order_by("pk")[0]
        on_person = holds.place(actor=officer, person=person, reason="审计")
    night(run_jobs)
    assert first.pk in standing()
    with everything():
        holds.lift(actor=officer, hold=on_person, reason="结案")
    night(run_jobs)
    assert first.pk not in standing()
    with everything():
        assert [one.number for one in DisposalCertificate.objects.order_by("number")] == [1, 2]
        assert certificates.wrong() == []


def test_a_killed_night_goes_on_where_it_was(
    partner: Partner, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force("original")
    monkeypatch.setattr(services, "BATCH", 1)
    truly, calls = destroying.destroy_some, iter([True])

    def dies(run: DisposalRun, **told: Any) -> int:
        if not next(calls, False):
            raise LostLease("the worker is gone")
        return truly(run, **told)

    with everything():
        job = queue(kind=services.DISPOSE, subject_id=None, organisation_id=None)
    with monkeypatch.context() as killed:
        killed.setattr(destroying, "destroy_some", dies)
        run_job(job.pk)
    with everything():
        assert (DisposedItem.objects.count(), DisposalCertificate.objects.count()) == (1, 0)
        Job.objects.filter(pk=job.pk).update(state="queued", lease_until=None)
    run_jobs()
    with everything():
        assert DisposalRun.objects.count() == 1
        assert DisposalCertificate.objects.get().content["items"] == 2


def test_certificates_and_items_are_never_changed_and_a_change_is_found(
    partner: Partner, run_jobs: Callable[[], int]
) -> None:
    in_force("original")
    night(run_jobs)
    with everything(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE disposed_item SET size = 0")
    with everything():
        run = DisposalRun.objects.get()
        DisposedItem.objects.create(run=run, table="submission", subject_id=1, part="original")
        assert certificates.wrong() == [1]


def test_a_hold_stands_in_the_way_of_erasing_in_job_service_and_database(run_jobs: Callable[[], int]) -> None:
    world = World(run_jobs)
    with everything():
        # Only a row that was refused names the person there: it is found when the files are looked through.
        held = holds.place(actor=world.officer, organisation=world.third.organisation, reason="诉讼")
    request = world.erased()
    assert (request.state, request.erased_at, request.approved_at) == ("handling", None, None)
    with everything():
        assert not SealedFile.objects.exclude(disposed_at=None).exists()
        holds.lift(actor=world.officer, hold=held, reason="结案")
        requests.withdraw(actor=world.officer, request=request, reason="来电撤回")
        holds.place(actor=world.officer, organisation=world.second.organisation, reason="诉讼")
    with pytest.raises(Problem) as refused:
        world.erased()
    assert refused.value.code == "legal_hold"
    for statement in (
        "INSERT INTO erased_person (person_id, request_id) SELECT %s, id FROM privacy_request LIMIT 1",
        "SELECT erase_said(ARRAY[%s]::bigint[], '{}', '{}', '{}', '{}')",
    ):
        with everything(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [world.person_id])


@given(st.datetimes(min_value=dt.datetime(2101, 1, 1), max_value=dt.datetime(2199, 1, 1)), st.integers(1, 1200))
def test_months_before_is_the_latest_moment_that_many_months_earlier(moment: dt.datetime, months: int) -> None:
    before = months_before(moment, months)
    assert (moment.year - before.year) * 12 + moment.month - before.month == months
    assert before.day <= moment.day
    assert before.day == moment.day or (before + dt.timedelta(days=1)).month != before.month

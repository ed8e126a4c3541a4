"""Jobs in this process: claims, leases, fences, ends."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from backend import locks
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.models import AuditEntry
from backend.jobs import lease, services
from backend.jobs.models import Job
from backend.jobs.registry import handles
from backend.jobs.run import Renewer, Run
from backend.jobs.selectors import jobs
from backend.outbox.models import Effect
from backend.outbox.registry import _subscribers
from tests.backend.jobs import handlers
from tests.conftest import Clock
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory


def queued(kind: str, *, actor: User | None = None, **params: Any) -> Job:
    with scope.everything():
        return services.queue(kind=kind, subject_id=7, organisation_id=None, actor=actor, params=params)


def now(job: Job) -> Job:
    with scope.everything():
        return Job.objects.get(pk=job.pk)


def traces(action: str = handlers.EFFECT) -> list[AuditEntry]:
    with scope.everything():
        return list(AuditEntry.objects.filter(action=action).order_by("id"))


def test_a_job_is_done_with_its_result_and_its_actors_name(db: None) -> None:
    officer = OfficerFactory()
    job = queued("test.quick", actor=officer, wanted=True)
    assert (job.state, job.fence, job.created_by_id) == ("queued", 0, officer.pk)
    assert services.run(job.pk)
    done = now(job)
    assert (done.state, done.result, done.error) == ("done", {"subject": 7, "wanted": True}, "")
    assert done.finished_at is not None
    assert done.lease_until is None
    assert [entry.actor_id for entry in traces()] == [officer.pk]


def test_a_job_needs_a_transaction(fresh_database: str) -> None:
    with pytest.raises(scope.NoTransaction):
        services.queue(kind="test.quick", subject_id=1, organisation_id=None)


def test_a_partner_queues_for_their_own_organisation_and_watches_it_alone(db: None) -> None:
    partner, other = PartnerFactory(), PartnerFactory()
    scope.enter(partner)
    job = services.queue(kind="test.quick", subject_id=1, organisation_id=partner.organisation_id, actor=partner)
    assert list(jobs(partner)) == [job]
    with scope.everything():
        assert job in jobs(OfficerFactory())
        assert job not in jobs(other)
        assert not jobs(None).exists()


def test_a_job_that_is_done_is_not_done_again(db: None) -> None:
    job = queued("test.quick")
    assert [services.run(job.pk) for _ in range(3)] == [True, False, False]
    assert len(traces()) == 1


def test_a_job_that_stands_behind_others_lets_them_go_first(db: None, run_jobs: Callable[[], int]) -> None:
    patient, first = queued("test.behind"), queued("test.quick")
    assert not services.run(patient.pk)
    assert (now(patient).state, now(patient).fence) == ("queued", 0), "giving way is no try"
    assert now(patient).rung_at is None, "rung for at the next look"
    assert services.run(first.pk)
    assert services.run(patient.pk)
    assert now(patient).state == "done"


def test_one_at_a_time_works_behind_the_rest(fresh_database: str) -> None:
    patient, held, done = queued("test.behind"), threading.Event(), threading.Event()

    def work() -> None:
        with locks.alone(services.BEHIND) as mine:
            assert mine
            held.set()
            done.wait(30)
        connections.close_all()

    other = threading.Thread(target=work)
    other.start()
    held.wait(30)
    assert not services.run(patient.pk)
    assert (now(patient).state, now(patient).fence, now(patient).rung_at) == ("queued", 0, None)
    done.set()
    other.join()
    assert services.run(patient.pk)


def test_a_job_gives_way_for_a_while_and_not_for_good(db: None, clock: Clock) -> None:
    patient = queued("test.behind")
    clock.shift(seconds=lease.GIVES_WAY_SECONDS + 1)
    queued("test.quick")
    assert services.run(patient.pk)


def test_a_job_that_nobody_queued_is_passed_over(db: None) -> None:
    assert not services.run(-1)


def test_a_job_without_a_handler_fails(db: None) -> None:
    job = queued("test.unknown")
    assert services.run(job.pk)
    assert now(job).state == "failed"
    assert "test.unknown" in now(job).error


def test_two_handlers_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match=r"test\.quick"):
        handles("test.quick")(lambda run: None)


def test_a_handler_that_fails_fails_the_job_and_states_it(db: None, caplog: pytest.LogCaptureFixture) -> None:
    told: list[int] = []
    _subscribers.setdefault(services.FAILED, {})["test"] = told.append
    try:
        job = queued("test.wrong")
        assert services.run(job.pk)
        effect = Effect.objects.get(topic=services.FAILED, subscriber="test")
    finally:
        del _subscribers[services.FAILED]["test"]
    assert effect.subject_id == job.pk
    assert (now(job).state, now(job).error) == ("failed", "ValueError: cannot take 520************")
    assert "198811039164" not in caplog.text


@pytest.mark.parametrize(("times", "state"), [(1, "done"), (2, "done"), (3, "failed")])
def test_what_passes_is_tried_again_three_times_in_all(
    db: None, run_jobs: Callable[[], int], times: int, state: str
) -> None:
    job = queued("test.passing", times=times)
    assert not services.run(job.pk)
    assert (now(job).state, now(job).error) == ("queued", "OperationalError: deadlock detected")
    assert now(job).rung_at is None, "rung for at the next look"
    run_jobs()
    assert now(job).state == state
    assert len(traces(handlers.BEGUN)) == min(times + 1, 3)


def test_a_job_that_waits_lies_for_longer_each_time_and_is_then_given_up(db: None, clock: Clock) -> None:
    job = queued("test.waiting")
    services.run(job.pk)
    tried = [0]
    for second in range(5, 300, 5):
        clock.shift(seconds=second)
        if services.reconcile():
            services.run(job.pk)
            tried.append(second)
    assert (now(job).state, now(job).error) == ("failed", "Waiting: nobody answers")
    assert len(traces(handlers.BEGUN)) == len(tried) == 3
    assert tried[1] in (20, 25)
    assert tried[2] in range(80, 101)


def test_a_job_whose_worker_died_three_times_is_failed(db: None, clock: Clock) -> None:
    job = queued("test.quick")
    for death in range(1, 4):
        assert lease.claim(job.pk).fence == death  # type: ignore[union-attr]
        assert lease.claim(job.pk) is None, "the lease stands"
        clock.shift(minutes=death)
    assert services.reconcile() == 1
    assert services.run(job.pk)
    assert now(job).state == "failed"
    assert "its worker died each time" in now(job).error
    assert traces() == []


def test_a_cancelled_job_is_not_begun(db: None) -> None:
    job = queued("test.quick")
    with scope.everything():
        assert services.cancel(job=job)
        assert not services.cancel(job=job)
    assert not services.run(job.pk)
    assert now(job).state == "cancelled"
    assert traces() == []


def test_a_running_job_that_is_cancelled_makes_no_effect(fresh_database: str) -> None:
    job = queued("test.slow", seconds=30)

    def call_off() -> None:
        while now(job).state != "running":
            time.sleep(0.02)
        with scope.everything():
            services.cancel(job=job)
        connections.close_all()

    beside = threading.Thread(target=call_off)
    beside.start()
    began = time.monotonic()
    assert not services.run(job.pk)
    beside.join()
    assert time.monotonic() - began < 10
    assert now(job).state == "cancelled"
    assert traces() == []


def test_a_worker_that_lost_its_lease_makes_no_effect(db: None, clock: Clock) -> None:
    job = queued("test.quick")
    first = lease.claim(job.pk)
    clock.shift(minutes=1)
    second = lease.claim(job.pk)
    assert first is not None
    assert second is not None
    with pytest.raises(lease.LostLease), transaction.atomic():
        Run(first).hold()
    with pytest.raises(lease.LostLease), transaction.atomic():
        Run(first).finish()
    assert not lease.close(first, Job.State.DONE)
    lease.release(first, "late")
    assert Run(first).cancelled()
    assert not Run(second).cancelled()
    with transaction.atomic():
        Run(second).finish({"by": "second"})
    assert (now(job).state, now(job).result) == ("done", {"by": "second"})


def test_holding_needs_a_transaction(fresh_database: str) -> None:
    job = lease.claim(queued("test.quick").pk)
    assert job is not None
    with pytest.raises(scope.NoTransaction):
        Run(job).hold()


def test_an_effect_and_its_jobs_end_stand_or_fall_together(db: None) -> None:
    job = lease.claim(queued("test.quick").pk)
    assert job is not None
    run = Run(job)
    with transaction.atomic():
        run.finish()
        transaction.set_rollback(True)
    assert now(job).state == "running"


def test_while_a_job_is_held_nobody_takes_it_though_its_lease_has_run_out(fresh_database: str, clock: Clock) -> None:
    """A long commit: the row is locked, so neither renewing nor claiming gets at it, and nobody waits."""
    job = lease.claim(queued("test.quick").pk)
    assert job is not None
    taken: list[object] = []

    def claim_beside() -> None:
        taken.append(lease.claim(job.pk))
        lease.renew(job, 1, 2)
        taken.append(services.reconcile())
        connections.close_all()

    with transaction.atomic():
        Run(job).hold()
        clock.shift(minutes=10)
        beside = threading.Thread(target=claim_beside)
        beside.start()
        beside.join(5)
        assert not beside.is_alive()
        assert taken == [None, 0]
        Run(job).finish()
    assert now(job).state == "done"


def test_the_lease_is_renewed_and_progress_is_seen_while_the_handlers_transaction_is_open(
    fresh_database: str, settings: Any
) -> None:
    settings.JOB_LEASE_SECONDS = 0.9
    job = lease.claim(queued("test.quick").pk)
    assert job is not None
    first = now(job).lease_until
    seen: list[Job] = []
    claimed: list[Job | None] = []

    def look() -> None:
        time.sleep(1.5)
        seen.append(now(job))
        claimed.append(lease.claim(job.pk))
        connections.close_all()

    with Renewer(Run(job)) as run, transaction.atomic():
        run.progress(3, 10)
        beside = threading.Thread(target=look)
        beside.start()
        beside.join()
    (watched,) = seen
    assert (watched.done, watched.total) == (3, 10)
    assert watched.lease_until is not None
    assert first is not None
    assert watched.lease_until > first
    assert claimed == [None]
    assert now(job).lease_until is not None
    assert threading.active_count() < 10


def test_progress_is_written_now_and_then_and_not_each_time(fresh_database: str) -> None:
    job = lease.claim(queued("test.quick").pk)
    assert job is not None
    began = time.monotonic()
    with Renewer(Run(job)) as run:
        for done in range(100_000):
            run.progress(done, 100_000)
    assert time.monotonic() - began < 3


def test_a_thing_run_twice_at_once_is_done_once(fresh_database: str) -> None:
    job = queued("test.slow", seconds=0.5)
    together = threading.Barrier(6)
    ended: list[bool] = []

    def run() -> None:
        together.wait()
        ended.append(services.run(job.pk))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ended) == [False] * 5 + [True]
    assert len(traces()) == 1
    assert (now(job).state, now(job).done, now(job).result) == ("done", 5, {"steps": 5})


def test_a_worker_that_froze_and_woke_is_too_late(fresh_database: str, settings: Any, monkeypatch: Any) -> None:
    """Its renewer froze with it; meanwhile somebody else did the job."""
    settings.JOB_LEASE_SECONDS = 0.3
    monkeypatch.setattr(lease, "renew", lambda *_: None)
    job = queued("test.frozen", seconds=1.5)
    ended: dict[str, bool] = {}

    def first() -> None:
        ended["first"] = services.run(job.pk)
        connections.close_all()

    frozen = threading.Thread(target=first)
    frozen.start()
    time.sleep(0.8)
    ended["second"] = services.run(job.pk)
    frozen.join(10)
    assert ended == {"first": False, "second": True}
    assert [entry.detail["fence"] for entry in traces()] == [2]
    assert len(traces(handlers.BEGUN)) == 2


def test_the_reconciler_finds_what_was_lost_and_nothing_else(db: None, clock: Clock) -> None:
    lost, running, ended = queued("test.quick"), queued("test.quick"), queued("test.quick")
    services.run(ended.pk)
    assert lease.claim(running.pk)
    assert services.reconcile() == 0
    clock.shift(seconds=6)
    assert services.reconcile() == 1, "the queued one"
    clock.shift(seconds=12)
    services.reconcile()
    clock.shift(seconds=32)
    before = now(running).rung_at
    services.reconcile()
    assert now(running).rung_at != before, "its lease has run out"
    again = now(running).rung_at
    services.reconcile()
    assert now(running).rung_at == again, "rung for a moment ago"
    assert now(lost).state == "queued"


def test_a_queued_job_is_rung_for_ever_more_slowly(db: None, clock: Clock) -> None:
    queued("test.quick")
    rung = []
    for second in range(0, 600, 5):
        clock.shift(seconds=second)
        if services.reconcile():
            rung.append(second)
    assert rung[0] <= 10
    assert rung[-1] - rung[-2] in range(55, 70)
    assert len(rung) < 15


def test_run_jobs_does_jobs_and_what_they_state(db: None, run_jobs: Callable[[], int]) -> None:
    job = queued("test.slow", seconds=0)
    run_jobs()
    assert now(job).state == "done"
    assert [entry.subject_id for entry in traces(handlers.TOPIC)] == [str(job.pk)]


def test_an_organisations_jobs_are_its_own(db: None) -> None:
    ours, theirs = OrganisationFactory(), OrganisationFactory()
    with scope.everything():
        job = services.queue(kind="test.quick", subject_id=1, organisation_id=ours.pk)
    with scope.within(theirs.pk):
        assert not Job.objects.filter(pk=job.pk).exists()
    assert services.run(job.pk), "whoever asks: a worker sees every job"

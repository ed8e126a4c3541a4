"""Decisions that meet: real transactions, real threads."""

from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.jobs import services as jobs
from backend.jobs.models import Job
from programs.records.models import Amendment, Decision, Record
from programs.review import handlers, services
from programs.review.deciding import Order
from talent.people.models import PersonChange
from tests.factories import (
    AmendmentFactory,
    CohortFactory,
    OfficerFactory,
    PartnerFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.support.http import Caller
from tests.support.together import together

REASON = {"reason": "The certificate does not match."}

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_of_two_officers_with_opposite_decisions_one_wins() -> None:
    officers = [Caller(OfficerFactory()) for _ in range(2)]
    cohort = CohortFactory()
    submission = SubmissionFactory(organisation=cohort.organisation)
    for _ in range(15):
        record = RecordFactory(cohort=cohort, organisation=cohort.organisation, submission=submission)
        verified, rejected = together(
            lambda: officers[0].post(f"records/{record.pk}/verify/"),  # noqa: B023 - called before the next turn
            lambda: officers[1].post(f"records/{record.pk}/reject/", REASON, format="json"),  # noqa: B023
        )
        assert sorted((verified.status_code, rejected.status_code)) == [200, 409]
        winner = "verified" if verified.status_code == 200 else "rejected"
        loser = rejected if winner == "verified" else verified
        assert loser.json()["state"] == winner
        with everything():
            record.refresh_from_db()
            assert record.state == winner
            assert Decision.objects.filter(record=record).count() == 1
            assert PersonChange.objects.filter(person_id=record.person_id).count() == (winner == "verified")


def test_of_a_partner_who_withdraws_and_an_officer_who_verifies_one_wins() -> None:
    officer = Caller(OfficerFactory())
    cohort = CohortFactory()
    clerk = Caller(PartnerFactory(organisation=cohort.organisation))
    for turn in range(12):
        submission = SubmissionFactory(organisation=cohort.organisation, status="accepted")
        record = RecordFactory(cohort=cohort, organisation=cohort.organisation, submission=submission)
        what = f"records/{record.pk}" if turn % 2 else f"submissions/{submission.pk}"
        verified, withdrawn = together(
            lambda: officer.post(f"records/{record.pk}/verify/"),  # noqa: B023 - called before the next turn
            lambda: clerk.post(f"{what}/withdraw/", REASON, format="json"),  # noqa: B023
        )
        assert sorted((verified.status_code, withdrawn.status_code)) == [200, 409]
        with everything():
            record.refresh_from_db()
            submission.refresh_from_db()
            assert record.state == ("verified" if verified.status_code == 200 else "withdrawn")
            assert (submission.withdrawn_at is not None) == (withdrawn.status_code == 200 and turn % 2 == 0)


def test_of_two_officers_who_agree_both_are_answered_and_one_decides() -> None:
    officers = [Caller(OfficerFactory()) for _ in range(4)]
    record = AmendmentFactory(district="520103").record
    answers = together(*(lambda officer=officer: officer.post(f"records/{record.pk}/verify/") for officer in officers))
    assert [answer.status_code for answer in answers] == [200] * 4
    with everything():
        record.refresh_from_db()
        assert (record.state, record.district, record.pending) == ("verified", "520103", False)
        assert Decision.objects.filter(record=record).count() == 1


def test_two_long_lists_in_opposite_order_do_not_lock_each_other_out() -> None:
    officers = [Caller(OfficerFactory()) for _ in range(2)]
    cohort = CohortFactory()
    submission = SubmissionFactory(organisation=cohort.organisation)
    records = RecordFactory.create_batch(60, cohort=cohort, organisation=cohort.organisation, submission=submission)
    ids = [record.pk for record in records]
    bodies = [{"ids": ids, "decision": "verify"}, {"ids": ids[::-1], "decision": "reject", **REASON}]
    answers = together(
        *(
            lambda officer=officer, body=body: officer.post("records/decide/", body, format="json")
            for officer, body in zip(officers, bodies, strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    found = sorted((answer.json()["decided"], answer.json()["skipped_count"]) for answer in answers)
    assert found == [(0, 60), (60, 0)]
    with everything():
        assert Record.objects.values("state").distinct().count() == 1


def test_a_revocation_that_meets_the_review_of_an_amendment() -> None:
    officers = [Caller(OfficerFactory()) for _ in range(2)]
    for _ in range(8):
        amendment = AmendmentFactory(district="520103")
        id = amendment.record_id
        taken, revoked = together(
            lambda: officers[0].post(f"records/{id}/verify/"),  # noqa: B023 - called before the next turn
            lambda: officers[1].post(f"records/{id}/revoke/", REASON, format="json"),  # noqa: B023
        )
        assert revoked.status_code == 200
        with everything():
            record, amendment = Record.objects.get(pk=id), Amendment.objects.get(pk=amendment.pk)
        assert (record.state, record.pending) == ("revoked", False)
        if taken.status_code == 200:
            assert (amendment.state, record.district) == ("taken", "520103")
        else:
            assert (taken.status_code, amendment.state, record.district) == (409, "superseded", "520102")


def test_a_job_goes_on_where_its_worker_died(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 4)
    monkeypatch.setattr(handlers, "CHUNK", 2)
    cohort = CohortFactory()
    submission = SubmissionFactory(organisation=cohort.organisation)
    records = RecordFactory.create_batch(5, cohort=cohort, organisation=cohort.organisation, submission=submission)
    ids = [record.pk for record in records]
    officer = Caller(OfficerFactory())
    queued = officer.post("records/decide/", {"ids": ids, "decision": "verify"}, format="json")
    assert queued.status_code == 202

    going = services.decide_some
    calls: list[list[int]] = []

    def dying(order: Order, chunk: list[int], *rest: Any) -> None:
        calls.append(chunk)
        going(order, chunk, *rest)
        if len(calls) == 2:
            raise MemoryError

    monkeypatch.setattr(handlers, "decide_some", dying)
    jobs.run(queued.json()["id"])
    assert verified(ids) == ids[:2]
    jobs.run(queued.json()["id"])
    assert verified(ids) == ids
    assert calls == [ids[:2], ids[2:4], ids[2:4], ids[4:]]
    with everything():
        job = Job.objects.get(pk=queued.json()["id"])
        assert (job.state, job.done, job.total) == ("done", 5, 5)
        assert (job.result["decided"], job.result["skipped"], job.result["first_verified"]) == (5, [], 0)
        assert PersonChange.objects.count() == 5


def verified(ids: list[int]) -> list[int]:
    with everything():
        found = Record.objects.filter(pk__in=ids, state="verified").order_by("pk")
        return list(found.values_list("pk", flat=True))

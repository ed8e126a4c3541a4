"""An officer decides on many records at once."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.jobs import services as jobs
from backend.jobs.models import Job
from programs.records.models import Record
from programs.review import handlers, services
from programs.submissions.models import Submission
from talent.people.models import PersonChange
from tests.factories import (
    AmendmentFactory,
    CohortFactory,
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.support.http import Caller, code_of

DECIDE = "records/decide/"


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


@pytest.fixture
def submission(db: None) -> Submission:
    return SubmissionFactory()


@pytest.fixture
def records(submission: Submission) -> list[Record]:
    cohort = CohortFactory(organisation=submission.organisation)
    return RecordFactory.create_batch(5, submission=submission, organisation=submission.organisation, cohort=cohort)


def states(rows: list[Record]) -> list[str]:
    with everything():
        found = dict(Record.objects.in_bulk([row.pk for row in rows]))
    return [found[row.pk].state for row in rows]


def decide(caller: Caller, **body: Any) -> Any:
    return caller.post(DECIDE, body, format="json")


def test_a_submission_is_verified_in_one_go(officer: Caller, submission: Submission, records: list[Record]) -> None:
    other = RecordFactory()
    answer = decide(officer, filter={"submission": submission.pk}, decision="verify")
    body = answer.json()
    run = body.pop("run")
    told = {"decided": 5, "standing": 0, "first_verified": 0, "skipped": [], "skipped_count": 0}
    assert (answer.status_code, body) == (200, told)
    assert officer.get(f"decision-runs/{run}/").json()["decided"] == 5
    assert states([*records, other]) == ["verified"] * 5 + ["submitted"]
    with everything():
        marked = PersonChange.objects.order_by("person_id").values_list("person_id", "reason")
        assert list(marked) == sorted((record.person_id, "verified") for record in records)
        [entry] = AuditEntry.objects.filter(action="record.verify")
    assert entry.detail["decided"] == 5
    assert entry.detail["filter"] == {"submission": submission.pk}
    assert entry.detail["ids_sha256"] == services.digest_of_ids([record.pk for record in records])


def test_what_somebody_else_decided_is_skipped_and_listed(
    officer: Caller, submission: Submission, records: list[Record]
) -> None:
    Caller(OfficerFactory()).post(f"records/{records[1].pk}/reject/", {"reason": "twice"}, format="json")
    Caller(OfficerFactory()).post(f"records/{records[3].pk}/verify/")
    body = decide(officer, filter={"submission": submission.pk}, decision="verify").json()
    assert body.pop("run")
    assert body == {
        "decided": 3,
        "standing": 1,
        "first_verified": 0,
        "skipped": [{"id": records[1].pk, "state": "rejected"}],
        "skipped_count": 1,
    }


def test_the_list_of_the_skipped_is_capped(
    officer: Caller, submission: Submission, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "LISTED", 2)
    body = decide(officer, filter={"submission": submission.pk}, decision="revoke", reason="fraud").json()
    assert (body["decided"], len(body["skipped"]), body["skipped_count"]) == (0, 2, 5)


def test_by_submission_the_pending_amendments_from_it_are_decided(officer: Caller, submission: Submission) -> None:
    mine = AmendmentFactory(
        record__organisation=submission.organisation, submission=submission, district="520103"
    ).record
    theirs = AmendmentFactory(
        record=RecordFactory(organisation=submission.organisation, submission=submission, state="verified")
    )
    body = decide(officer, filter={"submission": submission.pk}, decision="verify").json()
    assert (body["decided"], body["standing"]) == (1, 1)
    with everything():
        mine.refresh_from_db()
        theirs.refresh_from_db()
    assert (mine.district, mine.pending) == ("520103", False)
    assert theirs.state == "pending"


def test_by_submission_revoking_leaves_values_from_others_alone(officer: Caller, submission: Submission) -> None:
    amended = AmendmentFactory(record__organisation=submission.organisation, submission=submission).record
    body = decide(officer, filter={"submission": submission.pk}, decision="revoke", reason="fraud").json()
    assert body["skipped"] == [{"id": amended.pk, "state": "verified"}]
    assert states([amended]) == ["verified"]


def test_by_ids(officer: Caller, records: list[Record]) -> None:
    ids = [records[0].pk, records[2].pk, records[0].pk]
    body = decide(officer, ids=ids, decision="return", reason="Add the certificate.").json()
    assert body["decided"] == 2
    assert states(records) == ["returned", "submitted", "returned", "submitted", "submitted"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "verify"}, "filter"),
        ({"decision": "verify", "filter": {}}, "filter"),
        ({"decision": "verify", "filter": {"state": "submitted"}, "ids": [1]}, "filter"),
        ({"decision": "verify", "filter": {"submission": ""}}, "filter.submission"),
        ({"decision": "verify", "filter": {"organisation": None}}, "filter.organisation"),
        ({"decision": "verify", "filter": {"state": []}}, "filter.state"),
        ({"decision": "verify", "filter": {"submission": [1, 2]}}, "filter.submission"),
        ({"decision": "verify", "filter": {"state": "nonsense"}}, "state"),
        ({"decision": "verify", "filter": {"submission": "1.5"}}, "submission"),
        ({"decision": "verify", "filter": {"pending": "perhaps"}}, "pending"),
        ({"decision": "verify", "filter": [1]}, "filter"),
        ({"decision": "verify", "ids": []}, "ids"),
        ({"decision": "verify", "ids": [1]}, "ids"),
        ({"decision": "verify", "ids": [-1]}, "ids.0"),
        ({"decision": "bless", "ids": [1]}, "decision"),
        ({"ids": [1]}, "decision"),
        ({"decision": "reject", "filter": {"state": "submitted"}}, "reason"),
    ],
)
def test_never_on_everything_by_accident(
    officer: Caller, records: list[Record], body: dict[str, Any], field: str
) -> None:
    answer = decide(officer, **body)
    assert (answer.status_code, code_of(answer)) == (400, "invalid"), answer.content
    assert [error["field"].removesuffix(".0") for error in answer.json()["errors"]] == [field.removesuffix(".0")]
    assert set(states(records)) == {"submitted"}


def test_an_unknown_filter_is_refused(officer: Caller, records: list[Record]) -> None:
    answer = decide(officer, filter={"submision": 1}, decision="verify")
    assert (answer.status_code, code_of(answer)) == (400, "unknown_parameter")
    assert set(states(records)) == {"submitted"}


@pytest.mark.parametrize("factory", [PartnerFactory, ManagerFactory])
def test_only_officers_decide(db: None, records: list[Record], factory: type[OfficerFactory]) -> None:
    user = factory(organisation=records[0].organisation)
    answer = decide(Caller(user), ids=[records[0].pk], decision="verify")
    assert answer.status_code == 403
    assert set(states(records)) == {"submitted"}


class TestAsAJob:
    """More than a request should wait for becomes a job."""

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "AT_ONCE", 4)
        monkeypatch.setattr(handlers, "CHUNK", 2)

    def queued(self, officer: Caller, submission: Submission) -> Job:
        answer = decide(officer, filter={"submission": submission.pk}, decision="verify")
        assert answer.status_code == 202, answer.content
        with everything():
            return Job.objects.get(pk=answer.json()["id"])

    def result(self, job: Job) -> dict[str, Any]:
        with everything():
            job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
        return job.result

    def test_it_is_done_later_and_says_what_came_of_it(
        self, officer: Caller, submission: Submission, records: list[Record]
    ) -> None:
        job = self.queued(officer, submission)
        assert set(states(records)) == {"submitted"}
        Caller(OfficerFactory()).post(f"records/{records[4].pk}/reject/", {"reason": "twice"}, format="json")
        jobs.run(job.pk)
        result = self.result(job)
        assert officer.get(f"decision-runs/{result.pop('run')}/").json()["job"] == job.pk
        assert result == {
            "decided": 4,
            "standing": 0,
            "first_verified": 0,
            "skipped": [{"id": records[4].pk, "state": "rejected"}],
            "skipped_count": 1,
        }
        assert states(records) == ["verified"] * 4 + ["rejected"]
        with everything():
            entries = list(AuditEntry.objects.filter(action="record.verify").order_by("pk"))
        assert sum(entry.detail["decided"] for entry in entries) == 4
        assert {entry.actor for entry in entries} == {"officer-li"}
        assert {entry.detail["job"] for entry in entries} == {job.pk}

    def test_what_was_reported_after_the_order_is_left_alone(
        self, officer: Caller, submission: Submission, records: list[Record]
    ) -> None:
        job = self.queued(officer, submission)
        later = SubmissionFactory(
            organisation=submission.organisation, committed_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
        )
        with everything():
            Record.objects.filter(pk=records[0].pk).update(submission=later)
        new = RecordFactory(submission=submission, organisation=submission.organisation, cohort=records[0].cohort)
        jobs.run(job.pk)
        result = self.result(job)
        assert (result["decided"], result["skipped"]) == (4, [{"id": records[0].pk, "state": "submitted"}])
        assert states([new]) == ["submitted"]

    def test_it_is_the_bureaus_alone(self, officer: Caller, submission: Submission, records: list[Record]) -> None:
        job = self.queued(officer, submission)
        partner = PartnerFactory(organisation=submission.organisation)
        assert Caller(partner).get(f"jobs/{job.pk}/").status_code == 404


def test_a_decision_asks_the_database_no_more_often_for_more_records(
    officer: Caller, django_assert_max_num_queries: Any
) -> None:
    organisation = OrganisationFactory()
    cohort = CohortFactory(organisation=organisation)
    submission = SubmissionFactory(organisation=organisation)
    rows = RecordFactory.create_batch(40, submission=submission, organisation=organisation, cohort=cohort)
    with django_assert_max_num_queries(28):
        assert decide(officer, ids=[row.pk for row in rows], decision="verify").json()["decided"] == 40

"""The list of records: what it shows, to whom, and what it may be narrowed by."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.scope import everything
from programs.records.models import Record
from tests.factories import (
    AdminFactory,
    AmendmentFactory,
    CohortFactory,
    IntroductionFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PeriodFactory,
    PersonFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.support.http import Caller, code_of


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory())


def ids(caller: Caller, **filters: Any) -> list[int]:
    answer = caller.get("records/", filters)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_what_a_record_shows(officer: Caller) -> None:
    person = PersonFactory(name="欧阳娜娜")
    record = RecordFactory(person=person, high_end=True, partner_ref="2019-007")
    [row] = officer.get("records/").json()["results"]
    number = person.number
    assert row == {
        "id": record.pk,
        "partner_ref": "2019-007",
        "person": person.pk,
        "name": "欧阳娜娜",
        "id_number": number[:3] + "*" * 13 + number[-2:],
        "organisation": record.organisation.code,
        "programme": record.programme.code,
        "cohort": record.cohort.code,
        "path": "trained",
        "outcome": "completed",
        "started_on": "2019-01-07",
        "completed_on": "2019-03-29",
        "tier": "high_end",
        "basis": "education",
        "education": "14",
        "title": "",
        "district": "520102",
        "segment": "core",
        "state": "submitted",
        "pending": False,
        "reason": "",
        "submission": record.submission_id,
        "row": record.row,
        "reported_at": row["reported_at"],
        "decided_at": None,
    }
    assert dt.datetime.fromisoformat(row["reported_at"]).tzinfo is not None


@pytest.mark.parametrize(
    ("factory", "shown"),
    [(PartnerFactory, "欧阳娜娜"), (OfficerFactory, "欧阳娜娜"), (ManagerFactory, "欧***"), (AdminFactory, "欧***")],
)
def test_who_reads_names(db: None, factory: type[OfficerFactory], shown: str) -> None:
    record = RecordFactory(person__name="欧阳娜娜")
    caller = Caller(factory(organisation=record.organisation))
    assert [row["name"] for row in caller.get("records/").json()["results"]] == [shown]
    assert caller.get(f"records/{record.pk}/").json()["name"] == shown


def test_a_download_is_masked_like_the_list(db: None) -> None:
    record = RecordFactory(person__name="欧阳娜娜", partner_ref="=1+1")
    answer = Caller(ManagerFactory()).get("records/", {"format": "csv"})
    text = answer.getvalue().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["id"], row["name"], row["tier"], row["partner_ref"]) == (str(record.pk), "欧***", "other", "'=1+1")
    assert record.person.number not in text


def test_a_partner_sees_its_own_and_nothing_of_others(db: None) -> None:
    own, other = RecordFactory(), RecordFactory()
    caller = Caller(PartnerFactory(organisation=own.organisation))
    assert ids(caller) == [own.pk]
    assert ids(caller, organisation=other.organisation.code) == []
    assert ids(caller, submission=other.submission_id) == []
    assert ids(caller, person=other.person_id) == []
    for tail in ("", "verify/"):
        assert caller.get(f"records/{other.pk}/{tail}").status_code in (404, 405)
    assert caller.get(f"records/{other.pk}/").status_code == 404
    assert Caller().get("records/").status_code == 401


def test_the_same_person_under_two_partners_is_two_records(db: None) -> None:
    one = RecordFactory()
    two = RecordFactory(person=one.person)
    assert ids(Caller(OfficerFactory()), person=one.person_id) == [two.pk, one.pk]
    assert ids(Caller(PartnerFactory(organisation=two.organisation))) == [two.pk]


@pytest.fixture
def apart(db: None) -> tuple[Record, Record]:
    """Two records that differ in everything a filter looks at; the first is the one to be found."""
    period = PeriodFactory(code="2018-Q2", starts_on="2018-04-01", ends_on="2018-06-30", due_on="2018-07-13")
    submission = SubmissionFactory(period=period)
    wanted = RecordFactory(
        organisation=submission.organisation,
        submission=submission,
        cohort=None,
        programme=IntroductionFactory(),
        state=Record.State.VERIFIED,
        outcome="in_progress",
        partner_ref="A-1",
        district="520103",
        segment="derivative",
        education="11",
        title="082",
        basis="education",
        started_on="2018-04-02",
        completed_on="2018-06-01",
    )
    moment = dt.datetime(2018, 7, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with everything():
        Record.objects.filter(pk=wanted.pk).update(reported_at=moment, decided_at=moment)
    return wanted, RecordFactory()


@pytest.mark.parametrize(
    "filters",
    [
        {"period": "2018-Q2"},
        {"path": "introduced"},
        {"state": "verified"},
        {"outcome": "in_progress"},
        {"tier": "high_end"},
        {"partner_ref": "A-1"},
        {"district": "520103"},
        {"segment": "derivative"},
        {"education": "11"},
        {"title": "082"},
        {"started_from": "2018-04-01", "started_to": "2018-04-30"},
        {"completed_from": "2018-06-01", "completed_to": "2018-06-01"},
        {"reported_from": "2018-07-01", "reported_to": "2018-07-01"},
        {"decided_from": "2018-07-01", "decided_to": "2018-07-01"},
    ],
    ids=lambda filters: next(iter(filters)),
)
def test_a_filter_finds_one_of_two(officer: Caller, apart: tuple[Record, Record], filters: dict[str, str]) -> None:
    assert ids(officer, **filters) == [apart[0].pk]


def test_filters_by_code_and_id(officer: Caller, apart: tuple[Record, Record]) -> None:
    wanted, other = apart
    filters: list[tuple[str, Record, str | int]] = [
        ("organisation", wanted, wanted.organisation.code),
        ("programme", wanted, wanted.programme.code),
        ("cohort", other, other.cohort.code if other.cohort else ""),
        ("submission", wanted, wanted.submission_id),
        ("person", wanted, wanted.person_id),
        ("tier", other, "other"),
        ("pending", other, "false"),
    ]
    for name, record, value in filters:
        assert record.pk in ids(officer, **{name: value}), name
        if name != "pending":
            assert ids(officer, **{name: value}) == [record.pk], name


def test_several_states(officer: Caller, apart: tuple[Record, Record]) -> None:
    rejected = RecordFactory(state=Record.State.REJECTED)
    assert ids(officer, state=["verified", "rejected"]) == [rejected.pk, apart[0].pk]


def test_a_submission_finds_what_it_brought_and_what_it_amends(officer: Caller) -> None:
    submission = SubmissionFactory()
    brought = RecordFactory(submission=submission, organisation=submission.organisation)
    waiting = AmendmentFactory(record__organisation=submission.organisation, submission=submission).record
    AmendmentFactory(record__organisation=submission.organisation, submission=submission, state="rejected")
    assert ids(officer, submission=submission.pk) == sorted((brought.pk, waiting.pk), reverse=True)
    assert ids(officer, pending="true") == [waiting.pk]


@pytest.mark.parametrize(
    "filters",
    [{"no_such_filter": 1}, {"submission": "x"}, {"submission": "1.5"}, {"person": -1}, {"state": "done"},
     {"completed_from": "soon"}, {"tier": "highest"}, {"partner_ref": "a\x00b"}],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(officer: Caller, filters: dict[str, Any]) -> None:
    answer = officer.get("records/", filters)
    assert (answer.status_code, code_of(answer) in {"unknown_parameter", "invalid"}) == (400, True)


def test_pages_and_counts(officer: Caller) -> None:
    cohort = CohortFactory()
    submission = SubmissionFactory(organisation=cohort.organisation)
    rows = RecordFactory.create_batch(7, cohort=cohort, organisation=cohort.organisation, submission=submission)
    page = officer.get("records/", {"limit": "3", "count": "exact"}).json()
    assert page["count"] == 7
    found = [row["id"] for row in page["results"]]
    while page["next"]:
        page = officer.get(page["next"]).json()
        found += [row["id"] for row in page["results"]]
    assert found == [row.pk for row in reversed(rows)]


def test_a_longer_page_asks_the_database_no_more_often(officer: Caller) -> None:
    cohort = CohortFactory()
    submission = SubmissionFactory(organisation=cohort.organisation)
    RecordFactory.create_batch(30, cohort=cohort, organisation=cohort.organisation, submission=submission)
    asked = []
    # The first time it is noted that the token was used.
    officer.get("records/", {"limit": 1})
    for limit in (2, 30):
        with CaptureQueriesContext(connection) as queries:
            assert len(officer.get("records/", {"limit": limit}).json()["results"]) == limit
        asked.append(len(queries))
    assert asked[0] == asked[1]

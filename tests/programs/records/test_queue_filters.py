"""What an officer's queue is filtered and ordered by, beyond what stands on the record itself."""

import datetime as dt

import pytest

from backend.accounts.scope import everything
from programs.records.models import Record
from tests.factories import AmendmentFactory, FindingFactory, ManagerFactory, OfficerFactory
from tests.programs.desks.officer.world import reported
from tests.support.http import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Caller:
    return Caller(OfficerFactory())


def found(caller: Caller, **given: str) -> list[int]:
    return [row["id"] for row in caller.get("records/", given).json()["results"]]


def test_what_awaits_a_decision_on_itself_or_on_an_amendment(officer: Caller) -> None:
    submitted, verified, rejected = reported(3)
    with everything():
        Record.objects.filter(pk=verified.pk).update(state="verified")
        Record.objects.filter(pk=rejected.pk).update(state="rejected")
    amended = AmendmentFactory().record
    assert set(found(officer, waiting="true")) == {submitted.pk, amended.pk}
    assert set(found(officer, waiting="false")) == {verified.pk, rejected.pk}


def test_by_how_long_it_has_waited(officer: Caller) -> None:
    old, new = reported(2)
    amendment = AmendmentFactory()
    with everything():
        Record.objects.filter(pk=old.pk).update(reported_at="2019-03-01T23:30:00+08:00")
        type(amendment).objects.filter(pk=amendment.pk).update(reported_at="2019-03-02T00:30:00+08:00")
    assert found(officer, waiting_since="2019-03-01") == [old.pk]
    assert set(found(officer, waiting_since="2019-03-02")) == {old.pk, amendment.record_id}
    assert found(officer, waiting_since="2019-02-28") == []
    assert found(officer, sort="waiting", state="submitted") == [old.pk, new.pk]
    assert found(officer, sort="latest", state="submitted") == [new.pk, old.pk]
    assert officer.get("records/", {"sort": "random"}).status_code == 400


def test_pages_go_on_in_the_order_chosen(officer: Caller) -> None:
    records = reported(5)
    with everything():
        for place, record in enumerate(records):
            moment = dt.datetime(2019, 3, 5 - place, tzinfo=dt.UTC)
            Record.objects.filter(pk=record.pk).update(reported_at=moment)
    seen: list[int] = []
    address = "records/?sort=waiting&limit=2"
    while address:
        page = officer.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = (page["next"] or "").partition("/api/v1/")[2]
    assert seen == [record.pk for record in reversed(records)]


def test_by_a_check_that_warned_of_the_values_under_review(officer: Caller) -> None:
    warned, clean, refused = reported(3)
    for record, severity in ((warned, "warning"), (refused, "error")):
        FindingFactory(submission=record.submission, row=record.row, rule="W03", severity=severity)
    amendment = AmendmentFactory()
    FindingFactory(submission=amendment.submission, row=amendment.row, rule="W03", severity="warning")
    overtaken = AmendmentFactory(record__submission=clean.submission, record__organisation=clean.organisation)
    FindingFactory(submission=clean.submission, row=overtaken.record.row, rule="W03", severity="warning")
    assert set(found(officer, rule="W03")) == {warned.pk, amendment.record_id}
    assert found(officer, rule="w04") == []
    assert found(Caller(ManagerFactory()), rule="W03") == [], "who may not read findings learns nothing of them"


def test_the_same_filters_decide(officer: Caller) -> None:
    first, second = reported(2)
    Caller(OfficerFactory()).post("claims/", {"ids": [first.pk]}, format="json")
    body = {"filter": {"waiting": True, "claim": "nobody", "sort": "waiting"}, "decision": "verify"}
    assert officer.post("records/decide/", body, format="json").json()["decided"] == 1
    assert found(officer, state="verified") == [second.pk]

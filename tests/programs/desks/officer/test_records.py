"""The list of records, and one record's page."""

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from programs.records.models import Amendment
from programs.review import services
from tests.factories import (
    AmendmentFactory,
    FindingFactory,
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    RecordFactory,
)
from tests.programs.desks.officer.world import REASON, Reader, links, number_of, reported, saved, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory(username="officer-li"))


def test_an_officer_sees_everybodys_records_and_decides(officer: Reader) -> None:
    one, other = reported(1)[0], reported(1)[0]
    answer = officer.get("/records/")
    said = text(answer)
    for record in (one, other):
        assert record.person.name in said
        assert number_of(record.person) not in said
        assert f'formaction="/records/{record.pk}/verify/"' in answer.content.decode()


def test_a_partner_sees_its_own_and_decides_nothing() -> None:
    mine, other = reported(1)[0], reported(1)[0]
    answer = Reader(PartnerFactory(organisation=mine.organisation)).get("/records/")
    assert links(answer, r"^/records/\d+/") == [f"/records/{mine.pk}/"]
    assert other.person.name not in text(answer)
    page = answer.content.decode()
    assert "formaction" not in page
    assert 'name="ids"' not in page
    assert 'name="organisation"' not in page


def test_a_manager_reads_no_names() -> None:
    record = reported(1, person__name="欧阳建国")[0]
    manager = Reader(ManagerFactory())
    for path in ("/records/", f"/records/{record.pk}/"):
        said = manager.read(path)
        assert "欧阳建国" not in said
        assert "欧***" in said


def test_the_address_filters_and_a_word_that_is_unknown_is_refused(officer: Reader) -> None:
    waiting = reported(2)
    RecordFactory(state="verified")
    answer = officer.get(f"/records/?state=submitted&submission={waiting[0].submission_id}&tier=")
    shown = links(answer, r"^/records/\d+/")
    # One submission is shown as its file runs, and what is opened from it keeps the filter.
    keeping = f"?state=submitted&submission={waiting[0].submission_id}"
    assert shown == [f"/records/{one.pk}/{keeping}" for one in waiting]
    assert officer.get("/records/?submision=1").status_code == 400
    assert officer.get("/records/?state=nonsense").status_code == 400


def test_an_empty_list_says_what_to_do(officer: Reader) -> None:
    assert "Each row that a partner reports" in officer.read("/records/")
    assert "clear the filter" in officer.read("/records/?state=submitted")
    partner = Reader(PartnerFactory())
    assert "Upload a file" in partner.read("/records/")


def test_pages_follow_one_another(officer: Reader) -> None:
    records = reported(5)
    seen: list[str] = []
    path = "/records/?limit=2&state=submitted"
    while path:
        answer = officer.get(path)
        seen += links(answer, r"^/records/\d+/\?state=submitted$")
        onwards = [one for one in links(answer, "cursor=") if 'rel="next"' in answer.content.decode()]
        path = f"/records/{onwards[-1]}" if onwards else ""
    assert seen == [f"/records/{one.pk}/?state=submitted" for one in reversed(records)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_whole_list_downloads_with_masked_numbers(officer: Reader, form: str) -> None:
    records = reported(3)
    answer = officer.get(f"/records/?state=submitted&limit=1&format={form}")
    data = saved(answer)
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        assert sheet is not None
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    else:
        rows = [line.split(",") for line in data.decode("utf-8-sig").splitlines()]
    assert rows[0][:4] == ["Record", "Partner reference", "Name", "ID number"]
    assert [row[2] for row in rows[1:]] == [one.person.name for one in reversed(records)]
    for record in records:
        assert number_of(record.person) not in str(rows)


def test_more_rows_ask_no_more_of_the_database(officer: Reader) -> None:
    organisation = OrganisationFactory()

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert officer.get("/records/").status_code == 200
        return len(queries)

    reported(2, organisation=organisation)
    AmendmentFactory(record__organisation=organisation)
    officer.get("/records/")
    few = asked()
    reported(15, organisation=organisation)
    for _ in range(5):
        AmendmentFactory(record__organisation=organisation)
    assert asked() == few


def test_warnings_are_counted_on_the_row_and_told_on_the_page(officer: Reader) -> None:
    record = reported(1)[0]
    FindingFactory(submission=record.submission, row=record.row, rule="W04", severity="warning", column="id_number")
    FindingFactory(submission=record.submission, row=record.row + 1, rule="W04", severity="warning")
    assert "1 warning" in officer.read("/records/")
    assert "W04" in officer.read(f"/records/{record.pk}/")
    manager = Reader(ManagerFactory())
    assert "warning" not in manager.read("/records/")
    assert "W04" not in manager.read(f"/records/{record.pk}/")


def test_a_record_tells_what_was_reported(officer: Reader) -> None:
    record = RecordFactory(high_end=True, district="520103", contact={"mobile": "13912345678"})
    said = officer.read(f"/records/{record.pk}/")
    assert record.person.name in said
    assert number_of(record.person) not in said
    assert "13912345678" not in said
    for word in ("Yunyan District", "贵州大学", "2018-06-30", "Claimed", f"Record {record.pk}", "Reported"):
        assert word in said


def test_an_amendment_is_shown_as_old_and_new(officer: Reader) -> None:
    record = RecordFactory(state="verified", district="520102", contact={"mobile": "13912345678"})
    amendment = AmendmentFactory(
        record=record, district="520103", segment="core", contact={"mobile": "13912340078"}, row=7
    )
    said = officer.read(f"/records/{record.pk}/")
    assert "What would change" in said
    assert f"submission {amendment.submission_id}, row 7" in said
    assert "Nanming District Yunyan District" in said
    # Both masks look alike, so the page says that there is a difference.
    assert "The hidden part differs." in said
    assert "13912340078" not in said
    for button in ("verify", "return", "reject", "revoke"):
        assert f'formaction="/records/{record.pk}/{button}/"' in officer.get(f"/records/{record.pk}/").content.decode()


def test_decisions_are_told_to_partners_without_the_officers_name(as_officer: Any) -> None:
    record = reported(1)[0]
    services.decide_one(record_id=record.pk, decision="return", reason=REASON, actor=as_officer)
    partner = Reader(PartnerFactory(organisation=record.organisation)).read(f"/records/{record.pk}/")
    assert "The record was returned" in partner
    assert REASON in partner
    assert "Mend it here, or report it again in your next upload" in partner
    assert as_officer.username not in partner
    assert f"by {as_officer.username}" in Reader(OfficerFactory()).read(f"/records/{record.pk}/")


def test_another_organisations_record_is_not_there() -> None:
    record = reported(1)[0]
    assert Reader(PartnerFactory()).get(f"/records/{record.pk}/").status_code == 404


def test_the_next_of_the_queue_keeps_the_filter(officer: Reader) -> None:
    first, second, third = reported(3)
    keeping = f"?state=submitted&submission={first.submission_id}"

    def onwards(record: Any) -> list[str]:
        return links(officer.get(f"/records/{record.pk}/{keeping}"), r"^/records/\d+/\?")

    assert onwards(first) == [f"/records/{second.pk}/{keeping}"]
    assert onwards(third) == [f"/records/{first.pk}/{keeping}"]
    latest = links(officer.get(f"/records/{second.pk}/?state=submitted"), r"^/records/\d+/\?")
    assert latest == [f"/records/{first.pk}/?state=submitted"]
    assert links(officer.get(f"/records/{first.pk}/"), r"^/records/\d+/\?") == []


def test_an_amendment_that_was_returned_is_told(as_officer: Any) -> None:
    amendment = AmendmentFactory()
    services.decide_one(record_id=amendment.record_id, decision="return", reason=REASON, actor=as_officer)
    with scope.everything():
        assert Amendment.objects.get().state == "returned"
    said = Reader(OfficerFactory()).read(f"/records/{amendment.record_id}/")
    assert "Other values were reported" in said
    assert "The amendment was returned" in said

"""The template: drop-downs from a hidden sheet, columns as text, and a cohort's known people on request."""

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.intake.columns import COLUMNS
from tests.factories import CohortFactory, PartnerFactory
from tests.support.partner import API, Partner, client_of, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    return Partner(run_jobs)


def template(partner: Partner, **asked: str) -> bytes:
    answer = partner.api.get(f"{API}template.xlsx", asked)
    assert answer.status_code == 200, answer.content
    return answer.content


def upload(partner: Partner, data: bytes, language: str = "en") -> dict[str, Any]:
    file = io.BytesIO(data)
    file.name = "filled.xlsx"
    answer = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code}, format="multipart")
    assert answer.status_code == 202, answer.content
    partner.run_jobs()
    return partner.submission(answer.json()["id"])


def test_it_opens_with_lists_from_a_hidden_sheet_and_columns_of_text(partner: Partner) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(partner)))
    sheet, lists = book.worksheets[0], book["lists"]
    assert lists.sheet_state == "hidden"
    assert sheet.max_row == 1
    listed = {}
    for one in sheet.data_validations.dataValidation:
        source = one.formula1.removeprefix("=").removeprefix("lists!").replace("$", "")
        column = COLUMNS[int(range_boundaries(str(one.sqref))[0] or 0) - 1].code
        listed[column] = [cell.value for (cell,) in lists[source]]
    assert listed["programme"] == [partner.programme.code]
    assert listed["cohort"] == [partner.cohort.code]
    assert {"id_type", "gender", "path", "outcome", "education", "title", "district", "segment"} < set(listed)
    for place in range(1, len(COLUMNS) + 1):
        assert sheet.column_dimensions[get_column_letter(place)].width
    styles = {sheet.cell(row=1, column=place).number_format for place in range(1, len(COLUMNS) + 1)}
    assert styles == {"@"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_prefilled_and_sent_again_untouched_every_row_is_unchanged(partner: Partner, language: str) -> None:
    credential = {
        "education": "硕士研究生毕业",
        "school": "四川大学",
        "graduated_on": "2010年7月1日",
        "education_cert_no": "106101201002000001",
        "mobile": "13800000000",
        "gender": "男",
        "remarks": "第一期",
    }
    partner.report([partner.row(0, **credential), partner.row(1), partner.row(2), partner.row(3)])
    partner.decide("verify")
    partner.report([partner.row(1, district="花溪区")])
    ids = sorted(one["id"] for one in partner.records())
    partner.officer.post(f"{API}records/{ids[2]}/revoke/", {"reason": "有误"}, format="json")

    partner.api = client_of(partner.clerk, language)
    data = template(partner, cohort=partner.cohort.code)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    numbers = [sheet.cell(row=row, column=4) for row in range(2, sheet.max_row + 1)]
    assert [cell.value for cell in numbers] == [number(0), number(1), number(3)]
    assert {(cell.data_type, cell.number_format) for cell in numbers} == {("s", "@")}

    sent = upload(partner, data)
    assert partner.findings(sent["id"]) == []
    assert (sent["counts"]["rows"], sent["counts"]["unchanged"]) == (3, 3)
    with scope.everything():
        [entry] = AuditEntry.objects.filter(action="template.prefilled")
    assert entry.detail == {"cohort": partner.cohort.code, "rows": 3}


def test_a_cohorts_people_are_for_its_own_submitters_alone(partner: Partner, run_jobs) -> None:  # type: ignore[no-untyped-def]
    partner.report([partner.row(0)])
    path, asked = f"{API}template.xlsx", {"cohort": partner.cohort.code}
    assert partner.officer.get(path, asked).status_code == 403
    reader = client_of(PartnerFactory(organisation=partner.organisation, read_only=True))
    assert reader.get(path, asked).status_code == 403
    assert Partner(run_jobs).api.get(path, asked).status_code == 404
    empty = CohortFactory(programme=partner.programme, organisation=partner.organisation)
    assert openpyxl.load_workbook(io.BytesIO(template(partner, cohort=empty.code))).worksheets[0].max_row == 1

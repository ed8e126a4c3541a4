"""What the clerk does with our workbooks in an office program: open, type, save, upload again."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from programs.intake.columns import COLUMNS
from tests.programs.intake.readers.made import saved
from tests.support import calc
from tests.support.partner import API, Partner, Row, number

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(calc.program() is None, reason="no LibreOffice on this machine (apt install libreoffice-calc)"),
]

# A sheet as a clerk keeps it: a title, an order of their own, a column that nobody asked for, totals at the end.
ORDER = ("name", "id_number", "id_type", "outcome", "completed_on", "started_on", "cohort", "programme", "path")
TITLED = 3


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> calc.Calc:
    return calc.Calc(tmp_path_factory.mktemp("office"))


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


def as_kept(rows: list[Row]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "三月台账"
    sheet.append(["贵州大学大数据人才培养台账"])
    sheet.merge_cells("A1:J1")
    sheet.append([])
    headers = {column.code: column.zh for column in COLUMNS}
    sheet.append([*(headers[code] for code in ORDER), "辅导员"])
    for row in rows:
        sheet.append([*(row.get(code, "") for code in ORDER), "李老师"])
    sheet.append(["合计", len(rows)])
    return saved(book)


def upload(partner: Partner, data: bytes, name: str) -> dict[str, Any]:
    file = io.BytesIO(data)
    file.name = name
    answer = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code}, format="multipart")
    assert answer.status_code == 202, answer.content
    partner.run_jobs()
    return partner.submission(answer.json()["id"])


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_the_report_is_mended_there_and_comes_back_clean(office: calc.Calc, partner: Partner, suffix: str) -> None:
    good = partner.row(1)
    spoilt = partner.row(2, id_number=number(2)[:-1] + ("1" if number(2)[-1] != "1" else "2"))
    undated = partner.row(3, completed_on="二月底")
    unknown = partner.row(4, cohort="没有这个班")
    sent = upload(partner, as_kept([good, spoilt, undated, unknown]), "台账.xlsx")
    assert sent["counts"] | {"accepted_with_warnings": 0} == {
        "rows": 4,
        "accepted": 1,
        "accepted_with_warnings": 0,
        "unchanged": 0,
        "rejected": 3,
    }
    bad = {
        (row, ORDER.index(column) + 1)
        for row, _rule, column in partner.found(sent["id"])
        if row is not None and column is not None
    }
    report = partner.api.get(f"{API}submissions/{sent['id']}/report.xlsx").content
    keys = {
        (TITLED + 2, ORDER.index("id_number") + 1): number(2),
        (TITLED + 3, ORDER.index("completed_on") + 1): "2019-02-01",
        (TITLED + 4, ORDER.index("cohort") + 1): partner.cohort.code,
    }
    assert set(keys) == bad
    mended = office.work(report, keys, suffix)
    assert set(mended.notes) == bad, "Calc shows a note at every bad cell"

    halfway = office.work(report, dict(list(keys.items())[:1]))
    left = upload(partner, halfway.data, "台账 一半.xlsx")
    report = partner.api.get(f"{API}submissions/{left['id']}/report.xlsx").content
    assert set(office.work(report, {}).notes) == bad - {next(iter(keys))}, "what is mended bears no mark any more"

    again = upload(partner, mended.data, f"台账{suffix}")
    assert partner.found(again["id"]) == {(None, "W07", None)}
    assert again["counts"]["accepted"] == 4
    taken = partner.confirm(again["id"])
    assert (taken["status"], taken["counts"]["accepted"]) == ("accepted", 4)


def test_a_class_merged_over_its_people_is_marked_where_it_stands(office: calc.Calc, partner: Partner) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_kept([partner.row(n, cohort="没有这个班") for n in range(1, 4)])))
    place = ORDER.index("cohort") + 1
    book.worksheets[0].merge_cells(start_row=4, end_row=6, start_column=place, end_column=place)
    sent = upload(partner, saved(book), "台账.xlsx")
    assert {(4, "E08", "cohort"), (5, "E08", "cohort"), (6, "E08", "cohort")} < partner.found(sent["id"])
    report = partner.api.get(f"{API}submissions/{sent['id']}/report.xlsx").content
    mended = office.work(report, {(4, place): partner.cohort.code})
    assert mended.notes == ((4, place),)
    assert upload(partner, mended.data, "台账.xlsx")["counts"]["accepted"] == 3


def test_the_template_is_filled_there_and_numbers_survive(office: calc.Calc, partner: Partner) -> None:
    template = partner.api.get(f"{API}template.xlsx").content
    rows = [partner.row(1), partner.row(2, mobile="013885012345")]
    places = {column.code: place for place, column in enumerate(COLUMNS, 1)}
    keys = {
        (line, places[code]): str(value) for line, row in enumerate(rows, 2) for code, value in row.items() if value
    }
    filled = office.work(template, keys)
    sheet = openpyxl.load_workbook(io.BytesIO(filled.data)).worksheets[0]
    assert sheet.cell(2, places["id_number"]).value == number(1)
    assert sheet.cell(3, places["mobile"]).value == "013885012345"
    sent = upload(partner, filled.data, "填好.xlsx")
    assert (sent["counts"]["accepted"], partner.found(sent["id"])) == (2, set())

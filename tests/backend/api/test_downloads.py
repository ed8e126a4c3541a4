"""Whole lists as files: complete, inert, within the caller's scope, in bounded memory."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from backend.audit.models import AuditEntry
from backend.jobs.models import Job
from backend.lists import tables
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.http import Caller

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAYLOADS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "|calc",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "  =cmd|' /C calc'!A0",
    "\ufeff=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    '=HYPERLINK("http://example.com","x")',
]


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def lines(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(answer).decode("utf-8-sig"), newline="")))


def sheet(answer: Any) -> Worksheet:
    [only] = openpyxl.load_workbook(io.BytesIO(content(answer))).worksheets
    return only


def cells(answer: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet(answer).iter_rows()]


@pytest.fixture
def caller(db: None) -> Caller:
    return Caller(OfficerFactory())


def test_csv_holds_every_row_of_every_page_in_order(caller: Caller) -> None:
    OrganisationFactory.create_batch(120, kind="employer")
    OrganisationFactory(kind="university")
    answer = caller.get("organisations/?format=csv&kind=employer&limit=2")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="organisations-')
    rows = lines(answer)
    assert len(rows) == 120
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    page = caller.get("organisations/?kind=employer&limit=1").json()["results"][0]
    # What is a list in itself has no column.
    assert list(rows[0]) == [name for name in page if name not in ("names", "parents")]


def test_csv_begins_with_a_byte_order_mark_and_ends_its_lines_as_spreadsheets_want(caller: Caller) -> None:
    raw = content(caller.get("organisations/?format=csv"))
    assert raw.startswith(b"\xef\xbb\xbfcode,")
    assert raw.count(b"\n") == raw.count(b"\r\n") == 2


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(scope_all: None) -> None:
    caller = Caller(OfficerFactory())
    Job.objects.create(kind="520102199001011234", subject_id=7)
    answer = caller.get("jobs/?format=xlsx", headers={"accept": "application/json"})
    assert answer["Content-Type"] == XLSX
    header, row = cells(answer)
    values = dict(zip(header, row, strict=True))
    assert values["kind"] == "520102199001011234"
    assert values["subject_id"] == 7
    assert values["organisation"] is None
    assert values["progress"] == '{"done":0,"total":0}'


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_formulas_come_out_inert(kind: str, payload: str, caller: Caller) -> None:
    OrganisationFactory(code="EVIL", name_zh=payload, contacts=[{"name": payload}])
    answer = caller.get(f"organisations/?format={kind}&code=EVIL")
    if kind == "csv":
        [row] = lines(answer)
        assert row["name_zh"] == "'" + payload
    else:
        made = sheet(answer)
        cell = made.cell(2, 2)
        assert cell.data_type == "s"
        assert str(cell.value).replace("_x000D_", "\r") == "'" + payload
        assert all(one.data_type != "f" for line in made.iter_rows() for one in line)


@pytest.mark.parametrize("text", ["贵州大学", "A=1", "", "a@example.com", "1-2", " x"])
def test_other_text_is_left_alone(text: str) -> None:
    assert tables.inert(text) == text


def test_numbers_may_be_negative() -> None:
    assert tables.cell(-1) == -1
    assert tables.cell(["a", "b"]) == "a; b"
    assert tables.cell(["=a", "b"]) == "'=a; b"
    assert tables.cell([]) == ""


def test_a_partner_downloads_its_own_alone(db: None) -> None:
    partner = PartnerFactory()
    OrganisationFactory.create_batch(3)
    for kind in ("csv", "xlsx"):
        answer = Caller(partner).get(f"organisations/?format={kind}")
        rows = lines(answer) if kind == "csv" else cells(answer)[1:]
        assert len(rows) == 1


def test_accept_alone_asks_for_a_file_too(caller: Caller) -> None:
    assert caller.get("organisations/", headers={"accept": "text/csv"})["Content-Type"].startswith("text/csv")
    assert caller.get("organisations/", headers={"accept": XLSX})["Content-Type"] == XLSX


@pytest.mark.parametrize("address", ["organisations/?format=pdf", "organisations/BUREAU/?format=csv"])
def test_a_format_that_is_none(caller: Caller, address: str) -> None:
    answer = caller.get(address)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "format"


def test_an_empty_list_has_its_header(db: None) -> None:
    admin = Caller(AdminFactory())
    raw = content(admin.get("audit/?format=csv&actor=nobody")).decode("utf-8-sig")
    assert raw.strip().split(",")[:3] == ["id", "at", "action_id"]


def many(count: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, count, 1000):
        yield [{"id": start + n, "name": f"贵州大学 {start + n}", "text": "x" * 60} for n in range(1000)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_list(kind: str) -> None:
    columns = ["id", "name", "text"]
    tables.write(kind, columns, many(1000)).close()
    tracemalloc.start()
    with tables.spool(kind, columns, many(40_000)) as file:
        _now, peak = tracemalloc.get_traced_memory()
        size = file.seek(0, io.SEEK_END)
    tracemalloc.stop()
    assert size > 1_000_000 or kind == "xlsx"
    assert peak < 6_000_000


def test_a_list_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHEET_ROWS", 11)
    with tables.spool("xlsx", ["n"], [[{"n": n} for n in range(25)]]) as file:
        book = openpyxl.load_workbook(file)
    assert [sheet.max_row for sheet in book] == [11, 11, 6]
    assert [sheet.cell(1, 1).value for sheet in book] == ["n", "n", "n"]
    assert book.worksheets[2].cell(6, 1).value == 24


def test_a_download_of_more_than_a_batch(scope_all: None) -> None:
    Job.objects.bulk_create(Job(kind=f"k{n}") for n in range(4500))
    rows = lines(Caller(OfficerFactory()).get("jobs/?format=csv"))
    assert len({row["id"] for row in rows}) == 4500


def test_the_trail_of_the_real_list(scope_all: None) -> None:
    admin = AdminFactory()
    caller = Caller(admin)
    caller.post("organisations/", {"code": "NEW", "name_zh": "新", "kind": "employer"}, format="json")
    [row] = lines(caller.get("audit/?format=csv&action=organisation.create"))
    assert row["actor"] == admin.username
    assert row["detail"] == '{"code":"NEW","kind":"employer"}'
    assert AuditEntry.objects.filter(action="organisation.create").count() == 1

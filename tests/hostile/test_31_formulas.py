"""Hostile test 31: whatever stands in the database, no file that leaves the house carries it out.

Every route of the site is asked for a file, as it is and with ``?format=``; which routes there are, the URLconf says.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.db import ProgrammingError, models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from backend.accounts import scope
from backend.api.base import ListView
from backend.audit.services import enter_audit
from backend.lists.tables import BLANK, DANGEROUS
from backend.web.lists import ListPage
from tests.factories import CohortFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory
from tests.policy import table as api
from tests.policy import test_pages, test_table
from tests.policy.world import World
from tests.programs.intake.readers.made import saved, with_parts
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db

PAYLOADS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "|calc",
    "＝1+1",
    "＋1+1",
    "＠SUM(A1)",
    "  =cmd|' /C calc'!A0",
    "\ufeff=1+1",
    '=HYPERLINK("http://example.com","x")',
    '=DDE("cmd";"/C calc";"x")',
)
EVIL = PAYLOADS[-2]
FREE = ("partner_ref", "degree", "school", "employer", "occupation", "remarks")
KEPT = {
    "sha256",
    "kind",
    "topic",
    "subscriber",
    "action",
    "subject_type",
    "password",
    "content_type",
    "key",
    "fate",
    "template",
}
"""Columns that hold no text of anybody's, but what programs go by."""

NUMBER = re.compile(r"-?\d+(\.\d+)?")
READERS = ("officer", "partner", "manager", "admin")


def inert_text(text: str) -> bool:
    """Whether no spreadsheet takes a cell of a CSV for a formula."""
    rest = text.lstrip(BLANK)
    return not rest or rest[0] not in DANGEROUS or bool(NUMBER.fullmatch(text))


def assert_inert(body: bytes, where: str) -> list[str]:
    """The texts of all cells of a file, once none is a formula or leads out of it."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            for name in parts.namelist():
                assert not re.search(r"externalLink|vbaProject|connections|ctrlProp|activeX", name), (where, name)
                if name.startswith("xl/worksheets/"):
                    assert not re.search(rb"<(\w+:)?f[ >]", parts.read(name)), (where, name)
        book = openpyxl.load_workbook(io.BytesIO(body))
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "b", "d"}, where
        return [cell.value for cell in cells if isinstance(cell.value, str)]
    texts = [text for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) for text in row]
    for text in texts:
        assert inert_text(text), (where, text)
    return texts


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    """One of everything, and in all of it what a spreadsheet would carry out."""
    made = World(run_jobs)
    partner = made.partner
    partner.report([partner.row(100 + n, **dict.fromkeys(FREE, payload)) for n, payload in enumerate(PAYLOADS)])
    partner.report([partner.row(200 + n, name=payload, district=payload) for n, payload in enumerate(PAYLOADS)])
    spoil()
    for n, payload in enumerate(PAYLOADS):
        organisation = OrganisationFactory(code=f"EVIL-{n}", name_zh=payload, name_en=payload)
        PartnerFactory(username=f"evil-{n}", email=payload, organisation=organisation)
        programme = ProgrammeFactory(code=f"EVIL-{n}", name_zh=payload, organisations=[partner.organisation])
        CohortFactory(code=f"EVIL-{n}", programme=programme, organisation=partner.organisation)
        with scope.everything():
            enter_audit(action="test.evil", subject=("test", payload[:20]), detail={payload: payload})
    return made


def spoil() -> None:
    """Puts a payload into every column of every table that holds somebody's text."""
    with scope.everything():
        for model in apps.get_models():
            if model._meta.app_label not in ("backend", "talent", "programs") or not model._meta.managed:
                continue
            free = {field.name: EVIL for field in model._meta.concrete_fields if is_free(field)}
            # What is append-only stays as it was written.
            with suppress(ProgrammingError), transaction.atomic():
                model._base_manager.update(**free)


def is_free(field: Any) -> bool:
    """Whether a column may hold anything that somebody types."""
    texts = isinstance(field, models.TextField) or (
        isinstance(field, models.CharField) and (field.max_length or 0) >= len(EVIL)
    )
    return texts and not (field.choices or field.unique or field.is_relation or field.name in KEPT)


def routes() -> Iterator[tuple[str, Any]]:
    """Every address of the site that may be read, and its view's class; parameters as ``<>``."""

    def walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, Any]]:
        for one in patterns:
            path = before + str(one.pattern).removeprefix("^")
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, path)
                continue
            view: Any = getattr(one.callback, "view_class", None) or getattr(one.callback, "cls", None)
            if view is None or (hasattr(view, "get") and "get" in view.http_method_names):
                yield re.sub(r"<[^>]+>", "<>", path), view

    yield from walk(get_resolver().url_patterns)


def addresses(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the shape of an address, one that leads to something, and what must be asked along."""
    found = {}
    for method, path, _statuses in test_table.rows():
        if method == "GET":
            asked = test_table.filled(api.BODIES.get((method, path)), world.ids) or {}
            found[f"api/v1/{test_table._shape(path)}"] = (API + path.format(**world.ids), asked)
    for method, path, _statuses in test_pages.rows():
        if method == "GET":
            shape = re.sub(test_pages.NAMED, "<>", path.lstrip("/"))
            found[shape] = ("/" + path.format(**world.ids).lstrip("/"), {})
    return found


def test_31_no_route_gives_out_a_file_that_a_spreadsheet_would_carry_out(world: World) -> None:
    known = addresses(world)
    readers = [reader_of(world, reader) for reader in READERS]
    texts: set[str] = set()
    files: dict[str, set[str]] = {}
    for shape, view in routes():
        if shape.startswith(test_pages.ELSEWHERE[1:]):
            continue
        assert shape in known, f"{shape}: no address is known that leads there"
        path, asked = known[shape]
        for form in ("", "csv", "xlsx"):
            asking = asked | ({"format": form} if form else {})
            body = next((body for read in readers if (body := read(path, asking)) is not None), b"")
            if body:
                texts |= set(assert_inert(body, f"{path} {form}"))
                files.setdefault(shape, set()).add(form)
        if getattr(view, "get", None) in (ListView.get, ListPage.get) and getattr(view, "headings", True):
            assert {"csv", "xlsx"} <= files.get(shape, set()), f"{path} is a list that nobody could download"
    assert {"api/v1/submissions/<>/report.xlsx", "api/v1/template.xlsx", "submissions/<>/report.xlsx"} <= set(files)
    assert len(files) > 30
    for payload in PAYLOADS:
        assert {text for text in texts if payload.strip(" \t\r\ufeff") in text}, f"{payload!r} came out nowhere"


def reader_of(world: World, actor: str) -> Callable[[str, dict[str, Any]], bytes | None]:
    """``read(path, asked)``: the file that an actor gets from the API or a page.

    Empty where the answer is none for a spreadsheet; None where the actor gets no answer at all.
    """
    page = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    user = world.users[actor]
    assert user is not None
    page.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    call = world.clients[actor]
    call.raise_request_exception = False

    def read(path: str, asked: dict[str, Any]) -> bytes | None:
        with transaction.atomic():
            answer = (call if path.startswith(API) else page).get(path, asked)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (path, asked)
        kind = answer.get("Content-Type", "")
        if answer.status_code != 200:
            return None
        table = kind.startswith("text/csv") or "spreadsheetml" in kind
        return (b"".join(answer) if answer.streaming else answer.content) if table else b""

    return read


def test_31_a_workbook_with_formulas_comes_back_without(db: None, run_jobs: Callable[[], int]) -> None:
    """The marked file: what was a formula, or a link to another file, is gone; what was text still is."""
    partner = Partner(run_jobs)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    row = partner.row(1, district="火星区")
    sheet.append([*row, "x", "y"])
    sheet.append([*row.values(), "=1+1", "='[1]Sheet1'!A1"])
    for payload in PAYLOADS:
        sheet.append([*row.values(), payload])
        if isinstance(sheet.cell(sheet.max_row, len(row) + 1).value, str):
            sheet.cell(sheet.max_row, len(row) + 1).data_type = "s"
    book.defined_names["outside"] = openpyxl.workbook.defined_name.DefinedName("outside", attr_text="[1]Sheet1!$A$1")
    dde = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ddeLink/></externalLink>'
    data = with_parts(saved(book), {"xl/externalLinks/externalLink1.xml": dde, "xl/vbaProject.bin": b"x"})
    file = io.BytesIO(data)
    answer = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code})
    run_jobs()
    report = partner.api.get(f"{API}submissions/{answer.json()['id']}/report.xlsx")
    assert report.status_code == 200
    texts = assert_inert(report.content, "report")
    assert {payload.strip() for payload in PAYLOADS} <= {text.strip() for text in texts}
    assert "outside" not in openpyxl.load_workbook(io.BytesIO(report.content)).defined_names

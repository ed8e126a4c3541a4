"""The copy of everything that is held on a person: one file for machines, one for people, sealed like any other."""

import datetime as dt
import io
import json
from collections.abc import Mapping
from typing import Any

import xlsxwriter
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.jobs.services import Run
from backend.lists.tables import CELL_CHARACTERS, cell
from backend.vault import services as vault
from backend.vault.files import services as files
from backend.vault.files.models import SealedFile
from backend.vault.masking import mask_number
from programs.catalogue.models import Cohort, Programme
from programs.privacy.access_report import looks
from programs.privacy.headings import HEADINGS
from programs.privacy.models import PrivacyRequest
from programs.privacy.whose import Known, known
from programs.targets.models import Target
from talent.holdings import registry
from talent.holdings.registry import Holding

FORMAT = "shugu-personal-data/1"
KEPT_DAYS = 14
"""So long the copy may be fetched; then it is destroyed."""

MASKED = ("mobile", "email", "id_number", "education_cert_no", "title_cert_no")
_CODES = {"organisation_id": Organisation, "programme_id": Programme, "cohort_id": Cohort, "target_id": Target}


def make(run: Run) -> dict[str, Any]:
    """The job: gathers everything and seals both files with the request; made once, whoever begins it again."""
    with everything():
        run.hold()
        request = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=run.job.subject_id or 0)
        if not request.open or request.job_id != run.job.pk:
            return {}
        told = gathered(known(request.person_id), in_full=bool(request.numbers_reason))
        told["request"] = request.pk
        owner = request.received_by.organisation_id
        language = request.received_by.language
        machine = _sealed(owner, json.dumps(told, ensure_ascii=False, indent=1).encode())
        readable = _sealed(owner, workbook(told, language))
        old = [file for file in (request.machine_id, request.readable_id) if file is not None]
        request.machine, request.readable = machine, readable
        request.files_until = clock.now() + dt.timedelta(days=KEPT_DAYS)
        request.save(update_fields=["machine", "readable", "files_until"])
        files.dispose(file_ids=old)
        detail = {
            "machine": machine.sha256,
            "readable": readable.sha256,
            "rows": {one["table"]: len(one["rows"]) for one in told["held"]},
            "in_full": bool(request.numbers_reason),
        }
        enter_audit(action="privacy.copy", subject=request, detail=detail)
        run.finish({"tables": len(told["held"])})
    return {"tables": len(told["held"])}


def gathered(whom: Known, *, in_full: bool) -> dict[str, Any]:
    """Everything that every room declares to hold on somebody, and who has looked; in the bureau's scope.

    Args:
        whom: whose.
        in_full: with identity numbers and contacts in full; else masked.
    """
    names = {column: dict(model._default_manager.values_list("pk", "code")) for column, model in _CODES.items()}
    held = []
    for one in registry.everything().values():
        rows = _rows(one, whom, in_full=in_full, names=names)
        if rows:
            held.append({"table": one.table, "rows": rows})
    return {
        "format": FORMAT,
        "person": min(whom.persons),
        "made_at": clock.now().astimezone(BUREAU).isoformat(timespec="seconds"),
        "held": held,
        "looks": [one.told() for one in looks(whom)],
    }


def _rows(one: Holding, whom: Known, *, in_full: bool, names: Mapping[str, Mapping[int, str]]) -> list[dict[str, Any]]:
    if not one.tells:
        return []
    columns = ", ".join(f'"{column}"' for column in one.tells)
    secret = one.sealed or one.number
    key = "id" if secret else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {key}, {secret or "NULL"}, {columns} FROM "{one.table}" WHERE {one.where} ORDER BY 3, 1',
            whom.whose.params,
        )
        rows = cursor.fetchall()
    opened = _opened(one, rows, in_full=in_full)
    found = []
    for row in rows:
        told = {name: _plain(name, value, names) for name, value in zip(one.tells, row[2:], strict=True)}
        found.append(told | opened.get(row[0], {}))
    return found


def _opened(one: Holding, rows: list[Any], *, in_full: bool) -> dict[int, dict[str, str]]:
    """By row what rests sealed with it, masked unless all is told in full."""
    secret = one.sealed or one.number
    holding = [(row[0], bytes(row[1])) for row in rows if row[1] is not None and secret]
    texts = vault.unseal_many(one.table, secret, [row for row, _text in holding], [text for _row, text in holding])
    found: dict[int, dict[str, str]] = {}
    for (row, _sealed), text in zip(holding, texts, strict=True):
        told = {"number": text.decode()} if one.number else {name: str(of) for name, of in json.loads(text).items()}
        if one.number and not in_full:
            told = {}
        found[row] = {
            name: value if in_full or name not in MASKED else mask_number(value) for name, value in told.items()
        }
    return found


def _plain(name: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> Any:
    if name in names and value is not None:
        return names[name].get(value, value)
    if isinstance(value, dt.datetime):
        return value.astimezone(BUREAU).isoformat(timespec="seconds")
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


def workbook(told: Mapping[str, Any], language: str) -> bytes:
    """What was gathered as a workbook, a sheet for each table, headed in a language."""
    packed = io.BytesIO()
    with translation.override(language):
        book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        styles = book.add_format({"bold": True}), book.add_format({"num_format": "@", "text_wrap": True})
        _first_sheet(book, told, styles)
        for place, one in enumerate(told["held"], start=1):
            label = str(registry.holding(one["table"]).label)
            _sheet(book, f"{place} {label}", one["rows"], styles)
        _sheet(book, _("Who has looked"), told["looks"], styles)
        book.close()
    return packed.getvalue()


def _first_sheet(book: Any, told: Mapping[str, Any], styles: tuple[Any, Any]) -> None:
    sheet = book.add_worksheet(_("What is held"))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 26)
    lines: list[tuple[str, Any]] = [
        (_("Person"), told["person"]),
        (_("Made at"), told["made_at"]),
        *((str(registry.holding(one["table"]).label), len(one["rows"])) for one in told["held"]),
        (_("Looks"), len(told["looks"])),
    ]
    for line, (label, value) in enumerate(lines):
        sheet.write_string(line, 0, label, styles[0])
        sheet.write(line, 1, cell(value))


def _sheet(book: Any, title: str, rows: list[dict[str, Any]], styles: tuple[Any, Any]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    sheet = book.add_worksheet("".join(one for one in title if one not in "[]:*?/\\")[:31])
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.set_column(0, len(columns) - 1, 18)
    for position, name in enumerate(columns):
        sheet.write_string(0, position, str(HEADINGS.get(name, name)), styles[0])
    for line, row in enumerate(rows, start=1):
        for position, name in enumerate(columns):
            value = cell(row.get(name))
            if isinstance(value, str):
                sheet.write_string(line, position, value[:CELL_CHARACTERS], styles[1])
            elif value is not None:
                sheet.write(line, position, value)


def _sealed(organisation_id: int, data: bytes) -> SealedFile:
    return files.store(organisation_id=organisation_id, purpose=SealedFile.Purpose.COPY, data=data)

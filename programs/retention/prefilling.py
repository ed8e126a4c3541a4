"""An organisation's open questions as a sheet of ``retention/1``: who is asked after, and room for the answers."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.lists.tables import inert
from backend.reference import selectors as reference
from programs.intake.layout import Column
from programs.retention.answering import REASONS
from programs.retention.examining import MAY_SAY
from programs.retention.models import RetentionCheck
from programs.retention.showing import COLUMNS as OF_CHECKS
from programs.retention.showing import shown
from programs.retention.template import COLUMNS, SAID

TOLD = ("name", "id_number", "partner_ref", "since", "falls_on")
MOST = 5_000
"""Questions on one sheet at most."""


def csv_of(actor: User, rows: Sequence[RetentionCheck]) -> bytes:
    """The sheet as text, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_header(column) for column in COLUMNS)
    for one in _rows(actor, rows):
        writer.writerow([inert(one.get(column.code, "")) for column in COLUMNS])
    return ("\ufeff" + text.getvalue()).encode()


def xlsx_of(actor: User, rows: Sequence[RetentionCheck]) -> bytes:
    """The sheet as a workbook, with the answers and reasons to choose from."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Who has stayed"))
    text, told = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "font_color": "#666666"})
    bold = {"bold": True, "border": 1, "num_format": "@"}
    fixed, open_ = book.add_format({**bold, "bg_color": "#EEEEEE"}), book.add_format({**bold, "bg_color": "#DDEBF7"})
    for place, column in enumerate(COLUMNS):
        given = column.code in TOLD or column.code == "check"
        title = _header(column)
        sheet.set_column(place, place, max(12, min(28, 2 * len(title) + 4)), told if given else text)
        sheet.write_string(0, place, title, fixed if given else open_)
    sheet.freeze_panes(1, 2)
    for line, one in enumerate(_rows(actor, rows), 1):
        for place, column in enumerate(COLUMNS):
            if value := one.get(column.code):
                sheet.write_string(line, place, value, told if column.code in TOLD else text)
    _offer(book, sheet, len(rows), {row.path for row in rows})
    book.close()
    return packed.getvalue()


def _offer(book: Any, sheet: Any, rows: int, paths: set[str]) -> None:
    chinese = _chinese()
    may = {one.value for path in paths for one in MAY_SAY[path]}
    offered = {
        "answer": [one.zh if chinese else one.en for one in SAID if one.code in may],
        "reason": list(reference.labels(REASONS).values()),
    }
    lists = book.add_worksheet("lists")
    lists.hide()
    for at, (code, values) in enumerate(offered.items()):
        for line, value in enumerate(values):
            lists.write_string(line, at, value)
        place = next(place for place, column in enumerate(COLUMNS) if column.code == code)
        name = xlsxwriter.utility.xl_col_to_name(at)
        choosing = {"validate": "list", "source": f"=lists!${name}$1:${name}${max(len(values), 1)}"}
        sheet.data_validation(1, place, max(rows, 1), place, {**choosing, "error_type": "warning"})


def _rows(actor: User, rows: Sequence[RetentionCheck]) -> Iterable[dict[str, str]]:
    found = RetentionCheck.objects.filter(pk__in=[row.pk for row in rows]).order_by("falls_on", "pk")
    for one in shown(list(found.values(*OF_CHECKS.values())), actor):
        yield {"check": str(one["id"]), **{name: str(one[name] or "") for name in TOLD}}


def _header(column: Column) -> str:
    name = column.label(_chinese())
    return f"{name}*" if column.needed == "yes" else name


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")

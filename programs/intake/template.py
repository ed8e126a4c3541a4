"""The blank template ``talent-records/1``: XLSX with drop-downs of the caller's own programmes and cohorts, or CSV.

Columns are formatted as text, so that numbers survive the spreadsheet; the instructions are made from the same
columns and rules that the checks go by.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.reference import selectors as reference
from programs.catalogue import selectors as catalogue
from programs.intake import selectors
from programs.intake.answers import language
from programs.intake.columns import COLUMNS, TEMPLATE, Column
from programs.intake.severities import LABELS

ROWS = 5_000
LISTED = ("id_type", "gender", "path", "outcome", "education", "title", "district", "segment")


@dataclass(frozen=True)
class Choices:
    """The values that a column's drop-down offers."""

    column: str
    values: Sequence[str]


def is_chinese() -> bool:
    """Whether the caller reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def header(column: Column) -> str:
    """A column's header in the caller's language, marked ``*`` where it is always needed."""
    name = column.zh if is_chinese() else column.en
    return f"{name}*" if column.needed == "yes" else name


def template_csv() -> bytes:
    """The header row alone, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerow(header(column) for column in COLUMNS)
    return ("\ufeff" + text.getvalue()).encode()


def template_xlsx(*, actor: User, rows: Sequence[Mapping[str, str]] = ()) -> bytes:
    """The template as a workbook: the table to fill in, the instructions, and a hidden sheet with the choices.

    Args:
        actor: who asks.
        rows: what the table shall hold already, by column code.
    """
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Talent records"))
    _add_table(book, sheet, _choices(actor))
    text = book.add_format({"num_format": "@"})
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(COLUMNS):
            if value := row.get(column.code):
                sheet.write_string(line, place, value, text)
    _add_instructions(book)
    book.close()
    return packed.getvalue()


def _choices(actor: User) -> list[Choices]:
    language = "zh" if is_chinese() else "en"
    tables = reference.tables()
    choices = []
    for table in LISTED:
        groups = {code for code, extra in tables.attributes.get(table, {}).items() if extra.get("group") == "1"}
        names = [
            (zh if language == "zh" else en or zh)
            for code, (zh, en) in tables.names.get(table, {}).items()
            if code not in groups
        ]
        choices.append(Choices(table, names))
    choices.append(
        Choices("programme", list(catalogue.programmes(actor).order_by("code").values_list("code", flat=True)))
    )
    choices.append(Choices("cohort", list(catalogue.cohorts(actor).order_by("code").values_list("code", flat=True))))
    return choices


def _add_table(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, choices: list[Choices]) -> None:
    text = book.add_format({"num_format": "@"})
    needed = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1, "num_format": "@"})
    optional = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "num_format": "@"})
    for place, column in enumerate(COLUMNS):
        title = header(column)
        sheet.set_column(place, place, max(12, min(28, 2 * len(title) + 4)), text)
        sheet.write_string(0, place, title, needed if column.needed == "yes" else optional)
    sheet.freeze_panes(1, 2)
    lists = book.add_worksheet("lists")
    lists.hide()
    places = {column.code: place for place, column in enumerate(COLUMNS)}
    for at, choice in enumerate(choices):
        if not choice.values:
            continue
        for line, value in enumerate(choice.values):
            lists.write_string(line, at, value)
        name = xlsxwriter.utility.xl_col_to_name(at)
        place = places[choice.column]
        sheet.data_validation(
            1,
            place,
            ROWS,
            place,
            {
                "validate": "list",
                "source": f"=lists!${name}$1:${name}${len(choice.values)}",
                "error_type": "warning",
                "error_title": _("Not in the list"),
                "error_message": _("Please choose a value from the list."),
            },
        )


def _add_instructions(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(_("Instructions"))
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26, wrap)
    sheet.set_column(1, 2, 60, wrap)
    sheet.set_column(3, 4, 20, wrap)
    lines: list[tuple[str, ...]] = [
        (_("Template"), TEMPLATE, ""),
        (_("Column"), _("Needed"), _("Kind")),
    ]
    needs = {"yes": _("always"), "conditional": _("depending on the row"), "no": _("no")}
    kinds = {"date": _("a date such as 2019-03-01"), "code": _("a value of the list"), "number_text": _("as text")}
    lines += [(header(column), needs[column.needed], kinds.get(column.kind, "")) for column in COLUMNS]
    today = _("In force on %(day)s") % {"day": clock.today().isoformat()}
    lines.append((_("Check"), _("What it finds"), _("What to do"), today, _("Version")))
    for rule in selectors.rules(language()):
        version = _("%(version)s, since %(day)s") % {"version": rule["version"], "day": rule["valid_from"].isoformat()}
        lines.append((rule["code"], rule["title"], rule["guidance"], str(LABELS[rule["in_force"]]), version))
    for line, cells in enumerate(lines):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, bold if place == 0 else wrap)

"""The blank template: XLSX with drop-downs, also of the caller's own programmes and what else has codes, or CSV.

Columns are formatted as text, so that numbers survive the spreadsheet; the instructions are made from the same
columns and rules that the checks go by.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from programs.intake import selectors
from programs.intake.answers import language
from programs.intake.layout import CODE, DATE, DECIMAL, NUMBER, NUMBER_TEXT, USCC, Column
from programs.intake.severities import LABELS
from programs.intake.templates.lists import is_chinese, listed, own_codes
from programs.intake.templates.template import Template

ROWS = 5_000


@dataclass(frozen=True)
class Choices:
    """The values that a column's drop-down offers."""

    column: str
    values: Sequence[str]


def header(column: Column) -> str:
    """A column's header in the caller's language, marked ``*`` where it is always needed."""
    name = column.zh if is_chinese() else column.en
    return f"{name}*" if column.needed == "yes" else name


def template_csv(template: Template) -> bytes:
    """The header row alone, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerow(header(column) for column in template.columns)
    return ("\ufeff" + text.getvalue()).encode()


def template_xlsx(*, actor: User, template: Template, rows: Sequence[Mapping[str, str]] = ()) -> bytes:
    """The template as a workbook: the table to fill in, the instructions, and a hidden sheet with the choices.

    Args:
        actor: who asks.
        template: which one.
        rows: what the table shall hold already, by column code.
    """
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(template.name)
    _add_table(book, sheet, template, _choices(actor, template))
    text = book.add_format({"num_format": "@"})
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(template.columns):
            if value := row.get(column.code):
                sheet.write_string(line, place, value, text)
    _add_instructions(book, template)
    book.close()
    return packed.getvalue()


def _choices(actor: User, template: Template) -> list[Choices]:
    own = own_codes(template, actor, None)
    found = [
        Choices(column.code, [label for _code, label in listed(column)])
        for column in template.columns
        if column.kind == CODE and column.code not in own and not column.open
    ]
    return found + [Choices(code, [value for value, _label in choices]) for code, choices in own.items()]


def _add_table(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, template: Template, choices: list[Choices]
) -> None:
    text = book.add_format({"num_format": "@"})
    needed = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1, "num_format": "@"})
    optional = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "num_format": "@"})
    for place, column in enumerate(template.columns):
        title = header(column)
        sheet.set_column(place, place, max(12, min(28, 2 * len(title) + 4)), text)
        sheet.write_string(0, place, title, needed if column.needed == "yes" else optional)
    sheet.freeze_panes(1, 2)
    lists = book.add_worksheet("lists")
    lists.hide()
    places = template.layout.order
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


def _add_instructions(book: xlsxwriter.Workbook, template: Template) -> None:
    sheet = book.add_worksheet(_("Instructions"))
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26, wrap)
    sheet.set_column(1, 2, 60, wrap)
    sheet.set_column(3, 4, 20, wrap)
    lines: list[tuple[str, ...]] = [
        (_("Template"), template.code, ""),
        (_("Column"), _("Needed"), _("Kind")),
    ]
    needs = {"yes": _("always"), "conditional": _("depending on the row"), "no": _("no")}
    kinds = {
        DATE: _("a date such as 2019-03-01"),
        CODE: _("a value of the list"),
        NUMBER_TEXT: _("as text"),
        USCC: _("as text"),
        NUMBER: _("a whole number"),
        DECIMAL: _("a number"),
    }
    lines += [(header(column), needs[column.needed], kinds.get(column.kind, "")) for column in template.columns]
    today = _("In force on %(day)s") % {"day": clock.today().isoformat()}
    lines.append((_("Check"), _("What it finds"), _("What to do"), today, _("Version")))
    for rule in selectors.rules(language(), template.code):
        version = _("%(version)s, since %(day)s") % {"version": rule["version"], "day": rule["valid_from"].isoformat()}
        lines.append((rule["code"], rule["title"], rule["guidance"], str(LABELS[rule["in_force"]]), version))
    for line, cells in enumerate(lines):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, bold if place == 0 else wrap)

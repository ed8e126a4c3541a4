"""Checking the rows of a simple template cell by cell: tidied, read and typed by what each column holds.

The readings are those of talent records: the same tidying, the same days, the same documents, the same code tables.
"""

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from backend.reference.folding import fold
from backend.vault.masking import scrub
from programs.intake import numbers
from programs.intake.cells import looked_up
from programs.intake.dates import read_days
from programs.intake.found import Checked, Test, by_reason, run_tests
from programs.intake.layout import CODE, DATE, DECIMAL, NAME, NUMBER, NUMBER_TEXT, TEXT, USCC, Column
from programs.intake.rules import ERROR, OFF
from programs.intake.templates.template import Template
from programs.intake.templates.work import Given, Work
from programs.intake.tidying import tidied, tidy_names

LONGEST_NUMBER = 15
"""Digits before a number's point: more of them are no count, no hours and no amount, but a number of something."""

LONG_NUMBER = r"[0-9Xx][0-9Xx \-]{13,}"
_NUMBER = r"^([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]*))?$"

Columns = dict[str, pl.Series]


def check_cells(raw: pl.DataFrame, template: Template, work: Work) -> Checked:
    """Checks every rule that looks at one row alone.

    Args:
        raw: ``row`` and, for the columns that are there, the cells' texts and (workbooks, JSON) their kinds.
        template: what the rows are in.
        work: what they mean.

    Returns:
        ``frame``, one line per row: ``row``; ``failed`` (an error was found); every column with its value in its own
        type; ``c__key`` of names; ``document_key``, ``born_on`` and ``sex`` where the template has a document; and the
        columns that ``work.look`` added. The findings in no particular order.
    """
    cells = working_frame(raw, template, work.given)
    looked = work.look(cells)
    severities = work.given.severities
    tests = [test for test in (*shared_tests(template), *work.tests()) if severities[test.rule] != OFF]
    findings, raised = run_tests(looked, raw, tests, template.layout.masked)
    errors = [str(place) for place, test in enumerate(tests) if severities[test.rule] == ERROR]
    failed = raised.select(pl.any_horizontal(errors)).to_series()
    added = [name for name in looked.columns if name not in cells.columns]
    return Checked(_typed(looked, template).with_columns(looked.select(added), failed=failed), findings)


def working_frame(raw: pl.DataFrame, template: Template, given: Given) -> pl.DataFrame:
    """The texts, tidy, with all that is read from them; see ``Work.look`` for the names."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, raw.height)
    columns: Columns = {"row": raw["row"].cast(pl.UInt32)}
    for column in template.columns:
        code = column.code
        text = raw[code] if code in raw.columns else nothing
        kind = raw[f"{code}__k"] if f"{code}__k" in raw.columns else None
        upper = column.kind in (NUMBER_TEXT, USCC)
        columns[code] = tidied(text, prose=column.prose, name=column.kind == NAME, upper=upper)
        for name, series in _READ.get(column.kind, _read_text)(columns[code], kind, column, given):
            columns[f"{code}{name}"] = series
    return pl.DataFrame(columns | _document(columns, template, given))


def _read_text(
    text: pl.Series, kind: pl.Series | None, column: Column, given: Given
) -> Iterator[tuple[str, pl.Series]]:
    return iter(())


def _read_name(
    text: pl.Series, kind: pl.Series | None, column: Column, given: Given
) -> Iterator[tuple[str, pl.Series]]:
    name, key, told = tidy_names(text)
    yield from (("", name), ("__key", key), ("__told", told))


def _read_date(
    text: pl.Series, kind: pl.Series | None, column: Column, given: Given
) -> Iterator[tuple[str, pl.Series]]:
    day, month = read_days(text, kind, last=column.month == "last", date1904=given.date1904)
    yield "__day", day.set(month, None) if column.month == "none" else day
    yield "__month", month


def _read_code(
    text: pl.Series, kind: pl.Series | None, column: Column, given: Given
) -> Iterator[tuple[str, pl.Series]]:
    labels, headings = meanings(column, given)
    yield "__code", looked_up(text, labels, pl.String)
    yield "__heading", looked_up(text, headings, pl.Boolean)


def meanings(column: Column, given: Given) -> tuple[Mapping[str, str], Mapping[str, bool]]:
    """What folded texts stand for in a column of codes, and which of them are headings of its table."""
    table = column.table_code
    if not table:
        found: dict[str, str] = {}
        for choice in column.choices:
            for label in (choice.code, choice.zh, choice.en, *choice.aliases):
                found.setdefault(fold(label), choice.code)
        return found, {}
    names = given.tables.names.get(table, {})
    groups = [code for code, extra in given.tables.attributes.get(table, {}).items() if extra.get("group") == "1"]
    headings = {fold(label): True for code in groups for label in (code, *names.get(code, ()))}
    return given.tables.labels.get(table, {}), headings


def _read_number(
    text: pl.Series, kind: pl.Series | None, column: Column, given: Given
) -> Iterator[tuple[str, pl.Series]]:
    """The number that a cell holds, and why it holds none that is taken (a ``reason`` of E13)."""
    frame = pl.DataFrame({"text": text}).with_columns(parts=pl.col("text").str.extract_groups(_NUMBER))
    part = pl.col("parts").struct.field
    frame = frame.with_columns(
        sign=part("1"),
        whole=part("2").str.replace_all(",", ""),
        fraction=part("3").fill_null("").str.strip_chars_end("0"),
    ).with_columns(
        whole=pl.when(pl.col("whole").str.contains("^0+$"))
        .then(pl.lit("0"))
        .otherwise(pl.col("whole").str.strip_chars_start("0"))
    )
    places = 0 if column.kind == NUMBER else column.places
    dtype: pl.DataType = pl.Int64() if column.kind == NUMBER else pl.Decimal(LONGEST_NUMBER + places, places)
    fits = pl.col("whole").str.len_chars() <= LONGEST_NUMBER
    written = pl.concat_str(
        pl.col("sign").str.replace("+", "", literal=True),
        "whole",
        *([pl.lit("."), pl.col("fraction").str.pad_end(places, "0")] if places else []),
    )
    fine = fits & (pl.col("fraction").str.len_chars() <= places)
    frame = frame.with_columns(number=pl.when(fine).then(written).cast(dtype, strict=False))
    number, least, most = pl.col("number"), column.least, column.most
    low, high = pl.lit("least" if least is not None else "number"), pl.lit("most" if most is not None else "number")
    problem = (
        pl.when(pl.col("text").is_null())
        .then(None)
        .when(pl.col("whole").is_null())
        .then(pl.lit("number"))
        .when(~fits)
        .then(pl.when(pl.col("sign") == "-").then(low).otherwise(high))
        .when(pl.col("fraction").str.len_chars() > places)
        .then(pl.lit("places" if places else "whole"))
        .when(pl.lit(False) if least is None else number < least)
        .then(pl.lit("least"))
        .when(pl.lit(False) if most is None else number > most)
        .then(pl.lit("most"))
    )
    read = frame.select(number=pl.when(problem.is_null()).then("number"), problem=problem)
    yield from (("__number", read["number"]), ("__problem", read["problem"]))


def _read_number_text(
    text: pl.Series, kind: pl.Series | None, column: Column, given: Given
) -> Iterator[tuple[str, pl.Series]]:
    cells = pl.DataFrame({"text": text} | ({} if kind is None else {"kind": kind}))
    damaged = cells.select(numbers.damaged(pl.col("text"), None if kind is None else pl.col("kind"))).to_series()
    yield "__damaged", damaged
    if column.kind == USCC:
        yield "__holds", numbers.uscc_check_holds(text)


_Reading = Callable[[pl.Series, pl.Series | None, Column, Given], Iterator[tuple[str, pl.Series]]]
_READ: Mapping[str, _Reading] = {
    NAME: _read_name,
    DATE: _read_date,
    CODE: _read_code,
    NUMBER: _read_number,
    DECIMAL: _read_number,
    NUMBER_TEXT: _read_number_text,
    USCC: _read_number_text,
}


def _document(columns: Columns, template: Template, given: Given) -> Columns:
    if template.document is None:
        return {}
    kind, number = template.document
    whole = columns[number].set(columns[f"{number}__damaged"], None)
    identity = numbers.read_identity(columns[f"{kind}__code"], whole, given.today)
    found: Columns = {f"number__{name}": series for name, series in identity.to_dict().items()}
    born, sex = found["number__born_on"], found["number__sex"]
    if "birth_date__day" in columns:
        born = born.zip_with(born.is_not_null(), columns["birth_date__day"])
    if "gender__code" in columns:
        sex = sex.zip_with(sex.is_not_null(), columns["gender__code"])
    return found | {"born_on": born, "sex": sex}


def shared_tests(template: Template) -> Iterator[Test]:
    """The rules that a template's columns bring with them."""
    for column in template.columns:
        code = column.code
        given = pl.col(code).is_not_null()
        if column.needed == "yes":
            yield Test("E01", code, ~given, {"reason": "always"})
        if column.kind == NAME:
            kept = pl.col(code).str.replace_all("[0-9]{4,}", "…")  # a number that strayed into it is nobody's name
            yield by_reason("W05", code, pl.col(f"{code}__told"), name=kept)
        elif column.kind == DATE:
            yield from _date_tests(column, given)
        elif column.kind == CODE and not column.open:
            heading = pl.when(f"{code}__heading").then(pl.lit("heading")).otherwise(pl.lit("unknown"))
            yield by_reason("E02", code, pl.when(given & pl.col(f"{code}__code").is_null()).then(heading))
        elif column.kind in (NUMBER, DECIMAL):
            bounds = {"least": column.least, "most": column.most, "places": column.places}
            params = {name: str(value) for name, value in bounds.items() if value is not None}
            yield by_reason("E13", code, pl.col(f"{code}__problem"), **params)
        elif column.kind in (NUMBER_TEXT, USCC):
            yield Test("E05", code, pl.col(f"{code}__damaged"))
        if column.kind == USCC:
            yield Test("E10", code, given & ~pl.col(f"{code}__damaged") & ~pl.col(f"{code}__holds"))
    if template.document is not None:
        yield from _document_tests(template, *template.document)


def _date_tests(column: Column, given: pl.Expr) -> Iterator[Test]:
    code = column.code
    day, month = pl.col(f"{code}__day"), pl.col(f"{code}__month")
    reason = pl.when(month).then(pl.lit("month")).otherwise(pl.lit("day"))
    yield by_reason("E03", code, pl.when(given & day.is_null()).then(reason))
    if column.month != "none":
        yield Test("W05", code, month, {"reason": "month", "day": day.cast(pl.String)})


def _document_tests(template: Template, kind: str, number: str) -> Iterator[Test]:
    needed = template.layout.needed
    for one, other in ((kind, number), (number, kind)):
        if one not in needed:
            yield Test("E01", one, pl.col(one).is_null() & pl.col(other).is_not_null(), {"reason": "document"})
    yield by_reason("E04", number, pl.col("number__problem"))
    if "birth_date" in template.layout.codes:
        yield Test("E06", "birth_date", pl.col("birth_date__day") != pl.col("number__born_on"))
    if "gender" in template.layout.codes:
        stated = pl.when(pl.col("gender__code").is_in(["1", "2"])).then("gender__code")
        yield Test("E06", "gender", stated != pl.col("number__sex"))


def _typed(looked: pl.DataFrame, template: Template) -> pl.DataFrame:
    values: dict[str, pl.Expr] = {}
    keys: dict[str, pl.Expr] = {}
    for column in template.columns:
        code = column.code
        if column.kind == DATE:
            values[code] = pl.col(f"{code}__day")
        elif column.kind == CODE:
            values[code] = pl.coalesce(f"{code}__code", _scrubbed(code)) if column.open else pl.col(f"{code}__code")
        elif column.kind in (NUMBER, DECIMAL):
            values[code] = pl.col(f"{code}__number")
        else:
            values[code] = _scrubbed(code) if column.kind == TEXT and not column.masked else pl.col(code)
        if column.kind == NAME:
            keys[f"{code}__key"] = pl.col(f"{code}__key")
    if template.document is not None:
        keys |= {"document_key": pl.col("number__key"), "born_on": pl.col("born_on"), "sex": pl.col("sex")}
    return looked.select("row", **values, **keys)


def _scrubbed(code: str) -> pl.Expr:
    """Text without identity numbers: they belong into the vault and nowhere else."""
    suspect = pl.col(code).str.contains(LONG_NUMBER)
    return pl.when(suspect).then(pl.col(code).map_elements(scrub, return_dtype=pl.String)).otherwise(pl.col(code))

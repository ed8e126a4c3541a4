"""Checking a sheet cell by cell: every column is tidied, read and typed at once, and every rule is one expression.

The order is the contract's: form is mended silently, then what is missing, damaged, unknown or no date is told, then
what disagrees within the row. What needs other rows, or the books, is ``programs.intake.cross``.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from backend.reference.folding import fold
from backend.reference.tables import Tables
from programs.intake import numbers
from programs.intake.columns import COLUMNS
from programs.intake.conditions import CODED, DATES, NUMBERS, cell_tests, qualifying
from programs.intake.context import Context
from programs.intake.dates import read_days
from programs.intake.found import Checked, Test, file_finding, joined, run_tests
from programs.intake.rules import ERROR, OFF
from programs.intake.tidying import fold_column, tidy, tidy_names

__all__ = ["Checked", "check_cells"]

LABELLED = ("degree", "occupation")
"""Columns with a code table in which any other text is a value too."""

SEPARATOR = "\x1f"
_CODES = tuple(column.code for column in COLUMNS)


class SheetLike(Protocol):
    """What a reader hands over: ``programs.intake.readers.sheet.Sheet``."""

    @property
    def frame(self) -> pl.DataFrame: ...

    @property
    def meta(self) -> Mapping[str, Any]: ...


def check_cells(sheet: SheetLike, context: Context) -> Checked:
    """Checks every rule that looks at one row alone.

    Args:
        sheet: ``row`` and, for the columns that the file has, the cells' texts and (workbooks, JSON) their kinds.
        context: what they are checked against.

    Returns:
        ``frame``, one line per data row in the sheet's order: ``row``; ``failed`` (Boolean, an error was found); every
        column of the template in its order, mended and typed (dates are Date, coded columns hold their code, what is
        no value is null); ``programme_id`` and ``cohort_id``; ``name_key`` (the name without its form);
        ``document_key`` (what two writings of one identity document share, null where the number is not sound);
        ``basis`` (null, ``education`` or ``title``: the kind of the row's qualifying credential, of two the one held
        first); ``content`` (every column's value joined, by which a row sent again is told to be unchanged);
        ``born_on`` and ``sex`` (from the number where it carries them, else as stated).
        ``findings`` in no particular order.
    """
    raw = sheet.frame
    work = working_frame(raw, context)
    tests = [test for test in cell_tests(context) if context.severities[test.rule] != OFF]
    findings, raised = run_tests(work, raw, tests)
    unknown = [str(header) for header in sheet.meta.get("unknown") or []]
    if unknown:
        findings = joined([file_finding("W07", "、".join(unknown), {"columns": unknown}), findings])
    return Checked(_typed(work, _failed(raised, tests, context), context), findings)


def working_frame(raw: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The sheet's texts, tidy, with all that is read from them; see ``programs.intake.conditions`` for the names."""
    count = raw.height
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, count)
    text = {code: tidy(code, raw[code]) if code in raw.columns else nothing for code in _CODES}
    kind = {code: raw[f"{code}__k"] for code in _CODES if f"{code}__k" in raw.columns}
    columns: dict[str, pl.Series] = {"row": raw["row"].cast(pl.UInt32)}
    text["name"], columns["name__key"], columns["name__told"] = tidy_names(text["name"])
    columns |= text
    for code in CODED:
        columns |= _coded(text[code], code, context.tables)
    for code in LABELLED:
        columns[f"{code}__code"] = looked_up(text[code], context.tables.labels.get(code, {}), pl.String)
    columns["school__code"] = looked_up(text["school"], context.tables.schools, pl.String)
    for code in DATES:
        day, month = read_days(text[code], kind.get(code), last=code != "started_on", date1904=context.date1904)
        columns[f"{code}__day"], columns[f"{code}__month"] = day, month
    # A birth date is a day or it is none (E03).
    columns["birth_date__day"] = columns["birth_date__day"].set(columns["birth_date__month"], None)
    columns |= _programmes(text["programme"], context) | _cohorts(text["cohort"], context)
    columns |= _damaged(text, kind)
    columns |= _numbers(text, columns, context)
    return (
        pl.DataFrame(columns)
        .with_columns(_window(), born_on=pl.coalesce("number__born_on", "birth_date__day"))
        .unnest("window")
    )


def _failed(raised: pl.DataFrame, tests: list[Test], context: Context) -> pl.Series:
    errors = [str(place) for place, test in enumerate(tests) if context.severities[test.rule] == ERROR]
    return raised.select(pl.any_horizontal(errors)).to_series()


class _Labels:
    """A column's texts, each different one folded once, to look up what they stand for."""

    def __init__(self, text: pl.Series) -> None:
        self._text = text
        self._distinct = text.drop_nulls().unique()
        self._folded = fold_column(self._distinct).to_list()

    def mean(self, values: Mapping[str, Any], dtype: type[pl.DataType]) -> pl.Series:
        """What each text stands for by its folded form, null where it stands for nothing."""
        found = pl.Series([values.get(label) for label in self._folded], dtype=dtype)
        return self._text.replace_strict(self._distinct, found, default=None, return_dtype=dtype)


def looked_up(text: pl.Series, values: Mapping[str, Any], dtype: type[pl.DataType]) -> pl.Series:
    return _Labels(text).mean(values, dtype)


def _coded(text: pl.Series, table: str, tables: Tables) -> dict[str, pl.Series]:
    headings = {
        fold(label): True
        for code, extra in tables.attributes.get(table, {}).items()
        if extra.get("group") == "1"
        for label in (code, *tables.names.get(table, {}).get(code, ()))
    }
    labels = _Labels(text)
    return {
        f"{table}__code": labels.mean(tables.labels[table], pl.String),
        f"{table}__heading": labels.mean(headings, pl.Boolean),
    }


def _programmes(text: pl.Series, context: Context) -> dict[str, pl.Series]:
    facts = list(context.programmes.values())
    ids = looked_up(text, {key: programme.id for key, programme in context.programmes.items()}, pl.Int64)
    return {
        "programme__id": ids,
        "programme__code": _of(ids, {p.id: p.code for p in facts}, pl.String),
        "programme__path": _of(ids, {p.id: p.path for p in facts}, pl.String),
        "programme__starts_on": _of(ids, {p.id: p.starts_on for p in facts}, pl.Date),
        "programme__ends_on": _of(ids, {p.id: p.ends_on for p in facts}, pl.Date),
    }


def _cohorts(text: pl.Series, context: Context) -> dict[str, pl.Series]:
    facts = list(context.cohorts.values())
    ids = looked_up(text, {key: cohort.id for key, cohort in context.cohorts.items()}, pl.Int64)
    return {
        "cohort__id": ids,
        "cohort__code": _of(ids, {c.id: c.code for c in facts}, pl.String),
        "cohort__programme": _of(ids, {c.id: c.programme_id for c in facts}, pl.Int64),
        "cohort__starts_on": _of(ids, {c.id: c.starts_on for c in facts}, pl.Date),
        "cohort__ends_on": _of(ids, {c.id: c.ends_on for c in facts}, pl.Date),
    }


def _of(ids: pl.Series, facts: Mapping[int, Any], dtype: type[pl.DataType]) -> pl.Series:
    keys, values = pl.Series(list(facts), dtype=pl.Int64), pl.Series(list(facts.values()), dtype=dtype)
    return ids.replace_strict(keys, values, default=None, return_dtype=dtype)


def _window() -> pl.Expr:
    """The days within which a row starts and completes: the cohort's, or the programme's where there is no cohort."""
    introduced = pl.col("path__code") == "introduced"
    by_cohort = (
        pl.col("cohort__id").is_not_null()
        & ~introduced.fill_null(False)
        & (pl.col("cohort__programme") == pl.col("programme__id")).fill_null(True)
    )
    by_programme = pl.col("cohort").is_null() | introduced.fill_null(False)

    def of(what: str) -> pl.Expr:
        days = (pl.col(f"{what}__{end}").alias(f"window__{end}") for end in ("starts_on", "ends_on"))
        return pl.struct(pl.lit(what).alias("window__of"), *days)

    return pl.when(by_cohort).then(of("cohort")).when(by_programme).then(of("programme")).alias("window")


def _damaged(text: Mapping[str, pl.Series], kind: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
    cells = pl.DataFrame({code: text[code] for code in NUMBERS} | {f"{c}__k": kind[c] for c in NUMBERS if c in kind})
    found = cells.select(
        numbers.damaged(pl.col(code), pl.col(f"{code}__k") if code in kind else None).alias(f"{code}__damaged")
        for code in NUMBERS
    )
    return found.to_dict()


def _numbers(text: Mapping[str, pl.Series], columns: Mapping[str, pl.Series], context: Context) -> dict[str, pl.Series]:
    whole = text["id_number"].set(columns["id_number__damaged"], None)
    identity = numbers.read_identity(columns["id_type__code"], whole, context.today)
    return {f"number__{name}": series for name, series in identity.to_dict().items()} | {
        "uscc__holds": numbers.uscc_check_holds(text["employer_uscc"]),
        "certificate__fits": numbers.certificate_fits(text["education_cert_no"]),
    }


def _basis(context: Context) -> pl.Expr:
    """The kind of the qualifying credential that the row holds, of two the one held first."""
    education, title = pl.col("graduated_on__day"), pl.col("title_awarded_on__day")
    by_title = qualifying(context, "title") & (~qualifying(context, "education") | (title < education))
    return pl.when(by_title).then(pl.lit("title")).when(qualifying(context, "education")).then(pl.lit("education"))


def _typed(work: pl.DataFrame, failed: pl.Series, context: Context) -> pl.DataFrame:
    values = {code: pl.col(code) for code in _CODES}
    values |= {code: pl.col(f"{code}__code") for code in CODED}
    values |= {code: pl.col(f"{code}__day") for code in DATES}
    values |= {code: pl.coalesce(f"{code}__code", code) for code in (*LABELLED, "programme", "cohort")}
    said = [
        (pl.col("name__key") if code == "name" else value.cast(pl.String)).fill_null("")
        for code, value in values.items()
    ]
    return work.select(
        "row",
        failed=failed,
        **values,
        programme_id=pl.col("programme__id"),
        cohort_id=pl.col("cohort__id"),
        name_key=pl.col("name__key"),
        document_key=pl.col("number__key"),
        basis=_basis(context),
        content=pl.concat_str(said, separator=SEPARATOR),
        born_on=pl.col("born_on"),
        sex=pl.coalesce("number__sex", "gender__code"),
    )

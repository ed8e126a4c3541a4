"""Checking rows against each other and against what is known: E12, E07, W04, W06, and every row's fate.

Rows with an error are neither compared with others nor remembered. A row that is on the books as it stands is
``unchanged``: it raises nothing, but it is remembered, so that a second row for the same record is a duplicate of it.
"""

import polars as pl

from programs.intake.found import Checked, Test, by_reason, joined, run_tests

CROSS_RULES = ("E07", "E12", "W04", "W06")
NOT_ON_RECORD, OTHER_NAME = 0, 2
"""``name_state`` of a number that is not on record, and of one that is under a name that differs by more than form."""

CERTIFICATES = ("education_cert_no", "title_cert_no")
_KNOWN = ("name_state", "elsewhere", "education_cert_elsewhere", "title_cert_elsewhere", "digest", "standing")
_IDENTITY = ("document_key", "programme_id", "cohort_id")
_DEFAULTS = {
    "name_state": pl.lit(0, dtype=pl.UInt8),
    "elsewhere": pl.lit(False),
    "education_cert_elsewhere": pl.lit(False),
    "title_cert_elsewhere": pl.lit(False),
    "digest": pl.lit(None, dtype=pl.Binary),
    "standing": pl.lit(None, dtype=pl.Binary),
}


def cross_check(checked: Checked, known: pl.DataFrame) -> Checked:
    """Checks the rows of one file against each other and the books.

    Args:
        checked: what ``check_cells`` returned; findings of an earlier cross check are dropped and made anew.
        known: one line per row without an error: ``row``; ``name_state`` (0 the number is not on record, 1 it is under
            this name, 2 under another); ``elsewhere`` (another organisation reported the number);
            ``education_cert_elsewhere``, ``title_cert_elsewhere`` (the certificate number stands on another person);
            ``digest`` of the row's content; ``standing``, that of the live record with the row's identity, or null.
            A row that has no line is taken as unknown.

    Returns:
        The frame with ``fate`` added (new, amendment, unchanged, rejected; ``failed`` still means the cells alone), and
        the findings with E12, E07, W04 and W06 added and those of unchanged rows left out.
    """
    rows = checked.frame.drop("fate", strict=False)
    books = known.select("row", *(pl.col(name) if name in known.columns else _DEFAULTS[name] for name in _KNOWN))
    work = rows.join(books, on="row", how="left", maintain_order="left").with_columns(
        pl.coalesce(name, default).alias(name) for name, default in _DEFAULTS.items()
    )
    work = work.with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32), good=~pl.col("failed"))

    names, work = _take(work, [_other_names()])
    twice, work = _take(work, [_twice()])
    unchanged = pl.col("good") & (pl.col("digest") == pl.col("standing")).fill_null(False)
    work = work.with_columns(unchanged=unchanged).with_columns(
        _certificate_on_another(column).alias(f"{column}__first") for column in CERTIFICATES
    )
    passing = work.filter(pl.col("good") & ~pl.col("unchanged"))
    warnings, _ = run_tests(passing, passing, [_elsewhere(), *(_certificate(column) for column in CERTIFICATES)])

    same = work.filter("unchanged")["row"]
    cells = checked.findings.filter(
        ~pl.col("rule").is_in(CROSS_RULES) & (pl.col("row").is_null() | ~pl.col("row").is_in(same.implode()))
    )
    fate = (
        pl.when(~pl.col("good"))
        .then(pl.lit("rejected"))
        .when("unchanged")
        .then(pl.lit("unchanged"))
        .when(pl.col("standing").is_not_null())
        .then(pl.lit("amendment"))
        .otherwise(pl.lit("new"))
    )
    frame = rows.with_columns(work.select(fate=fate).to_series())
    return Checked(frame, joined([cells, names, twice, warnings]))


def _take(work: pl.DataFrame, tests: list[Test]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings of ``tests``, and the rows with those that raise them no longer good."""
    findings, raised = run_tests(work, work, tests)
    return findings, work.with_columns(good=pl.col("good") & ~raised.select(pl.any_horizontal(pl.all())).to_series())


def _other_names() -> Test:
    """E12: another name than the one on record for the number, or than the first one that this file gives it.

    Only numbers that are not on record are compared within the file: a person on record may have several names.
    """
    fresh = pl.col("good") & (pl.col("name_state") == NOT_ON_RECORD)
    first = pl.col("row").filter(fresh).first().over("document_key")
    first_name = pl.col("name_key").filter(fresh).first().over("document_key")
    reason = (
        pl.when(pl.col("good") & (pl.col("name_state") == OTHER_NAME))
        .then(pl.lit("record"))
        .when(fresh & (pl.col("name_key") != first_name))
        .then(pl.lit("file"))
    )
    return by_reason("E12", "name", reason, first_row=pl.when(fresh).then(first))


def _twice() -> Test:
    """E07: the same person for the same programme and cohort again; the first good row stands."""
    good = pl.col("good") & pl.col("document_key").is_not_null()
    first = pl.col("row").filter(good).first().over(_IDENTITY)
    place = pl.col("place").filter(good).first().over(_IDENTITY)
    return Test("E07", "id_number", good & (pl.col("place") > place), {"first_row": first})


def _elsewhere() -> Test:
    return Test("W04", "id_number", pl.col("elsewhere"))


def _certificate(column: str) -> Test:
    """W06: the certificate number stands on another person, on the books or in an earlier row of this file."""
    kind = column.removesuffix("_cert_no")
    numbered = pl.col(column).str.contains("[0-9]")
    first = pl.col(f"{column}__first")
    reason = (
        pl.when(numbered & first.is_not_null())
        .then(pl.lit("file"))
        .when(numbered & pl.col(f"{kind}_cert_elsewhere"))
        .then(pl.lit("record"))
    )
    return by_reason("W06", column, reason, first_row=first)


def _certificate_on_another(column: str) -> pl.Expr:
    """The row of the first earlier good row that gives the certificate number to another person; null if none does."""
    good = pl.col("good") & pl.col(column).is_not_null()
    holder = pl.col("document_key").filter(good).first().over(column)
    holding = pl.col("row").filter(good).first().over(column)
    other = good & (pl.col("document_key") != holder)
    first_other = pl.col("row").filter(other).first().over(column)
    place_other = pl.col("place").filter(other).first().over(column)
    return pl.when(~good).then(None).when(other).then(holding).when(pl.col("place") > place_other).then(first_other)

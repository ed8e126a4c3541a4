"""Checking rows against each other and against what is known: E12, E07, W04, W06, and every row's fate.

Rows with an error are neither compared with others nor remembered. A row that is on the books as it stands is
``unchanged``: it raises nothing, but it is remembered, so that a second row for the same record is a duplicate of it.
"""

from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from programs.intake.found import Checked, Test, by_reason, joined, run_tests
from programs.intake.rules import ERROR, OFF, SEVERITIES

CROSS_RULES = ("E07", "E12", "W04", "W06")
NOT_ON_RECORD, OTHER_NAME = 0, 2
"""``name_state`` of a number that is not on record, and of one that is under a name that differs by more than form."""

CERTIFICATES = ("education_cert_no", "title_cert_no")
_COMPARED = ("row", "failed", "name", "id_number", "name_key", "document_key", "programme_id", "cohort_id")
_IDENTITY = ("holder", "programme_id", "cohort_id")
_KNOWN = {
    "whole_id": pl.Int64,
    "name_state": pl.UInt8,
    "elsewhere": pl.Boolean,
    "education_cert_elsewhere": pl.Boolean,
    "title_cert_elsewhere": pl.Boolean,
    "digest": pl.Binary,
    "standing": pl.Binary,
}


def cross_check(checked: Checked, known: pl.DataFrame, severities: Mapping[str, str] = SEVERITIES) -> Checked:
    """Checks the rows of one file against each other and the books.

    Args:
        checked: what ``check_cells`` returned; findings of an earlier cross check are dropped and made anew.
        known: one line per row without an error: ``row``; ``name_state`` (0 the number is not on record, 1 it is under
            this name, 2 under another); ``elsewhere`` (another organisation reported the number);
            ``education_cert_elsewhere``, ``title_cert_elsewhere`` (the certificate number stands on another person);
            ``whole_id``, who the number's person is now; ``digest`` of the row's content; ``standing``, that of the
            live record with the row's identity, or null. A row that has no line is taken as unknown.
        severities: by rule how grave its findings are; W04 and W06 may refuse rows, or be off.

    Returns:
        The frame with ``fate`` added (new, amendment, unchanged, rejected; ``failed`` still means the cells alone), and
        the findings with E12, E07, W04 and W06 added and those of unchanged rows left out.
    """
    rows = checked.frame.drop("fate", strict=False)
    work = _compared(rows, known)
    names = _other_names(work)
    work = _without(work, names)
    twice = _twice(work)
    work = _without(work, twice)
    warnings = []
    for rule, find in _BOOKS[severities["W06"] == ERROR]:
        severity = severities[rule]
        if severity == OFF:
            continue
        found = find(work.with_columns(passing=pl.col("good") & ~pl.col("same")))
        warnings.append(found)
        if severity == ERROR:
            work = _without(work, found)

    same = work.filter("good", "same")["row"]
    cells = checked.findings.filter(
        ~pl.col("rule").is_in(CROSS_RULES) & (pl.col("row").is_null() | ~pl.col("row").is_in(same.implode()))
    )
    fate = work.select(
        fate=pl.when(~pl.col("good"))
        .then(pl.lit("rejected"))
        .when("same")
        .then(pl.lit("unchanged"))
        .when("stands")
        .then(pl.lit("amendment"))
        .otherwise(pl.lit("new"))
    )
    return Checked(rows.hstack(fate), joined([cells, names, twice, *warnings]))


def _compared(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """What is compared of each row, and what the books say of it.

    ``good`` says that nothing refuses it so far, ``same`` that it is on the books as it stands, ``stands`` that a
    record with its identity is. ``holder`` names the human being: by the person that they are known to be now, else by
    their document. A long file is never copied to leave rows out: these are marks, and what is looked at closely are
    the few rows that repeat something.
    """
    said = known.select("row", *(name for name in _KNOWN if name in known.columns)).with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in _KNOWN.items() if name not in known.columns
    )
    books = said.select(
        "row",
        pl.col("name_state").fill_null(NOT_ON_RECORD),
        pl.col("elsewhere", "education_cert_elsewhere", "title_cert_elsewhere").fill_null(False),
        same=(pl.col("digest") == pl.col("standing")).fill_null(False),
        stands=pl.col("standing").is_not_null(),
        whole=pl.col("whole_id"),
    )
    work = rows.select(*_COMPARED, *CERTIFICATES, place=pl.int_range(pl.len(), dtype=pl.UInt32), good=~pl.col("failed"))
    if rows["row"].equals(books["row"]):
        return _with_holders(work.hstack(books.drop("row")))
    unknown = {"name_state": NOT_ON_RECORD} | dict.fromkeys(books.columns[2:-1], False)
    joined_up = work.join(books, on="row", how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(value) for name, value in unknown.items()
    )
    return _with_holders(joined_up)


def _with_holders(work: pl.DataFrame) -> pl.DataFrame:
    if work["whole"].null_count() == work.height:
        return work.rename({"whole": "holder"}).with_columns(holder="document_key")
    return work.with_columns(holder=pl.coalesce(pl.col("whole").cast(pl.String), "document_key")).drop("whole")


def _without(work: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The rows, those that raise ``findings`` no longer good."""
    return work.with_columns(pl.col("good") & ~pl.col("row").is_in(findings["row"].implode()))


def _repeated(work: pl.DataFrame, column: str, *where: str | pl.Expr) -> pl.DataFrame:
    """The good rows, of those that ``where`` marks, whose value in ``column`` another one of them has too."""
    value = pl.when("good", *where).then(column)
    return work.filter(value.is_not_null() & value.is_duplicated())


def _other_names(work: pl.DataFrame) -> pl.DataFrame:
    """E12: another name than the one on record for the number, or than the first one that this file gives it.

    Only numbers that are not on record are compared within the file: a person on record may have several names.
    """
    on_record = work.filter("good", pl.col("name_state") == OTHER_NAME)
    fresh = _repeated(work, "document_key", pl.col("name_state") == NOT_ON_RECORD).with_columns(
        first_row=pl.col("row").first().over("document_key"), first_name=pl.col("name_key").first().over("document_key")
    )
    another = pl.col("name_key") != pl.col("first_name")
    found = [
        run_tests(on_record, on_record, [by_reason("E12", "name", pl.lit("record"))]),
        run_tests(fresh, fresh, [Test("E12", "name", another, {"reason": "file", "first_row": pl.col("first_row")})]),
    ]
    return joined(findings for findings, _ in found)


def _twice(work: pl.DataFrame) -> pl.DataFrame:
    """E07: the same person for the same programme and cohort again; the first row stands."""
    rows = _repeated(work, "holder").with_columns(
        first_row=pl.col("row").first().over(_IDENTITY), first_place=pl.col("place").first().over(_IDENTITY)
    )
    again = pl.col("place") > pl.col("first_place")
    return run_tests(rows, rows, [Test("E07", "id_number", again, {"first_row": pl.col("first_row")})])[0]


def _numbered(column: str) -> pl.Expr:
    return pl.col(column).str.contains("[0-9]")


def _elsewhere(work: pl.DataFrame) -> pl.DataFrame:
    """W04: another organisation has reported the number."""
    reported = work.filter("passing", "elsewhere")
    return run_tests(reported, reported, [Test("W04", "id_number", pl.lit(True))])[0]


def _held(work: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows whose certificate number stands on another person on the books."""
    return work.filter("passing", column.replace("_no", "_elsewhere"), _numbered(column))


def _certificates(work: pl.DataFrame, column: str) -> pl.DataFrame:
    """W06: the certificate number stands on another person, on the books or in an earlier row of this file.

    Compared with every good row, raised on those alone that are not on the books as they stand.
    """
    shared = (
        _repeated(work, column)
        .filter(_numbered(column))
        .with_columns(first=pl.col("holder").first().over(column), held_row=pl.col("row").first().over(column))
    )
    other = pl.col("holder") != pl.col("first")
    first_other = (
        shared.filter(other).group_by(column).agg(other_row=pl.col("row").first(), other_place=pl.col("place").first())
    )
    earlier = (
        shared.join(first_other, on=column, how="left", maintain_order="left")
        .with_columns(
            first_row=pl.when(other).then("held_row").when(pl.col("place") > pl.col("other_place")).then("other_row")
        )
        .drop_nulls("first_row")
    )
    in_file = earlier.filter("passing")
    books = _held(work, column).join(earlier, on="row", how="anti")
    found = [
        run_tests(
            in_file, in_file, [Test("W06", column, pl.lit(True), {"reason": "file", "first_row": pl.col("first_row")})]
        ),
        run_tests(books, books, [by_reason("W06", column, pl.lit("record"))]),
    ]
    return joined(findings for findings, _ in found)


def _on_record(work: pl.DataFrame, column: str) -> pl.DataFrame:
    """W06 as an error: the certificate number stands on another person on the books."""
    held = _held(work, column)
    return run_tests(held, held, [by_reason("W06", column, pl.lit("record"))])[0]


def _after_the_first(work: pl.DataFrame, column: str) -> pl.DataFrame:
    """W06 as an error: the first row that brings a certificate number stands, with all others of its person."""
    shared = _repeated(work, column).filter(_numbered(column))
    shared = shared.with_columns(
        first=pl.col("holder").first().over(column), first_row=pl.col("row").first().over(column)
    )
    others = shared.filter("passing", pl.col("holder") != pl.col("first"))
    params: dict[str, pl.Expr | str] = {"reason": "file", "first_row": pl.col("first_row")}
    return run_tests(others, others, [Test("W06", column, pl.lit(True), params)])[0]


_Find = Callable[[pl.DataFrame], pl.DataFrame]
_BOOKS: dict[bool, list[tuple[str, _Find]]] = {
    False: [("W04", _elsewhere), *(("W06", partial(_certificates, column=column)) for column in CERTIFICATES)],
    True: [
        ("W04", _elsewhere),
        *(("W06", partial(find, column=column)) for column in CERTIFICATES for find in (_on_record, _after_the_first)),
    ],
}
"""What is looked for last, in its order; by whether W06 refuses rows, which are then compared with no other."""

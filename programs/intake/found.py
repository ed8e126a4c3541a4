"""Findings in columns: which rows raise which rule, with what masked value and what parameters for the message."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from backend.vault.masking import HEAD_AND_TAIL, STARS, SUSPECT, scrub
from programs.intake.columns import MASKED

FINDING_SCHEMA = {
    "row": pl.UInt32,
    "column": pl.String,
    "rule": pl.String,
    "value": pl.String,
    "params": pl.String,
}
"""``row`` is null for the whole file, ``value`` is masked, ``params`` is a JSON object for the rule's message."""

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows and what was found in them.

    ``frame`` has one line per data row (see ``check_cells`` and ``cross_check``), ``findings`` is in the shape of
    :data:`FINDING_SCHEMA`.
    """

    frame: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Test:
    """One way of raising one rule on one column.

    ``when`` is true for the rows that raise it; ``params`` are constants or expressions over the same frame;
    ``reason`` is a constant, or an expression that is null where the rule is not raised, and then stands for ``when``.
    """

    rule: str
    column: str
    when: pl.Expr
    params: Mapping[str, pl.Expr | str] = field(default_factory=dict)


def by_reason(rule: str, column: str, reason: pl.Expr, **params: pl.Expr | str) -> Test:
    """A test whose expression names the reason, and is null where there is none."""
    return Test(rule, column, reason.is_not_null(), {"reason": reason, **params})


def run_tests(
    frame: pl.DataFrame, raw: pl.DataFrame, tests: Sequence[Test], numbers: Container[str] = MASKED
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Runs all tests in one pass over ``frame``.

    Args:
        frame: what the tests look at, with ``row``.
        raw: the cells as they were written, for the findings' values; columns may be missing.
        tests: what is tested.
        numbers: the columns whose values are masked whole.

    Returns:
        The findings, and one Boolean column per test by its place (``"0"``, ``"1"`` …).
    """
    whens = (test.when.fill_null(False).alias(str(place)) for place, test in enumerate(tests))
    raised = frame.select("row", *whens).drop("row")
    parts = []
    for place, test in enumerate(tests):
        mask = raised[str(place)]
        if mask.any():
            parts.append(_findings(frame.filter(mask), _values(raw, mask, test.column, numbers), test))
    return joined(parts), raised


def joined(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The findings of several passes as one frame, empty if there are none."""
    return pl.concat([pl.DataFrame(schema=FINDING_SCHEMA), *parts])


def file_finding(rule: str, value: str, params: Mapping[str, object]) -> pl.DataFrame:
    """A finding on the whole file."""
    return pl.DataFrame(
        [(None, None, rule, scrub(value)[:LONGEST_VALUE], json.dumps(params, ensure_ascii=False))],
        schema=FINDING_SCHEMA,
        orient="row",
    )


def masked(values: pl.Series, column: str, numbers: Container[str] = MASKED) -> pl.Series:
    """The values of a column as findings may show them."""
    if column in numbers:
        return pl.DataFrame({"value": values}).select(masked_number(pl.col("value"))).to_series()
    shown = values.str.slice(0, LONGEST_VALUE)
    suspects = shown.filter(shown.str.contains(SUSPECT)).unique()
    if not suspects.len():
        return shown
    return shown.replace(suspects, pl.Series([scrub(text) for text in suspects], dtype=pl.String))


def masked_number(text: pl.Expr) -> pl.Expr:
    """``backend.vault.masking.mask_number`` over a column."""
    text = text.str.strip_chars()
    length = text.str.len_chars().cast(pl.Int64)

    def shown(head: int, tail: int) -> pl.Expr:
        stars = pl.lit("*" * STARS).str.head(pl.min_horizontal(length - head - tail, pl.lit(STARS)))
        return pl.concat_str([text.str.head(head), stars] + ([text.str.tail(tail)] if tail else []))

    return pl.coalesce(pl.when(length >= least).then(shown(head, tail)) for least, head, tail in HEAD_AND_TAIL)


def _values(raw: pl.DataFrame, mask: pl.Series, column: str, numbers: Container[str]) -> pl.Series:
    if column not in raw.columns:
        return pl.Series([None], dtype=pl.String).new_from_index(0, int(mask.sum()))
    return masked(raw[column].filter(mask).cast(pl.String), column, numbers)


def _findings(rows: pl.DataFrame, values: pl.Series, test: Test) -> pl.DataFrame:
    params = {"column": test.column, **test.params}
    told = [(pl.lit(value) if isinstance(value, str) else value).alias(name) for name, value in params.items()]
    return rows.select(
        pl.col("row").cast(pl.UInt32),
        column=pl.lit(test.column),
        rule=pl.lit(test.rule),
        value=values,
        params=pl.struct(told).struct.json_encode(),
    )

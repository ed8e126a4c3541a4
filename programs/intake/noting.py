"""Writing down what the checks found."""

import json
from collections.abc import Mapping

import polars as pl

from programs.intake.assessing import Counts
from programs.intake.columns import layout_of
from programs.intake.copying import as_loader, reserve_ids
from programs.intake.rules import SEVERITIES
from programs.submissions.models import Finding, Submission

VALUE_LENGTH = 200


def write_findings(submission: Submission, findings: pl.DataFrame, severities: Mapping[str, str] = SEVERITIES) -> None:
    """Replaces the submission's findings, ordered by row, then by the template's order of columns, then by rule.

    Args:
        submission: whose findings they are.
        findings: ``row, column, rule, value, params`` with the values masked already.
        severities: by rule how grave its findings are; each keeps it, whatever is set later.
    """
    Finding.objects.filter(submission=submission).delete()
    places = layout_of(submission.template).order
    ordered = (
        findings.with_columns(
            place=pl.col("column").replace_strict(dict(places), default=-1, return_dtype=pl.Int32),
            severity=pl.col("rule").replace_strict(dict(severities), return_dtype=pl.String),
        )
        .sort("row", "place", "rule", nulls_last=False, maintain_order=True)
        .drop("place")
    )
    ids = reserve_ids("finding", ordered.height)
    frame = ordered.select(
        id=ids,
        submission_id=pl.lit(submission.pk, dtype=pl.Int64),
        organisation_id=pl.lit(submission.organisation_id, dtype=pl.Int64),
        position=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
        row="row",
        column=pl.col("column").fill_null(""),
        rule="rule",
        severity="severity",
        value=pl.col("value").fill_null("").str.slice(0, VALUE_LENGTH),
        params="params",
    )
    with as_loader() as loader:
        loader.copy("finding", frame)


def fatal_findings(fatal: list[dict]) -> pl.DataFrame:
    """The findings on a file that was refused whole: no row, no column unless the rule names one."""
    return pl.DataFrame(
        [(None, None, found["rule"], None, json.dumps(found.get("params", {}), ensure_ascii=False)) for found in fatal],
        schema={
            "row": pl.UInt32,
            "column": pl.String,
            "rule": pl.String,
            "value": pl.String,
            "params": pl.String,
        },
        orient="row",
    )


def set_counts(submission: Submission, counts: Counts) -> None:
    """Puts the counts on the submission without saving it."""
    submission.rows = counts.rows
    submission.accepted = counts.accepted
    submission.accepted_with_warnings = counts.accepted_with_warnings
    submission.unchanged = counts.unchanged
    submission.rejected = counts.rejected


COUNT_FIELDS = ("rows", "accepted", "accepted_with_warnings", "unchanged", "rejected")

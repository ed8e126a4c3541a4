"""The general path: how the rows of every simple template are assessed and taken.

Cells are read part by part before it is the rows' turn; comparing and taking belong to the template's own work.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from backend import clock
from backend.reference import selectors as reference
from programs.intake.assessing import Assessment, Values, counts_of
from programs.intake.found import FINDING_SCHEMA, file_finding, joined
from programs.intake.rules import ERROR, OFF
from programs.intake.severities import severities_of
from programs.intake.templates.cells import check_cells
from programs.intake.templates.template import Template, template_of
from programs.intake.templates.work import AMENDMENT, NEW, REJECTED, UNCHANGED, Given, Work
from programs.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the rows say by themselves: how many there are, those without an error, and the findings."""

    total: int
    rows: pl.DataFrame
    findings: pl.DataFrame


def given_of(submission: Submission, template: Template) -> Given:
    """What the rows of a submission are checked against."""
    return Given(
        organisation=submission.organisation,
        period=submission.period,
        actor=submission.confirmed_by or submission.submitted_by,
        today=clock.today(),
        tables=reference.tables(),
        date1904=bool(submission.meta.get("date1904")),
        masked=template.layout.masked,
        severities=severities_of(submission),
        submission=submission,
    )


def work_of(template: Template, given: Given) -> Work:
    """What a template's rows mean, with what it reads of the world from now on."""
    return (template.work() if template.work else Work)(given)


def prepare(
    submission: Submission, meta: Mapping[str, Any], parts: Iterable[pl.DataFrame], *, looking_up: bool = False
) -> Prepared:
    """The cells of all rows, checked; see ``Engine``."""
    template = template_of(submission.template)
    work = work_of(template, given_of(submission, template))
    total, rows, findings = _cells(template, work, parts)
    unknown = [str(header) for header in meta.get("unknown") or []]
    if unknown:
        findings = [file_finding("W07", "、".join(unknown), {"columns": unknown}), *findings]
    return Prepared(total, rows, joined(findings))


def _cells(
    template: Template, work: Work, parts: Iterable[pl.DataFrame]
) -> tuple[int, pl.DataFrame, list[pl.DataFrame]]:
    """How many rows there are, those without an error, and the findings of their cells."""
    total, rows, findings = 0, [], []
    for part in parts:
        checked = check_cells(part, template, work)
        total += part.height
        rows.append(checked.frame.filter(~pl.col("failed")).drop("failed"))
        findings.append(checked.findings)
    return total, pl.concat(rows), findings


def assess(submission: Submission, prepared: Prepared, *, locking: bool = False) -> Assessment:
    """The rows compared with each other and with what is known now; see ``Engine``."""
    template = template_of(submission.template)
    given = given_of(submission, template)
    work = work_of(template, given)
    rows, found = cross(work, prepared.rows, locking=locking)
    findings = without_unchanged(joined([prepared.findings, found]), rows)
    counts = counts_of(prepared.total, rows, findings, given.severities)
    return Assessment(rows, Values(), findings, counts, given.severities, work)


def cross(work: Work, rows: pl.DataFrame, *, locking: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with their fates, and what was found by comparing them."""
    severities = work.given.severities
    crossed = work.cross(rows, locking=locking)
    off = [rule for rule, severity in severities.items() if severity == OFF]
    errors = [rule for rule, severity in severities.items() if severity == ERROR]
    found = crossed.findings.filter(~pl.col("rule").is_in(off))
    refused = found.filter(pl.col("rule").is_in(errors))["row"].unique()
    fate = pl.when(pl.col("row").is_in(refused.implode())).then(pl.lit(REJECTED)).otherwise("fate")
    return crossed.rows.with_columns(fate=fate), found.select(*FINDING_SCHEMA)


def without_unchanged(findings: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The findings but for those of rows that stand on the books as they are."""
    same = rows.filter(pl.col("fate") == UNCHANGED)["row"]
    return findings.filter(pl.col("row").is_null() | ~pl.col("row").is_in(same.implode()))


@dataclass(frozen=True, slots=True)
class Tried:
    """How rows fare under severities that are only tried: how many there are, what is found, and which would pass."""

    total: int
    findings: pl.DataFrame
    passing: frozenset[int]


def try_severities(
    submission: Submission, parts: Iterable[pl.DataFrame], severities: Mapping[str, str], today: dt.date
) -> Tried:
    """How a submission's rows would fare if rules were as grave as is proposed, as on a day."""
    template = template_of(submission.template)
    work = work_of(template, replace(given_of(submission, template), severities=severities, today=today))
    total, rows, findings = _cells(template, work, parts)
    rows, found = cross(work, rows, locking=False)
    passing = rows.filter(pl.col("fate") != REJECTED)["row"]
    return Tried(total, joined([*findings, found]), frozenset(passing))


def take(submission: Submission, assessment: Assessment) -> None:
    """Has the template's work write the rows that are taken; see ``Engine``."""
    rows = assessment.rows.filter(pl.col("fate").is_in([NEW, AMENDMENT]))
    if not rows.is_empty():
        assessment.work.take(rows)


def conclude(submission: Submission, assessment: Assessment) -> None:
    """Nothing follows for rows that are not taken; see ``Engine``."""

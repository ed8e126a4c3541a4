"""One assessment of a sheet: its cells, its rows against each other, and its rows against what is known.

The check, every mend and the commit assess by this one way, so that none can find what another does not.
"""

from dataclasses import dataclass

import polars as pl

from programs.intake import resolving
from programs.intake.cells import Checked, check_cells
from programs.intake.cross import cross_check
from programs.intake.facts import context_of
from programs.intake.readers.sheet import Sheet
from programs.intake.rules import RULES
from programs.submissions.models import Submission


@dataclass(frozen=True)
class Counts:
    """How the rows of a submission fare: rows = accepted + unchanged + rejected."""

    rows: int
    accepted: int
    accepted_with_warnings: int
    unchanged: int
    rejected: int


@dataclass(frozen=True)
class Assessment:
    """The rows with their ``fate`` (new, amendment, unchanged, rejected) and what is known of them; the findings."""

    rows: pl.DataFrame
    findings: pl.DataFrame
    counts: Counts


def check_alone(submission: Submission, sheet: Sheet) -> Checked:
    """The part of an assessment that needs nobody else's rows."""
    return check_cells(sheet, context_of(submission))


def assess(submission: Submission, checked: Checked, *, locking: bool = False) -> Assessment:
    """Compares the rows with each other and with what is known now; ``locking`` as in ``resolving.known``."""
    known = resolving.known(checked, submission.organisation_id, locking=locking)
    crossed = cross_check(checked, known)
    rows = crossed.frame.join(
        known.select(
            "row",
            "number_index",
            "education_index",
            "title_index",
            "person_id",
            "name_state",
            "digest",
            "record_id",
            "record_state",
        ),
        on="row",
        how="left",
        maintain_order="left",
        suffix="_known",
    )
    return Assessment(rows=rows, findings=crossed.findings, counts=_counts(rows, crossed.findings))


def _counts(rows: pl.DataFrame, findings: pl.DataFrame) -> Counts:
    warned = [code for code, rule in RULES.items() if rule.severity == "warning"]
    taken = rows.filter(pl.col("fate").is_in(["new", "amendment"])).select("row")
    with_warnings = taken.join(
        findings.filter(pl.col("rule").is_in(warned)).select("row").unique(), on="row", how="semi"
    )
    fates = dict(rows.group_by("fate").len().iter_rows())
    return Counts(
        rows=rows.height,
        accepted=taken.height,
        accepted_with_warnings=with_warnings.height,
        unchanged=fates.get("unchanged", 0),
        rejected=fates.get("rejected", 0),
    )

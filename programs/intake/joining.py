"""By how many the places taken in each cohort would rise, were a submission's good rows taken: told before that."""

from collections import Counter

import polars as pl

from programs.intake.assessing import Assessment, beside_values
from programs.records.models import Outcome, Record

JOINING = "joining"
"""Where a submission's meta keeps it, by the cohort's id; cohorts whose places stay as they are are left out."""


def joining(assessment: Assessment) -> dict[str, int]:
    """The same of an assessment. A row takes a place unless it says that its person withdrew; an amendment takes or
    frees one where the record says otherwise. Rows of templates that enrol nobody join nothing."""
    found: Counter[int] = Counter()
    amended: list[tuple[int, int, bool]] = []
    for rows, values in beside_values(assessment.rows, assessment.values):
        taken = rows.select("fate", "cohort_id", "record_id").hstack(values.select("outcome"))
        taken = taken.filter(pl.col("fate").is_in(["new", "amendment"]) & pl.col("cohort_id").is_not_null())
        taken = taken.with_columns(stays=pl.col("outcome") != Outcome.WITHDRAWN)
        new = taken.filter((pl.col("fate") == "new") & pl.col("stays")).group_by("cohort_id").len()
        found.update(dict(new.iter_rows()))
        amended += taken.filter(pl.col("fate") == "amendment").select("record_id", "cohort_id", "stays").iter_rows()
    if amended:
        standing = Record.objects.filter(pk__in=[record for record, _cohort, _stays in amended])
        away = set(standing.filter(outcome=Outcome.WITHDRAWN).values_list("pk", flat=True))
        for record, cohort, stays in amended:
            found[cohort] += int(stays) - int(record not in away)
    return {str(cohort): people for cohort, people in sorted(found.items()) if people}

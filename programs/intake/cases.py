"""Match cases: where a row gives another name than the one on record for its number (E12)."""

import polars as pl

from programs.intake.assessing import Assessment
from programs.submissions.models import Submission
from talent.people.services import NewCase, open_match_cases


def open_cases(submission: Submission, assessment: Assessment) -> None:
    """Opens a case for an officer for each row that E12 refused; a name asked about before is not asked again.

    A row that differs from an earlier row of its own file alone meets nobody on record until that row is taken, so it
    opens a case only where the number's person is known by now.
    """
    refused = assessment.findings.filter(pl.col("rule") == "E12").select("row")
    rows = assessment.rows.join(refused, on="row", how="semi").filter(
        pl.col("person_id").is_not_null(), pl.col("name_state") == 2
    )
    open_match_cases(
        cases=[
            NewCase(
                person_id=row["person_id"],
                organisation_id=submission.organisation_id,
                submission_id=submission.pk,
                row=row["row"],
                name=row["name"],
                name_key=row["name_key"],
                birth_date=row["birth_date"],
            )
            for row in rows.iter_rows(named=True)
        ]
    )

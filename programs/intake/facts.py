"""What the checks need to know of the world, gathered from the database for one submission."""

import datetime as dt

from backend import clock
from backend.reference import selectors as reference
from programs.catalogue.models import Cohort, Programme
from programs.intake.columns import fold
from programs.intake.context import CohortFacts, Context, ProgrammeFacts
from programs.intake.severities import severities_of
from programs.submissions.models import Submission
from talent.credentials.tiers import qualifying_codes

NEVER_LATE = {"W03": "off"}
"""What is not asked of opening books: they are old by their nature."""


def context_of(submission: Submission, *, today: dt.date | None = None) -> Context:
    """The facts against which the cells of ``submission`` are checked.

    Programmes are those that the organisation takes part in, cohorts its own alone: whatever belongs to others is as
    unknown as what does not exist (E08).
    """
    period = submission.period
    if period is None:
        raise ValueError(f"submission {submission.pk} reports records for no period")
    programmes = Programme.objects.filter(programmeorganisation__organisation_id=submission.organisation_id)
    cohorts = Cohort.objects.filter(organisation_id=submission.organisation_id)
    qualifying = qualifying_codes()
    return Context(
        today=today or clock.today(),
        period_starts_on=period.starts_on,
        period_ends_on=period.ends_on,
        tables=reference.tables(),
        programmes={
            fold(programme.code): ProgrammeFacts(
                id=programme.pk,
                code=programme.code,
                path=programme.path,
                starts_on=programme.starts_on,
                ends_on=programme.ends_on,
            )
            for programme in programmes
        },
        cohorts={
            fold(cohort.code): CohortFacts(
                id=cohort.pk,
                code=cohort.code,
                programme_id=cohort.programme_id,
                starts_on=cohort.starts_on,
                ends_on=cohort.ends_on,
            )
            for cohort in cohorts
        },
        qualifying_education=qualifying.education,
        qualifying_titles=qualifying.titles,
        date1904=bool(submission.meta.get("date1904")),
        plan_starts_on=qualifying.starts_on,
        plan_ends_on=qualifying.ends_on,
        severities=severities_of(submission) | (NEVER_LATE if submission.opening else {}),
    )

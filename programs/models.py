"""The tables of what people go through and what is counted, each defined in its own room."""

from programs.catalogue.models import Cohort, CohortRequest, Programme, ProgrammeOrganisation
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting
from programs.periods.models import Obligation, Period
from programs.records.models import Amendment, Decision, Record
from programs.reminders.models import LadderStage, Reminder
from programs.submissions.models import Finding, Mend, Submission
from programs.targets.models import (
    Book,
    LedgerEntry,
    Plan,
    PlanChange,
    PlanPreview,
    Standing,
    Target,
)

__all__ = [
    "Amendment",
    "Book",
    "Cohort",
    "CohortRequest",
    "Decision",
    "Finding",
    "LadderStage",
    "LedgerEntry",
    "Mend",
    "Obligation",
    "Override",
    "Period",
    "Plan",
    "PlanChange",
    "PlanPreview",
    "Programme",
    "ProgrammeOrganisation",
    "Record",
    "Reminder",
    "Replay",
    "ReplayHit",
    "RuleSetting",
    "Standing",
    "Submission",
    "Target",
]

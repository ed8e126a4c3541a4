"""The tables of what people go through and what is counted, each defined in its own room."""

from programs.catalogue.models import Cohort, CohortRequest, Programme, ProgrammeOrganisation
from programs.checklists.models import CheckList
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting
from programs.periods.models import Obligation, Period
from programs.records.models import Amendment, Decision, Record
from programs.reminders.models import LadderStage, Reminder
from programs.roster.models import RosterEntry
from programs.submissions.models import Finding, Mend, Submission
from programs.targets.models import (
    Book,
    LedgerEntry,
    Plan,
    Standing,
    Target,
)

__all__ = [
    "Amendment",
    "Book",
    "CheckList",
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
    "Programme",
    "ProgrammeOrganisation",
    "Record",
    "Reminder",
    "Replay",
    "ReplayHit",
    "RosterEntry",
    "RuleSetting",
    "Standing",
    "Submission",
    "Target",
]

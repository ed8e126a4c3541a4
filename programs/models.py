"""The tables of what people go through and what is counted, each defined in its own room."""

from programs.alerts.models import Alert, AlertSettings
from programs.catalogue.models import (
    BudgetLine,
    Cohort,
    CohortRequest,
    CurriculumArea,
    EntryRequirement,
    Programme,
    ProgrammeOrganisation,
)
from programs.checklists.models import CheckList
from programs.feeds.models import CalendarFeed, PublishedDay
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting
from programs.periods.models import Extension, Obligation, Period, PeriodScheme
from programs.records.claims import Claim, FirstVerification
from programs.records.models import Amendment, Decision, DecisionRun, Record, Revision, Undoing
from programs.records.threads import Thread, ThreadMessage, ThreadReading
from programs.reminders.models import DigestChoice, LadderPolicy, LadderStage, Quieting, Reminder
from programs.review.models import ReviewSettings, SavedView
from programs.review.sampling.models import Lot, LotDefect, LotUnit, SamplingAct, SamplingSetting
from programs.roster.models import RosterEntry
from programs.snapshots.models import Snapshot
from programs.submissions.models import Finding, Mend, Submission
from programs.targets.gap_models import Gap, GapMark, GapPosting
from programs.targets.indicators.models import Indicator, IndicatorValue
from programs.targets.landing.models import RunOffCell, StoredLanding
from programs.targets.milestone_models import Milestone, MilestoneCell
from programs.targets.models import (
    Book,
    LedgerEntry,
    Plan,
    PlanChange,
    PlanPreview,
    RecountResult,
    Standing,
    Target,
    TargetVersion,
)
from programs.training.models import Attendance

__all__ = [
    "Alert",
    "AlertSettings",
    "Amendment",
    "Attendance",
    "Book",
    "BudgetLine",
    "CalendarFeed",
    "CheckList",
    "Claim",
    "Cohort",
    "CohortRequest",
    "CurriculumArea",
    "Decision",
    "DecisionRun",
    "DigestChoice",
    "EntryRequirement",
    "Extension",
    "Finding",
    "FirstVerification",
    "Gap",
    "GapMark",
    "GapPosting",
    "Indicator",
    "IndicatorValue",
    "LadderPolicy",
    "LadderStage",
    "LedgerEntry",
    "Lot",
    "LotDefect",
    "LotUnit",
    "Mend",
    "Milestone",
    "MilestoneCell",
    "Obligation",
    "Override",
    "Period",
    "PeriodScheme",
    "Plan",
    "PlanChange",
    "PlanPreview",
    "Programme",
    "ProgrammeOrganisation",
    "PublishedDay",
    "Quieting",
    "Record",
    "RecountResult",
    "Reminder",
    "Replay",
    "ReplayHit",
    "ReviewSettings",
    "Revision",
    "RosterEntry",
    "RuleSetting",
    "RunOffCell",
    "SamplingAct",
    "SamplingSetting",
    "SavedView",
    "Snapshot",
    "Standing",
    "StoredLanding",
    "Submission",
    "Target",
    "TargetVersion",
    "Thread",
    "ThreadMessage",
    "ThreadReading",
    "Undoing",
]

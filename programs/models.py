"""The tables of what people go through and what is counted, each defined in its own room."""

from programs.alerts.models import Alert, AlertSettings
from programs.briefings.models import (
    Briefing,
    BriefingFile,
    BriefingIssue,
    BriefingSchedule,
    BriefingSubscriber,
)
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
from programs.contacting.models import CallNote, CallSubject
from programs.disposal.models import DisposalCertificate, DisposalRule, DisposalRun, DisposedItem, LegalHold
from programs.feeds.models import CalendarFeed, PublishedDay
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting
from programs.periods.models import Extension, Obligation, Period, PeriodScheme
from programs.privacy.models import ErasedPerson, PrivacyRequest
from programs.records.claims import Claim, FirstVerification
from programs.records.models import Amendment, Decision, DecisionRun, Record, Revision, Undoing
from programs.records.threads import Thread, ThreadMessage, ThreadReading
from programs.recruitment.models import (
    Arrival,
    Campaign,
    Candidate,
    CandidateHint,
    CandidateKey,
    Document,
    Move,
    Position,
    PositionEdition,
)
from programs.reminders.models import DigestChoice, LadderPolicy, LadderStage, Quieting, Reminder
from programs.retention.models import RetentionAnswer, RetentionCheck, RetentionRule
from programs.review.models import ReviewSettings
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
from programs.targets.staying.models import Departure, DepartureCell, DepartureEntry, DeparturePosting, StayMark
from programs.targets.turn_models import TurnCell
from programs.training.models import Attendance

__all__ = [
    "Alert",
    "AlertSettings",
    "Amendment",
    "Arrival",
    "Attendance",
    "Book",
    "Briefing",
    "BriefingFile",
    "BriefingIssue",
    "BriefingSchedule",
    "BriefingSubscriber",
    "BudgetLine",
    "CalendarFeed",
    "CallNote",
    "CallSubject",
    "Campaign",
    "Candidate",
    "CandidateHint",
    "CandidateKey",
    "CheckList",
    "Claim",
    "Cohort",
    "CohortRequest",
    "CurriculumArea",
    "Decision",
    "DecisionRun",
    "Departure",
    "DepartureCell",
    "DepartureEntry",
    "DeparturePosting",
    "DigestChoice",
    "DisposalCertificate",
    "DisposalRule",
    "DisposalRun",
    "DisposedItem",
    "Document",
    "EntryRequirement",
    "ErasedPerson",
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
    "LegalHold",
    "Lot",
    "LotDefect",
    "LotUnit",
    "Mend",
    "Milestone",
    "MilestoneCell",
    "Move",
    "Obligation",
    "Override",
    "Period",
    "PeriodScheme",
    "Plan",
    "PlanChange",
    "PlanPreview",
    "Position",
    "PositionEdition",
    "PrivacyRequest",
    "Programme",
    "ProgrammeOrganisation",
    "PublishedDay",
    "Quieting",
    "Record",
    "RecountResult",
    "Reminder",
    "Replay",
    "ReplayHit",
    "RetentionAnswer",
    "RetentionCheck",
    "RetentionRule",
    "ReviewSettings",
    "Revision",
    "RosterEntry",
    "RuleSetting",
    "RunOffCell",
    "SamplingAct",
    "SamplingSetting",
    "Snapshot",
    "Standing",
    "StayMark",
    "StoredLanding",
    "Submission",
    "Target",
    "TargetVersion",
    "Thread",
    "ThreadMessage",
    "ThreadReading",
    "TurnCell",
    "Undoing",
]

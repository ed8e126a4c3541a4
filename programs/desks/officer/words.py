"""What the officer's pages call decisions, matches, jobs and stages, whose codes carry no names of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django_filters import BooleanFilter

from backend.jobs.models import Job
from programs.records.filters import RecordFilter
from programs.records.models import Record
from programs.reminders.services import BY_HAND
from programs.review.rulings import NEEDS_REASON, Kind
from talent.people.models import MatchCase


@dataclass(frozen=True, slots=True)
class Word:
    """A decision as a button: its name, its looks, the key that presses it, the title over its reason."""

    kind: Kind
    label: str | Promise
    icon: str
    tone: str
    key: str
    question: str | Promise = ""

    @property
    def needs_reason(self) -> bool:
        return self.kind in NEEDS_REASON


DECISIONS: Mapping[str, Word] = {
    one.kind.value: one
    for one in (
        Word(Kind.VERIFY, lazy("Verify"), "check", "primary", "v"),
        Word(Kind.RETURN, lazy("Return"), "arrow-uturn-left", "primary", "r", lazy("Return to the partner")),
        Word(Kind.REJECT, lazy("Reject"), "x-mark", "danger", "e", lazy("Reject")),
        Word(Kind.REVOKE, lazy("Revoke"), "no-symbol", "danger", "w", lazy("Revoke a verified record")),
    )
}

DECIDED = {
    Kind.VERIFY: lazy("verified"),
    Kind.RETURN: lazy("returned"),
    Kind.REJECT: lazy("rejected"),
    Kind.REVOKE: lazy("revoked"),
}

MATCH_STATES = {
    MatchCase.State.OPEN: lazy("Open"),
    MatchCase.State.SAME: lazy("Same person"),
    MatchCase.State.DIFFERENT: lazy("Different people"),
}

JOB_STATES = {
    Job.State.QUEUED: lazy("Waiting"),
    Job.State.RUNNING: lazy("Under way"),
    Job.State.DONE: lazy("Done"),
    Job.State.FAILED: lazy("Failed"),
    Job.State.CANCELLED: lazy("Cancelled"),
}

JOB_KINDS = {
    "submission.check": lazy("Checking a submission"),
    "submission.reassess": lazy("Checking a submission again"),
    "submission.commit": lazy("Taking a submission into the books"),
    "records.decide": lazy("Deciding on records"),
    "lot.carry_out": lazy("Carrying out the verdict on a lot"),
    "records.preview": lazy("Trying out a decision on records"),
    "records.undo": lazy("Undoing a decision on records"),
    "people.identify": lazy("Looking for persons known twice"),
    "rules.replay": lazy("Trying a rule on past submissions"),
    "targets.recount": lazy("Counting everybody afresh"),
    "alerts.evaluate": lazy("Looking for what managers are told of"),
    "vault.rotate": lazy("Rotating keys"),
    "briefings.make": lazy("Making a briefing"),
    "audit.examine": lazy("Examining the audit trail"),
    "audit.anchor": lazy("Giving out the head of the audit trail"),
}

FILTERS = {
    "state": lazy("State"),
    "pending": lazy("Amended"),
    "organisation": lazy("Organisation"),
    "programme": lazy("Programme"),
    "cohort": lazy("Cohort"),
    "period": lazy("Period"),
    "submission": lazy("Submission"),
    "path": lazy("Path"),
    "outcome": lazy("Outcome"),
    "tier": lazy("Tier"),
    "waiting": lazy("Awaits a decision"),
    "waiting_since": lazy("Waiting since (or longer)"),
    "claim": lazy("Claimed by"),
    "thread": lazy("Question"),
    "second": lazy("Awaits a second officer"),
    "credential": lazy("Credentials"),
    "rule": lazy("Warned of by check"),
    "sort": lazy("Order"),
}
FOR_OFFICERS = frozenset({"waiting", "waiting_since", "claim", "second", "credential"})
"""Filters that only whoever decides is offered."""

STAGES = {
    "before_5": lazy("5 working days before"),
    "due": lazy("On the due day"),
    "after_2": lazy("2 working days late"),
    "after_5": lazy("5 working days late"),
    "leader_5": lazy("5 working days late, to the leader"),
    "bureau_8": lazy("8 working days late, to the bureau"),
}


def stage(code: str) -> str:
    """A stage of the ladder in words; one that is not known here goes by its code."""
    if code.startswith(f"{BY_HAND}:"):
        return _("Reminded by hand")
    return str(STAGES.get(code, code))


def conditions(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A filter of records in words: each name with what it asks for."""
    told = []
    for name, value in values.items():
        known = RecordFilter.base_filters.get(name)
        choices = known.extra.get("choices", ()) if known is not None else ()
        if isinstance(known, BooleanFilter):
            choices = (("true", _("Yes")), ("True", _("Yes")), ("false", _("No")), ("False", _("No")))
        labels = {str(code): str(label) for code, label in choices}
        given = value if isinstance(value, list) else [value]
        told.append((str(FILTERS.get(name, name)), ", ".join(labels.get(str(one), str(one)) for one in given)))
    return told


def act_on(decision: str, count: int) -> str:
    """A button that decides on so many records."""
    told = {
        Kind.VERIFY: ngettext("Verify %(n)s record", "Verify %(n)s records", count),
        Kind.RETURN: ngettext("Return %(n)s record", "Return %(n)s records", count),
        Kind.REJECT: ngettext("Reject %(n)s record", "Reject %(n)s records", count),
        Kind.REVOKE: ngettext("Revoke %(n)s record", "Revoke %(n)s records", count),
    }
    return told[Kind(decision)] % {"n": f"{count:,}"}


def done_to(decision: str, count: int) -> str:
    """That so many records were decided on."""
    told = {
        Kind.VERIFY: ngettext("%(n)s record is verified.", "%(n)s records are verified.", count),
        Kind.RETURN: ngettext("%(n)s record is returned.", "%(n)s records are returned.", count),
        Kind.REJECT: ngettext("%(n)s record is rejected.", "%(n)s records are rejected.", count),
        Kind.REVOKE: ngettext("%(n)s record is revoked.", "%(n)s records are revoked.", count),
    }
    return told[Kind(decision)] % {"n": f"{count:,}"}


def done_to_one(decision: str, record_id: int) -> str:
    """That one record, or its amendment, was decided on."""
    told = {
        Kind.VERIFY: _("Record %(id)s is verified."),
        Kind.RETURN: _("Record %(id)s is returned to the partner."),
        Kind.REJECT: _("Record %(id)s is rejected."),
        Kind.REVOKE: _("Record %(id)s is revoked."),
    }
    return told[Kind(decision)] % {"id": record_id}


def done_to_amendment(decision: str, record_id: int) -> str:
    """That the amendment of a verified record was decided on."""
    told = {
        Kind.VERIFY: _("The amendment of record %(id)s is verified and takes effect."),
        Kind.RETURN: _("The amendment of record %(id)s is returned; the record stands as it was."),
        Kind.REJECT: _("The amendment of record %(id)s is rejected; the record stands as it was."),
    }
    return told[Kind(decision)] % {"id": record_id}


def stood_so(count: int) -> str:
    """That so many records had been decided so before."""
    return ngettext("%(n)s was so already.", "%(n)s were so already.", count) % {"n": f"{count:,}"}


def first_verified(record_id: int) -> str:
    """That a record was verified by the first of two officers."""
    told = _("Record %(id)s would be high-end: you have verified it first, and it awaits a second officer.")
    return told % {"id": record_id}


def first_verified_of(count: int) -> str:
    """The same of many."""
    told = ngettext(
        "%(n)s would be high-end and awaits a second officer.",
        "%(n)s would be high-end and await a second officer.",
        count,
    )
    return told % {"n": f"{count:,}"}


def why(passed: Mapping[str, Any]) -> str:
    """Why a record was passed over, where the state in which it was found does not say it."""
    told = {
        "held": _("%(by)s is at work on it."),
        "second_officer": _("You verified it first; another officer verifies it too."),
        "credentials": _("A credential has not been looked at."),
        "lot": _("It is decided with its lot."),
    }.get(passed.get("why", ""), "")
    return told % {"by": passed.get("by", "")}


REASONS = {
    "held": lazy("A colleague is at work on them"),
    "second_officer": lazy("You verified them first, and they need a second officer"),
    "credentials": lazy("A credential has not been looked at"),
    "lot": lazy("They are decided with their lot"),
}


def passed_over(code: str) -> str:
    """Why some records would be passed over: a code of ours, or the state that they are in."""
    return str(REASONS[code]) if code in REASONS else str(Record.State(code).label)

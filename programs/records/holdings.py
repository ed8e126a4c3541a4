"""What this room holds on a person: records, what was said of them before, what was decided and asked."""

from django.utils.translation import gettext_lazy as lazy

from talent.credentials.holdings import COUNTED
from talent.holdings.registry import By, Fate, Holding, declare

_DECIDED = lazy("That an officer decided, without what was said of the person.")
_SAID = ("partner_ref", "degree", "school", "employer", "employer_uscc", "occupation", "remarks")
_TELLS = (
    *("organisation_id", "submission_id", "row", "partner_ref", "outcome", "started_on", "completed_on"),
    *("education", "degree", "school", "graduated_on", "title", "title_awarded_on", "employer", "employer_uscc"),
    *("district", "occupation", "segment", "remarks", "state", "reason", "decided_at"),
)
_STRIPS = {
    **dict.fromkeys(_SAID, "''"),
    "graduated_on": "NULL",
    "title_awarded_on": "NULL",
    "sealed": "NULL",
    # The digest of every value that was said, name and number included, makes way for one of nothing.
    "digest": "sha256('\\x'::bytea)",
    "reason": "''",
}
_CODES = ("outcome", "education", "title", "district", "segment", "basis", "state")

declare(
    Holding(
        table="record",
        label=lazy("Records"),
        by={"person_id": By.PERSON, "id": By.RECORD},
        tells=("id", "programme_id", "cohort_id", "path", "reported_at", *_TELLS),
        sealed="sealed",
        fate=Fate.STRIPPED,
        strips={
            **_STRIPS,
            # What nobody has verified is off the books: nothing of it is left that could be looked at.
            "state": "CASE WHEN state IN ('submitted', 'returned') THEN 'withdrawn' ELSE state END",
            "pending": "false",
        },
        keeps=(*(one for one in _CODES if one != "state"), "path"),
        why=COUNTED,
    ),
    Holding(
        table="amendment",
        label=lazy("Amendments"),
        by={"record_id": By.RECORD},
        tells=("id", "record_id", "reported_at", *_TELLS),
        sealed="sealed",
        fate=Fate.STRIPPED,
        strips={**_STRIPS, "state": "CASE state WHEN 'pending' THEN 'withdrawn' ELSE state END"},
        keeps=tuple(one for one in _CODES if one != "state"),
        why=_DECIDED,
    ),
    Holding(
        table="revision",
        label=lazy("What records said before"),
        by={"record_id": By.RECORD},
        tells=("record_id", "replaced_at", *_TELLS),
        sealed="sealed",
        fate=Fate.ERASED,
    ),
    Holding(
        table="decision",
        label=lazy("Decisions"),
        by={"record_id": By.RECORD},
        tells=("record_id", "decision", "reason", "fields", "decided_at"),
        fate=Fate.STRIPPED,
        strips={"reason": "''", "fields": "'{}'", "before": "before - 'reason'"},
        keeps=("decision",),
        why=_DECIDED,
        said=True,
    ),
    Holding(
        table="undoing",
        label=lazy("Decisions undone"),
        by={"record_id": By.RECORD},
        tells=("record_id", "reason", "undone_at"),
        fate=Fate.STRIPPED,
        strips={"reason": "''"},
        why=_DECIDED,
        said=True,
    ),
    Holding(
        table="claim",
        label=lazy("Which officer is at work on a record"),
        by={"record_id": By.RECORD},
        tells=("claimed_at", "note"),
        fate=Fate.ERASED,
    ),
    Holding(
        table="first_verification",
        label=lazy("First of two verifications"),
        by={"record_id": By.RECORD},
        tells=("record_id", "verified_at"),
        fate=Fate.STRIPPED,
        strips={"closed_at": "coalesce(closed_at, shugu_now())"},
        why=_DECIDED,
    ),
    Holding(
        table="thread",
        label=lazy("Questions about records"),
        by={"record_id": By.RECORD},
        tells=("record_id", "state", "opened_at"),
        fate=Fate.STRIPPED,
        strips={"state": "'closed'", "closed_at": "coalesce(closed_at, shugu_now())", "mail_at": "NULL"},
        why=_DECIDED,
    ),
    Holding(
        table="thread_message",
        label=lazy("What was asked and answered"),
        through={"thread_id": "thread"},
        tells=("thread_id", "text", "by_bureau", "said_at"),
        fate=Fate.STRIPPED,
        strips={"text": "''"},
        why=_DECIDED,
        said=True,
    ),
    Holding(
        table="thread_reading", label=lazy("Who has read a question"), through={"thread_id": "thread"}, why=_DECIDED
    ),
)

"""The heads behind a figure, and the reasons for which it moved, as they are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.jobs.models import Job
from programs.targets import selectors
from programs.targets.models import PlanPreview
from talent.people.models import PersonChange
from talent.people.naming import shown_name
from talent.people.selectors import masked_documents

# Output name -> path, for lists; ``contributors`` is added in ``shown_heads``.
HEAD_COLUMNS = {
    "person": "person_id",
    "name": "person__name",
    "effective_on": "effective_on",
    "organisation": "organisation__code",
    "programme": "programme__code",
    "path": "path",
    "basis": "basis",
    "district": "district",
    "segment": "segment",
    "record": "record_id",
}


def shown_heads(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Heads read by ``HEAD_COLUMNS``'s paths, as ``actor`` may see them, with everybody who contributed to each."""
    contributors = selectors.contributors(row["person_id"] for row in rows)
    return [
        {name: row[path] for name, path in HEAD_COLUMNS.items()}
        | {
            "name": shown_name(row["person__name"], actor),
            "contributors": contributors.get(row["person_id"], []),
        }
        for row in rows
    ]


CHANGE_COLUMNS = {
    "id": "id",
    "target": "target",
    "change": "change",
    "cause": "cause",
    "person": "person_id",
    "name": "person__name",
    "organisation": "organisation__code",
    "record": "record_id",
    "basis": "basis",
    "effective_on": "effective_on",
}


def shown_changes(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Persons whom a plan would count otherwise, read by ``CHANGE_COLUMNS``'s paths, as ``actor`` may see them."""
    documents = masked_documents(row["person_id"] for row in rows)
    return [
        {name: row[path] for name, path in CHANGE_COLUMNS.items()}
        | {
            "name": shown_name(row["person__name"], actor),
            "id_number": next((one["number"] for one in documents.get(row["person_id"], ())), ""),
        }
        for row in rows
    ]


def state_of(preview: PlanPreview) -> tuple[str, str]:
    """How far the working out of a preview is, and what went wrong."""
    if preview.worked_out_at is not None or preview.job is None:
        return Job.State.DONE.value, ""
    return preview.job.state, preview.job.error


def said(reason: str) -> str:
    """Why the ledger was posted to, in the reader's language."""
    known = PersonChange.Reason
    return {
        known.VERIFIED: _("Records verified"),
        known.REVOKED: _("Verified records revoked"),
        known.CORRECTED: _("Verified records corrected"),
        known.REFUTED: _("Credentials found false"),
        known.EVIDENCED: _("Evidence filed or taken away"),
        known.CONFIRMED: _("Credentials confirmed"),
        known.REOPENED: _("Verdicts on credentials taken back"),
        known.MERGED: _("Two people found to be one"),
        known.SPLIT: _("One person found to be two"),
        known.RULE_CHANGED: _("The rule of who counts changed"),
        known.RECLASSIFIED: _("Counted under another heading"),
        known.UNDONE: _("Decisions undone"),
        known.DEPARTED: _("Departures and returns told"),
    }[known(reason)]

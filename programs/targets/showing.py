"""The heads behind a figure, and the reasons for which it moved, as they are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from programs.targets import selectors
from talent.people.models import PersonChange
from talent.people.naming import shown_name

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


def said(reason: str) -> str:
    """Why the ledger was posted to, in the reader's language."""
    known = PersonChange.Reason
    return {
        known.VERIFIED: _("Records verified"),
        known.REVOKED: _("Verified records revoked"),
        known.CORRECTED: _("Verified records corrected"),
        known.REFUTED: _("Credentials found false"),
        known.MERGED: _("Two people found to be one"),
        known.SPLIT: _("One person found to be two"),
        known.RULE_CHANGED: _("The rule of who counts changed"),
        known.RECLASSIFIED: _("Counted under another heading"),
        known.UNDONE: _("Decisions undone"),
    }[known(reason)]

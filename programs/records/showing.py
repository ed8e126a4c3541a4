"""Records as they are shown: names by the reader's role, numbers masked, an amendment as old and new values."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from backend.accounts.models import User
from backend.vault import services as vault
from backend.vault.masking import mask_number
from programs.records import selectors
from programs.records.models import Amendment, Record, Reported, Undoing
from talent.people.naming import shown_name
from talent.people.selectors import masked_documents
from talent.people.showing import names_given

HIGH_END = "high_end"
OTHER = "other"

# Output name -> path, for lists; what follows in ``shown`` is computed from these.
COLUMNS = {
    "id": "id",
    "partner_ref": "partner_ref",
    "person": "person_id",
    "now": "person__canonical_id",
    "name": "person__name",
    "organisation": "organisation__code",
    "programme": "programme__code",
    "cohort": "cohort__code",
    "path": "path",
    "outcome": "outcome",
    "started_on": "started_on",
    "completed_on": "completed_on",
    "basis": "basis",
    "education": "education",
    "title": "title",
    "district": "district",
    "segment": "segment",
    "state": "state",
    "pending": "pending",
    "reason": "reason",
    "submission": "submission_id",
    "row": "row",
    "reported_at": "reported_at",
    "decided_at": "decided_at",
}

# What a report says, in the template's order; the sealed ones are shown masked.
OPEN_VALUES = (
    "partner_ref",
    "started_on",
    "completed_on",
    "outcome",
    "education",
    "degree",
    "school",
    "graduated_on",
    "title",
    "title_awarded_on",
    "employer",
    "employer_uscc",
    "district",
    "occupation",
    "segment",
    "remarks",
)
SEALED_VALUES = ("mobile", "email", "education_cert_no", "title_cert_no")


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Rows read by ``COLUMNS``'s paths, as ``actor`` may see them."""
    documents = masked_documents(row["person_id"] for row in rows)
    given = names_given([row["person_id"] for row in rows], actor)
    answers = []
    for row in rows:
        answer = {name: row[path] for name, path in COLUMNS.items()}
        now = answer.pop("now")
        # Staff are told who the person is now; a partner, who may know nothing of the other row, whom it reported.
        answer["person"] = (now if actor.sees_everything else None) or row["person_id"]
        answer["name"] = shown_name(given.get(row["person_id"], row["person__name"]), actor)
        answer["id_number"] = next((one["number"] for one in documents.get(row["person_id"], ())), "")
        answer["tier"] = HIGH_END if row["basis"] else OTHER
        answers.append(answer)
    return answers


def shown_whole(record: Record, row: Mapping[str, Any], actor: User) -> dict[str, Any]:
    """One record with everything that is known of it.

    Args:
        record: the record.
        row: the same, read by ``COLUMNS``'s paths.
        actor: who reads; the caller has found out that they may.
    """
    [answer] = shown([row], actor)
    amendments = list(selectors.amendments(record))
    waiting = next((one for one in amendments if one.state == Amendment.State.PENDING), None)
    return answer | {
        "values": values(record),
        "amendment": _shown_amendment(record, waiting) if waiting else None,
        "amendments": [_brief(one) for one in amendments],
        "decisions": _decisions(record, actor),
    }


def values(reported: Reported) -> dict[str, Any]:
    """What a record or an amendment says, column by column, contacts and certificate numbers masked."""
    inside = opened(reported)
    return {name: getattr(reported, name) for name in OPEN_VALUES} | {
        name: mask_number(inside[name]) for name in SEALED_VALUES if inside.get(name)
    }


def changes(record: Reported, amendment: Reported) -> list[dict[str, Any]]:
    """The columns in which an amendment differs from what stands: ``{column, old, new}``, masked where sealed.

    A sealed value that changed is listed even where both masks look alike.
    """
    return [
        {
            "column": name,
            "old": mask_number(str(old or "")) if name in SEALED_VALUES else old,
            "new": mask_number(str(new or "")) if name in SEALED_VALUES else new,
        }
        for name, (old, new) in differences(record, amendment).items()
    ]


def differences(before: Reported, after: Reported) -> dict[str, tuple[Any, Any]]:
    """By column, the values of two reports where they differ; sealed ones in the clear, to be compared alone."""
    found = {name: (getattr(before, name), getattr(after, name)) for name in OPEN_VALUES}
    old, new = opened(before), opened(after)
    found |= {name: (old.get(name) or "", new.get(name) or "") for name in SEALED_VALUES}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def opened(reported: Reported) -> dict[str, str]:
    """What is sealed of a report, in the clear: to be compared, never to be shown."""
    if not reported.sealed:
        return {}
    return json.loads(vault.unseal(reported._meta.db_table, "sealed", reported.pk, bytes(reported.sealed)))


def _brief(amendment: Amendment) -> dict[str, Any]:
    return {
        "id": amendment.pk,
        "state": amendment.state,
        "reason": amendment.reason,
        "submission": amendment.submission_id,
        "row": amendment.row,
        "reported_at": amendment.reported_at,
        "decided_at": amendment.decided_at,
    }


def _shown_amendment(record: Record, amendment: Amendment) -> dict[str, Any]:
    return _brief(amendment) | {"changes": changes(record, amendment)}


def _decisions(record: Record, actor: User) -> list[dict[str, Any]]:
    taken = list(selectors.decisions(record))
    undone = dict(Undoing.objects.filter(record=record).values_list("decision_id", "undone_at"))
    names: dict[int, str] = {}
    if actor.sees_everything:
        # Partners hear what the bureau decided and why, not which of its officers did.
        officers = User.objects.filter(pk__in={one.decided_by_id for one in taken})
        names = dict(officers.values_list("pk", "username"))
    return [
        {
            "decision": one.decision,
            "amendment": one.amendment_id,
            "submission": one.submission_id,
            "reason": one.reason,
            "fields_asked": one.fields,
            "undone_at": undone.get(one.pk),
            "run": one.run_id if actor.sees_everything else None,
            "at": one.decided_at,
            "by": names.get(one.decided_by_id),
        }
        for one in taken
    ]

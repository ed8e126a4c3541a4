"""Credentials as they are shown: what the codes stand for, the certificate's number masked, verdicts and files."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.filing.faults import refusal
from backend.reference.selectors import label
from talent.credentials import selectors
from talent.credentials.models import Evidence, Examination
from talent.credentials.numbers import masked_numbers

# Output name -> path, for lists; what follows in ``shown`` is computed from these.
COLUMNS = {
    "id": "id",
    "person": "person_id",
    "record": "record_id",
    "organisation": "organisation__code",
    "kind": "kind",
    "code": "code",
    "school": "school",
    "held_from": "held_from",
    "state": "state",
}


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Rows read by ``COLUMNS``'s paths, with what the code is called, the masked number and how many files show it."""
    numbers = masked_numbers({row["record_id"] for row in rows})
    kept = selectors.evidence(actor).filter(credential_id__in=[row["id"] for row in rows], state=Evidence.State.KEPT)
    files = Counter(kept.values_list("credential_id", flat=True))
    return [
        {name: row[source] for name, source in COLUMNS.items()}
        | {
            "label": label(row["kind"], row["code"]),
            "number": numbers.get(row["record_id"], {}).get(row["kind"], ""),
            "evidence_count": files[row["id"]],
        }
        for row in rows
    ]


def shown_whole(row: Mapping[str, Any], actor: User) -> dict[str, Any]:
    """One credential with its files and with every verdict on it."""
    [answer] = shown([row], actor)
    own = selectors.evidence(actor).filter(credential_id=row["id"]).order_by("pk")
    return answer | {
        "evidence": shown_evidence(own.values(*EVIDENCE_COLUMNS.values())),
        "examinations": examinations_of([row["id"]], actor)[row["id"]],
    }


EVIDENCE_COLUMNS = {
    "id": "id",
    "credential": "credential_id",
    "state": "state",
    "media": "media",
    "size": "size",
    "width": "width",
    "height": "height",
    "pages": "pages",
    "sha256": "sha256",
    "on_behalf": "on_behalf",
    "filed_at": "filed_at",
    "fault": "fault",
}


def shown_evidence(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Files, read by ``EVIDENCE_COLUMNS``'s paths; of those that were refused, why, in a sentence."""
    return [
        {name: row[path] for name, path in EVIDENCE_COLUMNS.items()}
        | {"message": refusal(row["fault"]).sentence if row["fault"] else ""}
        for row in rows
    ]


def examinations_of(credential_ids: Iterable[int], actor: User) -> Mapping[int, list[dict[str, Any]]]:
    """By credential, every verdict on it, the earliest first."""
    ids = list(credential_ids)
    taken = list(selectors.examinations(actor).filter(credential_id__in=ids).order_by("pk"))
    names = names_of(taken, actor)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in taken:
        found[one.credential_id].append(
            {
                "verdict": one.verdict,
                "state": one.state,
                "reason": reason_of(one, actor),
                "by": names.get(one.by_id or 0),
                "carried_from": one.carried_from if actor.sees_everything else None,
                "at": one.at,
            }
        )
    return found


def names_of(taken: Iterable[Examination], actor: User) -> dict[int, str]:
    """Who gave some verdicts, for the bureau: partners hear what it found out and why, not which of its officers."""
    if not actor.sees_everything:
        return {}
    return dict(User.objects.filter(pk__in={one.by_id for one in taken}).values_list("pk", "username"))


def reason_of(one: Examination, actor: User) -> str:
    """Why, as ``actor`` may read it: a reason given on somebody else's record is not told to a partner."""
    if one.carried_from is None:
        return one.reason
    if actor.sees_everything:
        followed = _("As on credential %(id)s, which bears the same certificate.") % {"id": one.carried_from}
        return f"{followed} {one.reason}".strip()
    return _("The bureau found out about this certificate before.")

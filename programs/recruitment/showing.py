"""Candidates as they are shown: names by the reader's role, numbers and contacts masked, what the books say."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.accounts.models import User
from backend.filing.faults import refusal
from backend.vault import services as vault
from backend.vault.masking import mask_number
from programs.intake.answers import finding, language
from programs.recruitment import known, selectors
from programs.recruitment.models import Arrival, Candidate, CandidateHint, Move
from programs.submissions.models import Finding
from talent.people.naming import shown_name

# Output name -> path, for lists; what follows in ``shown`` is computed from these.
COLUMNS = {
    "id": "id",
    "ref": "ref",
    "organisation": "organisation__code",
    "campaign": "campaign__code",
    "position": "position_id",
    "position_ref": "position__ref",
    "source": "source",
    "owner": "owner__username",
    "id_type": "id_type",
    "id_number": "masked_number",
    "mobile": "masked_mobile",
    "birth_date": "birth_date",
    "gender": "gender",
    "education": "education",
    "school": "school",
    "graduated_on": "graduated_on",
    "title": "title",
    "title_awarded_on": "title_awarded_on",
    "notes": "notes",
    "stage": "stage",
    "stage_on": "stage_on",
    "entered_on": "entered_on",
    "known": "known",
    "on_behalf": "on_behalf",
}
PATHS = (*COLUMNS.values(), "sealed", "person_id")


def shown(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Rows read by ``PATHS``, as ``actor`` may see them; who holds the document is the bureau's to know."""
    inside = vault.unseal_many(
        "candidate", "sealed", [row["id"] for row in rows], [bytes(row["sealed"]) for row in rows]
    )
    reports = reports_of([row["id"] for row in rows])
    answers = []
    for row, text in zip(rows, inside, strict=True):
        secret = json.loads(text)
        answer = {name: row[path] for name, path in COLUMNS.items()}
        answer["name"] = shown_name(secret.get("name", ""), actor)
        for name in ("email", "education_cert_no", "title_cert_no"):
            answer[name] = mask_number(secret[name]) if secret.get(name) else ""
        answer["person"] = row["person_id"] if actor.sees_everything else None
        report = reports.get(row["id"])
        answer["report"] = report["state"] if report else ""
        answer["record"] = report["record"] if report else None
        answers.append(answer)
    return answers


def shown_whole(candidate: Candidate, actor: User) -> dict[str, Any]:
    """One candidate with everything that is known of them."""
    row = Candidate.objects.filter(pk=candidate.pk).values(*PATHS).get()
    [answer] = shown([row], actor)
    return answer | {
        "told": known.sentence(candidate.known),
        "known_at": candidate.known_at,
        "doubles": [{"id": one.id, "why": one.why} for one in known.doubles(candidate, actor)],
        "hints": hints_of(candidate, actor),
        "arrivals": [told_of(one) for one in arrivals_of([candidate.pk])],
    }


def hints_of(candidate: Candidate, actor: User) -> list[dict[str, Any]]:
    """Whom the candidate resembles on the books, for the bureau: the likeliest first."""
    if not actor.sees_everything:
        return []
    rows = CandidateHint.objects.filter(candidate=candidate).order_by("-score", "person_id")
    return [{"person": one.person_id, "score": one.score, "reasons": one.reasons} for one in rows]


def arrivals_of(candidate_ids: Iterable[int]) -> list[Arrival]:
    """The arrivals of candidates whom the actor was given, the latest first."""
    found = Arrival.objects.filter(candidate__in=list(candidate_ids))
    return list(found.select_related("submission__period", "programme", "organisation").order_by("-pk"))


def state_of(arrival: Arrival) -> str:
    """What became of an arrival's report: a submission of which nothing was taken has refused its rows too."""
    if arrival.state == Arrival.State.SENT and arrival.submission.status in selectors.REFUSED_WHOLE:
        return Arrival.State.REFUSED.value
    return arrival.state


def told_of(arrival: Arrival) -> dict[str, Any]:
    """One arrival, with what the checks found against its row."""
    state = state_of(arrival)
    return {
        "submission": arrival.submission_id,
        "row": arrival.row,
        "period": arrival.submission.period.code if arrival.submission.period else "",
        "organisation": arrival.organisation.code,
        "programme": arrival.programme.code,
        "position": arrival.position_id,
        "day": arrival.day,
        "employer": arrival.employer,
        "employer_uscc": arrival.employer_uscc,
        "district": arrival.district,
        "state": state,
        "record": arrival.record_id,
        "undone_at": arrival.undone_at,
        "recorded_at": arrival.recorded_at,
        "findings": findings_of(arrival) if state == Arrival.State.REFUSED else [],
    }


def findings_of(arrival: Arrival) -> list[dict[str, Any]]:
    """What stands against an arrival's row, in the reader's language."""
    rows = Finding.objects.filter(submission=arrival.submission_id).exclude(severity="warning").order_by("position")
    return [
        finding(one, arrival.submission, language(), by_file=False) for one in rows if one.row in (arrival.row, None)
    ]


def reports_of(candidate_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By candidate, what became of the latest report of their arrival."""
    found = Arrival.objects.filter(candidate__in=candidate_ids, undone_at=None).select_related("submission")
    return {
        one.candidate_id: {"state": state_of(one), "record": one.record_id, "submission": one.submission_id}
        for one in found.order_by("pk")
    }


MOVE_COLUMNS = {
    "id": "id",
    "before": "before",
    "to": "to",
    "day": "day",
    "reason": "reason",
    "note": "note",
    "on_behalf": "on_behalf",
    "recorded_at": "recorded_at",
}


def shown_moves(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Moves read by ``MOVE_COLUMNS``'s paths and ``by_id``; who moved them on a partner's behalf is the bureau's."""
    users = {user.pk: user for user in User.objects.filter(pk__in={row["by_id"] for row in rows})}
    answers = []
    for row in rows:
        by = users.get(row["by_id"])
        hidden = by is None or (by.sees_everything and not actor.sees_everything)
        answers.append({name: row[path] for name, path in MOVE_COLUMNS.items()} | {"by": None if hidden else str(by)})
    return answers


DOCUMENT_COLUMNS = {
    "id": "id",
    "kind": "kind",
    "state": "state",
    "media": "media",
    "size": "size",
    "pages": "pages",
    "sha256": "sha256",
    "on_behalf": "on_behalf",
    "filed_at": "filed_at",
    "fault": "fault",
}


def shown_documents(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Files, read by ``DOCUMENT_COLUMNS``'s paths; of those that were refused, why, in a sentence."""
    return [
        {name: row[path] for name, path in DOCUMENT_COLUMNS.items()}
        | {"message": refusal(row["fault"]).sentence if row["fault"] else ""}
        for row in rows
    ]


def moves_of(candidate: Candidate, actor: User) -> list[dict[str, Any]]:
    """The moves of a candidate whom the actor was given, the earliest first."""
    rows = Move.objects.filter(candidate=candidate).order_by("pk").values(*MOVE_COLUMNS.values(), "by_id")
    return shown_moves(list(rows), actor)

"""Credentials as the pages show them: in words, with their files and what may be done about them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as lazy

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.filing.faults import MEGABYTE
from backend.web.templatetags.web import named
from talent.credentials import selectors
from talent.credentials.evidence import may_file
from talent.credentials.filters import KINDS, STATES
from talent.credentials.models import Credential, Evidence, Examination
from talent.credentials.selectors import OPEN
from talent.credentials.showing import COLUMNS, EVIDENCE_COLUMNS, examinations_of, shown, shown_evidence
from talent.people.models import Person
from talent.people.naming import shown_name

State, Verdict = Credential.State, Examination.Verdict
STATE_LABELS = {state.value: label for state, label in STATES}
KIND_LABELS = {kind.value: label for kind, label in KINDS}
TONES = {State.CLAIMED: "secondary", State.EVIDENCED: "info", State.CONFIRMED: "verified", State.REFUTED: "rejected"}
SAID = {
    Verdict.CONFIRM: lazy("Confirmed"),
    Verdict.REFUTE: lazy("Found false"),
    Verdict.REOPEN: lazy("Taken back"),
}
MEDIA = {"pdf": "PDF", "jpeg": "JPEG", "png": "PNG"}
EVIDENCE_STATES = {
    Evidence.State.RECEIVED: (lazy("Being looked at"), "running"),
    Evidence.State.KEPT: (lazy("Kept"), "done"),
    Evidence.State.REFUSED: (lazy("Refused"), "rejected"),
}


def presented(rows: Sequence[Mapping[str, Any]], actor: User) -> list[dict[str, Any]]:
    """Credentials, read by ``COLUMNS``'s paths, with names, labels and tones, as lists show them."""
    people = Person.objects.filter(pk__in={row["person_id"] for row in rows})
    names = {pk: shown_name(name, actor) for pk, name in people.values_list("pk", "name")}
    answers = shown(rows, actor)
    known = accounts.organisations(actor).filter(code__in={one["organisation"] for one in answers})
    organisations = {one.code: named(one) for one in known}
    for answer in answers:
        answer["name"] = names.get(answer["person"], "")
        answer["organisation_name"] = organisations.get(answer["organisation"], answer["organisation"])
        answer["kind_label"] = KIND_LABELS[answer["kind"]]
        answer["state_label"] = STATE_LABELS[answer["state"]]
        answer["tone"] = TONES[State(answer["state"])]
        answer["open"] = answer["state"] in OPEN
    return answers


def whole(credential_ids: Iterable[int], actor: User) -> list[dict[str, Any]]:
    """Credentials with their files, every verdict, and what ``actor`` may do; the actor was found to see them."""
    ids = list(credential_ids)
    rows = selectors.credentials(actor).filter(pk__in=ids).order_by("kind", "pk").values(*COLUMNS.values())
    answers = presented(rows, actor)
    files = evidence_of(ids, actor)
    story = examinations_of(ids, actor)
    owners = dict(Credential.objects.filter(pk__in=ids).values_list("pk", "organisation_id"))
    for answer in answers:
        own = files.get(answer["id"], [])
        answer["files"] = own
        answer["waiting"] = any(one["state"] == Evidence.State.RECEIVED for one in own)
        answer["story"] = [
            {**one, "said": SAID[Verdict(one["verdict"])], "tone": TONES[State(one["state"])]}
            for one in story[answer["id"]]
        ]
        answer["may_look"] = may_look(actor)
        answer["may_judge"] = actor.role == User.Role.OFFICER
        filed = sum(one["state"] != Evidence.State.REFUSED for one in own)
        answer["may_file"] = may_file(actor, owners[answer["id"]]) and filed < settings.EVIDENCE_FILES
        answer["may_take_away"] = may_file(actor, owners[answer["id"]]) and answer["open"]
        answer["megabytes"] = settings.EVIDENCE_BYTES // MEGABYTE
        answer["most_files"] = settings.EVIDENCE_FILES
    return answers


def evidence_of(credential_ids: Sequence[int], actor: User) -> dict[int, list[dict[str, Any]]]:
    """By credential, its files in words."""
    own = selectors.evidence(actor).filter(credential_id__in=credential_ids).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = {}
    for number, one in enumerate(shown_evidence(own.values(*EVIDENCE_COLUMNS.values())), 1):
        label, tone = EVIDENCE_STATES[Evidence.State(one["state"])]
        found.setdefault(one["credential"], []).append(
            {
                **one,
                "number": number,
                "media_label": MEDIA[one["media"]],
                "state_label": label,
                "tone": tone,
                "kilobytes": -(-one["size"] // 1024),
                "kept": one["state"] == Evidence.State.KEPT,
            }
        )
    return found


def may_look(actor: User) -> bool:
    """Whether ``actor`` may see the files: they show names and numbers in full."""
    return actor.role in (User.Role.OFFICER, User.Role.PARTNER)

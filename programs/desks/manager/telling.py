"""A person's timeline in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.reference.selectors import label
from backend.web.templatetags.web import named
from programs.targets import selectors as targets
from programs.targets.showing import said
from talent.people.sources import Event


def organisations_in(events: Sequence[Event]) -> set[str]:
    """The codes of the organisations that events name."""
    return {event.detail["organisation"] for event in events if event.detail.get("organisation")}


def programmes_in(events: Sequence[Event]) -> set[str]:
    """The codes of the programmes that events name."""
    return {event.detail["programme"] for event in events if event.detail.get("programme")}


def told(
    events: Sequence[Event], actor: User, organisations: Mapping[str, str], programmes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Events as they are read: when, in a sentence, with the reason that was given, about which record."""
    names = {one.code: named(one) for one in targets.targets(actor)} if actor.sees_everything else {}
    return [
        {
            "at": event.at,
            "event": event.event,
            "sentence": _sentence(
                event.event,
                {
                    **event.detail,
                    "organisation": organisations.get(code := event.detail.get("organisation", ""), code),
                    "programme": programmes.get(code := event.detail.get("programme", ""), code),
                    "credential": label(event.detail["kind"], event.detail["code"]) if "code" in event.detail else "",
                    "target": names.get(code := event.detail.get("target", ""), code),
                },
            ),
            "reason": _reason(event),
            "record": event.detail.get("record"),
            "findings": event.detail.get("findings", ()),
        }
        for event in events
    ]


def _sentence(event: str, detail: Mapping[str, Any]) -> str:
    amended, by = bool(detail.get("amendment")), detail.get("by")
    who = f"{detail.get('organisation', '')} ({by})" if by and event == "reported" else detail.get("organisation", "")
    sentences = {
        "reported": _("%(organisation)s reported the person for “%(programme)s”."),
        "checked": _("Row %(row)s of submission %(submission)s was checked."),
        "withdrawn": _("%(organisation)s took the amendment back.")
        if amended
        else _("%(organisation)s took the record back."),
        "named": _("%(by)s found “%(name)s”, as %(organisation)s wrote it, to be the same person."),
        "not_named": _("%(by)s found “%(name)s”, as %(organisation)s wrote it, to be somebody else."),
        "merged": _("%(by)s found persons %(person)s and %(other)s to be one."),
        "split": _("%(by)s found persons %(person)s and %(other)s to be two after all."),
        "amended": _("%(organisation)s sent other values for the record."),
        "verified": _("%(by)s verified the amendment.") if amended else _("%(by)s verified the record."),
        "returned": _("%(by)s returned the amendment.") if amended else _("%(by)s returned the record."),
        "rejected": _("%(by)s rejected the amendment.") if amended else _("%(by)s rejected the record."),
        "revoked": _("%(by)s revoked the record."),
        "credential_confirmed": _("%(by)s confirmed “%(credential)s”."),
        "credential_refuted": _("%(by)s found “%(credential)s” to be false."),
        "credential_reopened": _("%(by)s took back the verdict on “%(credential)s”."),
        "evidence_filed": _("A file was filed that shows a credential."),
        "counted": _("Counts towards “%(target)s” from %(effective_on)s; %(organisation)s has the credit."),
        "uncounted": _("Taken back from “%(target)s”, where it had counted for %(organisation)s."),
    }
    # What other rooms tell of is said in their own word until it has a sentence here.
    return sentences.get(event, event) % {**detail, "organisation": who, "by": by or _("The bureau")}


def _reason(event: Event) -> str:
    given = event.detail.get("reason") or ""
    return said(given) if given and event.event in {"counted", "uncounted"} else given

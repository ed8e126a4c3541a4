"""Who has looked at a person, when and by which act: from the trail, and from the notes of pages that were opened.

Lists that were downloaded are not told: what stood in one is not written down person by person.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import Organisation, User
from backend.audit.models import AuditEntry
from backend.clock import BUREAU
from programs.privacy.models import PrivacyRequest
from programs.privacy.whose import Known
from programs.recruitment.models import Document
from talent.credentials.models import Evidence
from talent.people.models import PersonLook

PAGE = "person.page"
ACTS: dict[str, str | Promise] = {
    PAGE: lazy("Opened the page"),
    "person.reveal": lazy("Saw identity numbers in full"),
    "person.reveal_again": lazy("Saw identity numbers in full once more"),
    "evidence.view": lazy("Looked at a file that shows a credential"),
    "evidence.view_thumbnail": lazy("Saw the small picture of such a file"),
    "candidate.view": lazy("Looked at a candidate’s document"),
    "candidate.reveal": lazy("Saw a candidate’s number in full"),
    "privacy.fetch": lazy("Fetched the copy of what is held"),
    "privacy.report": lazy("Read who has looked"),
}
"""The acts that count as looking, as the trail calls them."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: who, of which organisation, when, by which act, and why where a reason was given.

    Of a page only the day is meant, and the moment is the first of it.
    """

    at: dt.datetime
    user: str
    role: str
    organisation: str
    act: str
    reason: str

    @property
    def label(self) -> str | Promise:
        """What the act is called."""
        return ACTS[self.act]

    def told(self) -> dict[str, Any]:
        """As it stands in answers and files."""
        return {
            "at": self.at.astimezone(BUREAU).isoformat(timespec="seconds"),
            "user": self.user,
            "role": self.role,
            "organisation": self.organisation,
            "act": self.act,
            "reason": self.reason,
        }


def looks(known: Known) -> list[Look]:
    """Everybody who has looked at whoever is ``known``, the latest first; in the bureau's scope."""
    subjects = {
        "person": known.persons,
        "evidence": _ids(Evidence.objects.filter(person_id__in=known.persons)),
        "candidate": known.candidates,
        "candidate_document": _ids(Document.objects.filter(candidate__in=known.candidates)),
        "privacy_request": _ids(PrivacyRequest.objects.filter(person_id__in=known.persons)),
    }
    found: list[Look] = []
    codes = dict(Organisation.objects.values_list("pk", "code"))
    for kind, ids in subjects.items():
        entries = AuditEntry.objects.filter(
            action__in=list(ACTS), subject_type=kind, subject_id__in=[str(one) for one in ids]
        )
        found += [
            Look(
                entry.at,
                entry.actor,
                entry.role,
                codes.get(entry.organisation_id or 0, ""),
                entry.action,
                str(entry.detail.get("reason", "")),
            )
            for entry in entries
        ]
    pages = PersonLook.objects.filter(person_id__in=known.persons).select_related("user")
    found += [
        Look(one.first_at, one.user.username, one.user.role, codes.get(one.organisation_id, ""), PAGE, "")
        for one in pages
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def of_role(actor: User | None) -> bool:
    """Whether somebody may read who has looked: officers of the whole city, and administrators."""
    return actor is not None and actor.role in (User.Role.OFFICER, User.Role.ADMIN) and not actor.districts


def _ids(rows: Any) -> Sequence[int]:
    return list(rows.values_list("pk", flat=True))

"""Who is written to: the contacts that an organisation has named, else those who sign in for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from backend.accounts.models import Organisation, User
from programs.reminders.models import Audience

ROLES = {
    Audience.SUBMITTER: {"submitter", "填报人", "联系人"},
    Audience.LEADER: {"leader", "负责人", "领导"},
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, and the language to write in."""

    address: str
    language: str


class Recipients:
    """The recipients of many organisations, read once."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._organisations = {one.pk: one for one in organisations}
        users = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
        self._officers = list(users.filter(role=User.Role.OFFICER))
        self._partners: dict[int, list[User]] = {}
        for user in users.filter(role=User.Role.PARTNER, organisation__in=self._organisations):
            self._partners.setdefault(user.organisation_id, []).append(user)
        self._known: dict[tuple[int, str], list[Recipient]] = {}

    def of(self, organisation_id: int, audience: str) -> list[Recipient]:
        """Everybody of an audience, each address once."""
        place = 0 if audience == Audience.BUREAU else organisation_id, audience
        if place not in self._known:
            self._known[place] = self._of(organisation_id, audience)
        return self._known[place]

    def _of(self, organisation_id: int, audience: str) -> list[Recipient]:
        if audience == Audience.BUREAU:
            return _once(Recipient(user.email, user.language) for user in self._officers)
        users = self._partners.get(organisation_id, [])
        languages = {user.email.casefold(): user.language for user in users}
        named = _once(
            Recipient(contact["email"], languages.get(contact["email"].casefold(), User.Language.ZH))
            for contact in self._organisations[organisation_id].contacts
            if contact.get("role", "").strip().casefold() in ROLES[Audience(audience)] and contact.get("email")
        )
        return named or _once(Recipient(user.email, user.language) for user in users if not user.read_only)


def _once(recipients: Iterable[Recipient]) -> list[Recipient]:
    found: dict[str, Recipient] = {}
    for one in recipients:
        try:
            validate_email(one.address)
        except ValidationError:
            continue
        found.setdefault(one.address.casefold(), one)
    return list(found.values())

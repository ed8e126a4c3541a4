"""Who is written to: the contacts that an organisation has named, else those who sign in for it; or an endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from backend.accounts.models import Organisation, User
from backend.messages.models import Channel
from programs.reminders.models import Audience, LadderStage

ROLES = {
    Audience.SUBMITTER: {"submitter", "填报人", "联系人"},
    Audience.LEADER: {"leader", "负责人", "领导"},
}
STAFF = {Audience.BUREAU: User.Role.OFFICER, Audience.MANAGER: User.Role.MANAGER}


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, a user's id or an endpoint's, and the language to write in."""

    address: str
    language: str


class Recipients:
    """The recipients of many organisations, read once."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._organisations = {one.pk: one for one in organisations}
        users = User.objects.filter(is_active=True).order_by("pk")
        self._staff: dict[str, list[User]] = {}
        for user in users.filter(role__in=STAFF.values()):
            self._staff.setdefault(user.role, []).append(user)
        self._partners: dict[int, list[User]] = {}
        for user in users.filter(role=User.Role.PARTNER, organisation__in=self._organisations):
            self._partners.setdefault(user.organisation_id, []).append(user)
        self._known: dict[tuple[int, str, str, str, str], list[Recipient]] = {}

    def of(self, organisation_id: int, stage: LadderStage) -> list[Recipient]:
        """Everybody whom a stage turns to, each address once."""
        key = organisation_id, stage.audience, stage.contact_role, stage.channel, stage.endpoint
        if key not in self._known:
            self._known[key] = self._of(organisation_id, stage)
        return self._known[key]

    def of_submitters(self, organisation_id: int) -> list[Recipient]:
        """The addresses of those who report for an organisation."""
        return self._addresses(organisation_id, Audience.SUBMITTER, "")

    def _of(self, organisation_id: int, stage: LadderStage) -> list[Recipient]:
        if stage.channel == Channel.EMAIL:
            return self._addresses(organisation_id, stage.audience, stage.contact_role)
        if stage.channel == Channel.INBOX:
            return [Recipient(str(user.pk), user.language) for user in self._users(organisation_id, stage.audience)]
        return [Recipient(stage.endpoint, User.Language.ZH)] if stage.endpoint else []

    def _users(self, organisation_id: int, audience: str) -> list[User]:
        if audience in STAFF:
            return self._staff.get(STAFF[Audience(audience)], [])
        own = [user for user in self._partners.get(organisation_id, []) if not user.read_only]
        leading = [user for user in own if user.signatory] if audience == Audience.LEADER else []
        return leading or own

    def _addresses(self, organisation_id: int, audience: str, contact_role: str) -> list[Recipient]:
        if audience in STAFF:
            return _once(Recipient(user.email, user.language) for user in self._users(organisation_id, audience))
        users = self._partners.get(organisation_id, [])
        languages = {user.email.casefold(): user.language for user in users if user.email}
        roles = {contact_role.strip().casefold()} if contact_role else ROLES[Audience(audience)]
        named = _once(
            Recipient(contact["email"], languages.get(contact["email"].casefold(), User.Language.ZH))
            for contact in self._organisations[organisation_id].contacts
            if contact.get("role", "").strip().casefold() in roles and contact.get("email")
        )
        return named or _once(Recipient(user.email, user.language) for user in users if not user.read_only)


def _once(recipients: Iterable[Recipient]) -> list[Recipient]:
    found: dict[str, Recipient] = {}
    for one in recipients:
        if _is_address(one.address):
            found.setdefault(one.address.casefold(), one)
    return list(found.values())


@lru_cache(maxsize=65_536)
def _is_address(text: str) -> bool:
    # Looked at each minute, and seldom changed.
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True

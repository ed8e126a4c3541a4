"""Reading which keys there are, and how rotations go."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from backend.accounts.models import User
from backend.rotation.models import Rotation
from backend.vault import keys
from backend.vault.errors import MasterKeyMissing
from backend.vault.models import VaultKey


@dataclass(frozen=True, slots=True)
class Master:
    """A master key: whether ``FIELD_KEYS`` holds it, whether it is the first there, how many data keys need it."""

    name: str
    held: bool
    first: bool
    wraps: int

    @property
    def removable(self) -> bool:
        """It may be taken out of ``FIELD_KEYS``: nothing in the database needs it."""
        return self.held and not self.first and not self.wraps


def _administrates(actor: User | None) -> bool:
    return actor is not None and actor.is_authenticated and actor.role == User.Role.ADMIN


def rotations(actor: User | None) -> QuerySet[Rotation]:
    """Every rotation there was, for administrators."""
    found = Rotation.objects.select_related("started_by")
    return found if _administrates(actor) else found.none()


def data_keys(actor: User | None) -> QuerySet[VaultKey]:
    """The data keys, for administrators; their wrapped secrets are left out."""
    found = VaultKey.objects.defer("wrapped").order_by("purpose", "-active", "-pk")
    return found if _administrates(actor) else found.none()


def masters(data: list[VaultKey]) -> list[Master]:
    """The master keys that ``FIELD_KEYS`` holds or that a data key is wrapped by, the first one first."""
    try:
        held = list(keys.master_keys(settings.FIELD_KEYS))
    except MasterKeyMissing:
        held = []
    wraps = {one.wrapped_by: 0 for one in data}
    for one in data:
        wraps[one.wrapped_by] += 1
    names = [*held, *sorted(set(wraps) - set(held))]
    return [Master(name, name in held, name in held[:1], wraps.get(name, 0)) for name in names]

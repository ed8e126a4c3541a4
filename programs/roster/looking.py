"""Looking for a number is entered on the trail, masked, and is limited: it could be used to ask who is on record."""

from django.conf import settings

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.throttles import Limit, take
from backend.vault.masking import mask_number
from programs.roster.typed import Kind, kind_of, plain


def note_number(*, actor: User, text: str, found: int) -> None:
    """Enter that ``actor`` looked for a number, and how many have it; nothing where it was no number.

    Raises:
        Problem: 429 ``throttled``: so many numbers were looked for within the hour.
    """
    if kind_of(text) is not Kind.NUMBER:
        return
    take((Limit("numbers", settings.NUMBERS_AN_HOUR, 3600), str(actor.pk)))
    enter_audit(
        action="person.look_up",
        subject=("person", None),
        detail={"number": mask_number(plain(text)), "found": found},
        actor=actor,
    )

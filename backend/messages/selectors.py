"""Reading what goes out, and to whom nothing does."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.messages.models import SuppressedAddress


def suppressed(actor: User | None) -> QuerySet[SuppressedAddress]:
    """The addresses that nothing is sent to, for administrators alone."""
    if actor is None or actor.role != User.Role.ADMIN:
        return SuppressedAddress.objects.none()
    return SuppressedAddress.objects.all()

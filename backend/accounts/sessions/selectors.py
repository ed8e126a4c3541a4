"""Reading one's own sessions."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.sessions.models import UserSession
from backend.accounts.sessions.store import living


def sessions(actor: User | None) -> QuerySet[UserSession]:
    """The sessions of ``actor``'s that have not ended, the latest used first."""
    if actor is None or not actor.is_authenticated:
        return UserSession.objects.none()
    return living().filter(user=actor).order_by("-seen_at", "-began_at")

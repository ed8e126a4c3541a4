"""Sessions of the pages: whose they are, since when, and when they were last used."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from backend.accounts.models import User


class UserSession(AbstractBaseSession):
    """One browser's session. ``session_key`` holds a digest: whoever reads the table opens none with it.

    ``user`` is nobody until somebody has signed in; ``began_at`` when they did, ``seen_at`` when it was last used, to
    the minute; ``expire_date`` ends it whatever happens. ``address`` and ``agent``: from where, and by which browser.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "user_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from backend.accounts.sessions.store import SessionStore

        return SessionStore

"""Where sessions are kept: Django's by the database, with an end that nothing moves and an idle one, by its clock.

Named by ``SESSION_ENGINE``. What a browser holds is the key; the table holds its digest.
"""

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

from backend.accounts.models import User
from backend.accounts.sessions.models import UserSession
from backend.audit import context
from backend.clock import SqlNow, now
from backend.web.base import PROVEN

BEGAN, ADDRESS, AGENT = "began_at", "address", "agent"
SEEN_EVERY = dt.timedelta(minutes=1)


def row_key(session_key: str) -> str:
    """What is kept of a session's key: 160 bits of its SHA-256."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Sessions by the digests of their keys, which end by the database's time."""

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def _get_session_from_db(self) -> UserSession | None:
        found = living().filter(session_key=row_key(self.session_key or "")).first()
        if found is None:
            self._session_key = None
        return found

    def load(self) -> dict[str, Any]:
        found = self._get_session_from_db()
        if found is None:
            return {}
        self._note_seen(found)
        return self.decode(found.session_data)

    def exists(self, session_key: str) -> bool:
        return UserSession.objects.filter(session_key=row_key(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            UserSession.objects.filter(session_key=row_key(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        began = dt.datetime.fromisoformat(data[BEGAN]) if BEGAN in data else now()
        return UserSession(
            session_key=row_key(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=began + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE),
            user_id=data.get(SESSION_KEY),
            began_at=began,
            seen_at=SqlNow(),
            address=data.get(ADDRESS, ""),
            agent=data.get(AGENT, ""),
        )

    @classmethod
    def clear_expired(cls) -> None:
        UserSession.objects.exclude(pk__in=living().values("pk")).delete()

    def _note_seen(self, row: UserSession) -> None:
        if row.stale:  # type: ignore[attr-defined]
            # Another request of the same session may hold the row, and has noted it then; nobody waits for it.
            mine = UserSession.objects.filter(pk=row.pk).select_for_update(skip_locked=True)
            UserSession.objects.filter(pk__in=mine.values("pk")).update(seen_at=SqlNow())


def living() -> QuerySet[UserSession]:
    """The sessions that have not ended; ``stale``: nobody has noted their use for a minute."""
    idle = dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    stale = ExpressionWrapper(Q(seen_at__lt=SqlNow() - SEEN_EVERY), BooleanField())
    rows = UserSession.objects.filter(expire_date__gt=SqlNow(), seen_at__gt=SqlNow() - idle)
    return rows.annotate(stale=stale)


@receiver(user_logged_in)
def note_beginning(request: HttpRequest, user: User, **_: Any) -> None:
    """Notes in the session when somebody signed in, which is when they proved who they are, and from where."""
    moment = now().isoformat()
    agent = request.headers.get("User-Agent", "")[:200].replace("\0", "")
    request.session.update({BEGAN: moment, PROVEN: moment, ADDRESS: context.current().address or "", AGENT: agent})

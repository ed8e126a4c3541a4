"""Beginning and ending sessions of the pages."""

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest

from backend.accounts.models import AccessToken, User
from backend.accounts.sessions.models import UserSession
from backend.accounts.sessions.store import row_key
from backend.audit.services import enter_audit
from backend.clock import SqlNow

BACKEND = "django.contrib.auth.backends.ModelBackend"
AT_ONCE = 1000


def begin(request: HttpRequest, user: User) -> None:
    """A session of ``user``'s, under a key that nobody has seen before."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    # What somebody else is taking away just now is left to them.
    over = UserSession.objects.filter(expire_date__lte=SqlNow()).select_for_update(skip_locked=True)
    UserSession.objects.filter(pk__in=over.values("pk")[:AT_ONCE]).delete()


@transaction.atomic
def end_everywhere(*, user: User, keeping: str | None = None) -> None:
    """Ends every session of ``user``'s but the one whose key is ``keeping``, and every token."""
    own = UserSession.objects.filter(user=user)
    if keeping is not None:
        own = own.exclude(session_key=row_key(keeping))
    own.delete()
    AccessToken.objects.filter(user=user).delete()


@transaction.atomic
def end(*, actor: User, session: UserSession) -> None:
    """Ends one of one's own sessions."""
    UserSession.objects.filter(pk=session.pk, user=actor).delete()
    enter_audit(action="session.end", subject=actor, actor=actor)


@transaction.atomic
def end_others(*, actor: User, keeping: str | None) -> int:
    """Ends every session of one's own but the one whose key is ``keeping``; how many. Tokens go on."""
    own = UserSession.objects.filter(user=actor)
    if keeping is not None:
        own = own.exclude(session_key=row_key(keeping))
    ended, _rows = own.delete()
    enter_audit(action="session.end_others", subject=actor, actor=actor, detail={"ended": ended})
    return ended

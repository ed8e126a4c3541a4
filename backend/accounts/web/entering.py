"""From the password to the session: who has shown the first and not yet the second, and what happens then."""

import datetime as dt
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from backend.accounts import signing
from backend.accounts.factors import selectors as factors
from backend.accounts.models import User
from backend.accounts.sessions import services as sessions
from backend.clock import now
from backend.problems import Problem
from backend.web import looks
from backend.web.base import SeeOther
from backend.web.keeping import kept_page, unpacked

HALFWAY = "halfway"
HALFWAY_MINUTES = 15


def after_password(request: HttpRequest, user: User) -> HttpResponse | None:
    """Where whoever has shown their password goes on; ``None``: to the page that asks for a code."""
    enrolled = factors.factor_of(user) is not None
    if not enrolled and not factors.required(user):
        return enter(request, user, "password")
    request.session.flush()
    request.session[HALFWAY] = [user.pk, user.get_session_auth_hash(), now().isoformat()]
    if enrolled:
        return None
    wanted = next_page(request)
    return SeeOther(reverse("web:sign-in-enrol") + "?" + urlencode({"next": wanted}))


def waiting(request: HttpRequest) -> User | None:
    """Who has shown their password in this browser a moment ago, and has not signed in yet."""
    user_id, stamp, since = request.session.get(HALFWAY) or (None, "", "")
    if user_id is None or now() - dt.datetime.fromisoformat(since) > dt.timedelta(minutes=HALFWAY_MINUTES):
        return None
    user = User.objects.select_related("organisation").filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), stamp):
        return None
    return user


def enter(request: HttpRequest, user: User, by: str) -> HttpResponse:
    """Begins the session of somebody who has shown everything that is asked of them; where they go then."""
    signing.admitted(user, by)
    sessions.begin(request, user)
    translation.activate(user.language)
    kept = unpacked(request.POST.get("kept", ""))
    response = kept_page(request, kept, again=True) if kept else SeeOther(next_page(request))
    return remember(response, language=user.language, theme=user.theme)


def refused(response: HttpResponse, problem: Problem) -> HttpResponse:
    """A page that was shown for a refusal, with the refusal's headers."""
    for name, value in problem.headers.items():
        response[name] = value
    return response


def remember(response: HttpResponse, *, language: str = "", theme: str = "") -> HttpResponse:
    """Have the browser remember language and looks, for the pages before one has signed in."""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
        translation.activate(language)
    if theme:
        looks.remember(response, theme)
    return response


def next_page(request: HttpRequest) -> str:
    """Where the reader wanted to go, if that is one of our own pages; else their desk."""
    return own_page(request, request.POST.get("next") or request.GET.get("next") or "") or "/"


def own_page(request: HttpRequest, address: str) -> str:
    """``address`` if it is one of our own pages; else nothing."""
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if own else ""

"""Django's own error pages, outside ``/api/``: no transaction stands when they are made, and perhaps no database."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.translation import gettext as _

from backend.faults import as_problem, of_machine
from backend.problems import NotFound, Problem
from backend.web.base import WHOLE_PAGE, SeeOther, bare_page, is_partial
from backend.web.keeping import kept_of, kept_page


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404."""
    return bare_page(NotFound(), request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    return bare_page(as_problem(exception) or Problem(400, "malformed", _("The request cannot be read.")), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500: without a trace."""
    detail = _("The error has been noted. Try again; if it comes back, tell the operators the time and the address.")
    return bare_page(of_machine(sys.exc_info()[1]) or Problem(500, "internal_error", detail), request)


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's refusal of a form that was not given out by us, or before one signed in anew.

    Where the browser vouches that one of our own pages sent it, its sender may send it again, and loses nothing.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin" and request.user.is_authenticated:
        if is_partial(request):
            return HttpResponse(status=204, headers={"HX-Trigger": WHOLE_PAGE})
        translation.activate(getattr(request.user, "language", settings.LANGUAGE_CODE))
        if request.path == resolve_url(settings.LOGIN_URL):
            return SeeOther("/")
        return kept_page(request, kept_of(request, request.get_full_path()), again=False)
    detail = _("The page was open for too long, or its form came from elsewhere. Go back, reload the page, try again.")
    return bare_page(Problem(403, "stale_form", detail), request)

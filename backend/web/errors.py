"""Django's own error pages, outside ``/api/``: no transaction stands when they are made, and perhaps no database."""

import sys

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backend.faults import as_problem, of_database
from backend.problems import NotFound, Problem
from backend.web.base import bare_page


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404."""
    return bare_page(NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    return bare_page(as_problem(exception) or Problem(400, "malformed", _("The request cannot be read.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500: without a trace."""
    detail = _("The error has been noted. Try again; if it comes back, tell the operators the time and the address.")
    return bare_page(of_database(sys.exc_info()[1]) or Problem(500, "internal_error", detail))


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's refusal of a form that was not given out by us, or too long ago."""
    detail = _("The page was open for too long, or its form came from elsewhere. Go back, reload the page, try again.")
    return bare_page(Problem(403, "stale_form", detail))

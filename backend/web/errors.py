"""Django's own error pages, outside ``/api/``: no transaction stands when they are made, and perhaps no database."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from backend.faults import as_problem, of_database
from backend.problems import NotFound, Problem
from backend.web.base import sentence


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404."""
    return _bare(NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    return _bare(as_problem(exception) or Problem(400, "malformed", _("The request cannot be read.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500: without a trace."""
    detail = _("The error has been noted. Try again; if it comes back, tell the operators the time and the address.")
    return _bare(of_database(sys.exc_info()[1]) or Problem(500, "internal_error", detail))


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's refusal of a form that was not given out by us, or too long ago."""
    detail = _("The page was open for too long, or its form came from elsewhere. Go back, reload the page, try again.")
    return _bare(Problem(403, "stale_form", detail))


def _bare(problem: Problem) -> HttpResponse:
    # Without the request: who is signed in is in the database, which may be what failed.
    page = loader.render_to_string("web/bare.html", {"problem": problem.body(), "sentence": sentence(problem)})
    response = HttpResponse(page, status=problem.status, headers={"Cache-Control": "no-store"})
    if "Retry-After" in problem.headers:
        response["Retry-After"] = problem.headers["Retry-After"]
    return response

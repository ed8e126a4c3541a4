"""From exceptions to answers: the API's exception handler, the database's faults, and Django's own error pages."""

import logging
import sys
from typing import Any

from django.conf import settings
from django.core import exceptions as django
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from backend.api.problems import Forbidden, Invalid, NotFound, Problem, flatten, of_django
from backend.api.renderers import dump

logger = logging.getLogger(__name__)

# SQLSTATE classes that pass by themselves: lost connection, serialisation, lock and statement time-outs, shutdown.
PASSING = ("08", "40", "53", "55", "57")
DISK_FULL = "53100"


class ProblemResponse(HttpResponse):
    """A problem as an answer; its media type stands whatever the caller accepts."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(dump(problem.body()), content_type="application/problem+json", status=problem.status)
        for name, value in problem.headers.items():
            self[name] = value
        self.problem = problem


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: the answer to a refusal, the request's transaction rolled back.

    ``None`` for what is our own fault: Django then logs it with its traceback and answers through ``server_error``.
    """
    problem = as_problem(error)
    if problem is None:
        return None
    set_rollback()
    if problem.status >= 500:
        logger.error("answered %s: %s", problem.status, error, exc_info=error)
    response = ProblemResponse(problem)
    view = context.get("view")
    if problem.status == 405 and view is not None:
        response["Allow"] = ", ".join(view.allowed_methods)
    return response


def as_problem(error: Exception) -> Problem | None:
    """The problem that stands for an exception, or ``None`` for what is our own fault (a 500)."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, drf.ValidationError):
        return Invalid(flatten(error.detail))
    if isinstance(error, django.ValidationError):
        return Invalid(of_django(error))
    if isinstance(error, drf.APIException):
        return _of_drf(error)
    if isinstance(error, django.PermissionDenied):
        return Forbidden()
    if isinstance(error, django.RequestDataTooBig):
        return Problem(413, "too_large", _("The request is larger than is taken here; send less at once."))
    if isinstance(error, django.SuspiciousOperation):
        return Problem(400, "malformed", _("The request cannot be read: it holds more or other parts than are taken."))
    if isinstance(error, Http404):
        return NotFound()
    return of_database(error)


def _of_drf(error: drf.APIException) -> Problem:
    detail = str(error.detail)
    if isinstance(error, drf.NotAuthenticated | drf.AuthenticationFailed):
        header = getattr(error, "auth_header", "Token")
        return Problem(401, "not_authenticated", detail, headers={"WWW-Authenticate": header})
    if isinstance(error, drf.PermissionDenied):
        code = error.get_codes()
        return Forbidden(detail, code if isinstance(code, str) else "permission_denied")
    if isinstance(error, drf.NotFound):
        return NotFound()
    if isinstance(error, drf.ParseError):
        return Problem(400, "malformed", detail)
    if isinstance(error, drf.Throttled):
        wait = max(1, int(getattr(error, "wait", None) or 1))
        return Problem(429, "throttled", detail, headers={"Retry-After": str(wait)})
    codes = {405: "method_not_allowed", 406: "not_acceptable", 413: "too_large", 415: "unsupported_media_type"}
    return Problem(error.status_code, codes.get(error.status_code, str(error.get_codes())), detail)


def of_database(error: BaseException | None) -> Problem | None:
    """The problem that stands for a fault of the database's, or ``None`` where there is none."""
    if isinstance(error, DataError | UnicodeEncodeError):
        return Problem(
            400, "invalid", _("A value cannot be stored: it holds a forbidden character or is out of range.")
        )
    if isinstance(error, DatabaseError | InterfaceError):
        state = getattr(error.__cause__, "sqlstate", None) or ""
        if state == DISK_FULL:
            return Problem(
                507, "insufficient_storage", _("The server has no room left. Nothing was stored; try later.")
            )
        lost = isinstance(error, OperationalError | InterfaceError) and not state
        if lost or state.startswith(PASSING):
            detail = _("The database did not answer in time. Nothing was stored; try again in a moment.")
            return Problem(503, "unavailable", detail, headers={"Retry-After": "5"})
    return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404 page: a problem under ``/api/``, Django's own page elsewhere."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return ProblemResponse(NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400 page: a problem under ``/api/``, Django's own page elsewhere."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    detail = _("The request cannot be read.")
    return ProblemResponse(as_problem(exception) or Problem(400, "malformed", detail))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500 page: a problem without a trace under ``/api/``, Django's own page elsewhere."""
    if not _is_api(request):
        return defaults.server_error(request)
    detail = _("The error has been noted. Try again; if it comes back, tell the operators the time and the address.")
    return ProblemResponse(of_database(sys.exc_info()[1]) or Problem(500, "internal_error", detail))


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(getattr(settings, "API_PREFIX", "/api/"))

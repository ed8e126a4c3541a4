"""From exceptions to the API's answers: its exception handler, and Django's own error pages under ``/api/``."""

import logging
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from backend import faults
from backend.api.renderers import dump
from backend.problems import FieldError, Forbidden, Invalid, NotFound, Problem, flatten

logger = logging.getLogger(__name__)

MOST_ERRORS = 100


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
    """The problem that stands for an exception, DRF's own among them, or ``None`` for what is our own fault."""
    if isinstance(error, drf.ValidationError):
        return _of_fields(flatten(error.detail))
    if isinstance(error, drf.APIException):
        return _of_drf(error)
    return faults.as_problem(error)


def _of_fields(errors: list[FieldError]) -> Problem:
    """All fields at fault, or the first of very many: a batch may hold a hundred thousand times the same mistake."""
    if len(errors) <= MOST_ERRORS:
        return Invalid(errors)
    detail = _(
        "%(count)d values cannot be taken; the first %(most)d are named under errors. Mend them and send it again."
    )
    return Invalid(errors[:MOST_ERRORS], detail % {"count": len(errors), "most": MOST_ERRORS})


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


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404 under ``/api/``."""
    return ProblemResponse(NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400 under ``/api/``."""
    detail = _("The request cannot be read.")
    return ProblemResponse(as_problem(exception) or Problem(400, "malformed", detail))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500 under ``/api/``: without a trace."""
    detail = _("The error has been noted. Try again; if it comes back, tell the operators the time and the address.")
    return ProblemResponse(faults.of_machine(sys.exc_info()[1]) or Problem(500, "internal_error", detail))

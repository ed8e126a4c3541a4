"""What an exception means to whoever asked: the refusal that stands for it, the same for API and pages."""

import errno

from django.core import exceptions as django
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _

from backend.problems import Forbidden, Invalid, NotFound, Problem, of_django

# SQLSTATE classes that pass by themselves: lost connection, serialisation, lock and statement time-outs, shutdown.
PASSING = ("08", "40", "53", "55", "57")
DISK_FULL = "53100"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def as_problem(error: BaseException) -> Problem | None:
    """The problem that stands for an exception, or ``None`` for what is our own fault (a 500)."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, django.ValidationError):
        return Invalid(of_django(error))
    if isinstance(error, django.PermissionDenied):
        return Forbidden()
    if isinstance(error, django.RequestDataTooBig):
        return Problem(413, "too_large", _("The request is larger than is taken here; send less at once."))
    if isinstance(error, django.SuspiciousOperation):
        return Problem(400, "malformed", _("The request cannot be read: it holds more or other parts than are taken."))
    if isinstance(error, Http404):
        return NotFound()
    return of_machine(error)


def of_machine(error: BaseException | None) -> Problem | None:
    """The problem that stands for a fault of the database's or of the disk's, or ``None`` where there is none."""
    if out_of_room(error):
        return Problem(507, "insufficient_storage", _("The server has no room left. Nothing was stored; try later."))
    return of_database(error)


def out_of_room(error: BaseException | None) -> bool:
    """Whether a disk is full: the database's, or that of the files which an upload rests in while it is read."""
    if isinstance(error, DatabaseError):
        return getattr(error.__cause__, "sqlstate", None) == DISK_FULL
    return isinstance(error, OSError) and error.errno in NO_ROOM


def of_database(error: BaseException | None) -> Problem | None:
    """The problem that stands for a fault of the database's, or ``None`` where there is none."""
    if isinstance(error, DataError | UnicodeEncodeError):
        return Problem(
            400, "invalid", _("A value cannot be stored: it holds a forbidden character or is out of range.")
        )
    if isinstance(error, DatabaseError | InterfaceError):
        state = getattr(error.__cause__, "sqlstate", None) or ""
        lost = isinstance(error, OperationalError | InterfaceError) and not state
        if lost or state.startswith(PASSING):
            detail = _("The database did not answer in time. Nothing was stored; try again in a moment.")
            return Problem(503, "unavailable", detail, headers={"Retry-After": "5"})
    return None

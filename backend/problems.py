"""RFC 9457 problem details: what every refusal looks like, and the exceptions that lead to them.

A problem's ``type`` is an address that ends in its code; programs go by the code, people read ``title`` and ``detail``.
Services raise ``Problem`` or one of its kinds; what Django, DRF and the database raise becomes one in ``faults``.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, NamedTuple

from django.core import exceptions as django
from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

ADDRESS = "/api/v1/problems/"

# The codes that any endpoint may answer, with their titles; rooms add their own with ``register``.
TITLES: dict[str, str | Promise] = {
    "invalid": lazy("The request holds values that cannot be taken"),
    "malformed": lazy("The request cannot be read"),
    "unknown_parameter": lazy("The address holds a parameter that is not known here"),
    "invalid_cursor": lazy("The cursor does not belong to this list"),
    "not_authenticated": lazy("Sign in first"),
    "permission_denied": lazy("Your role may not do this"),
    "read_only": lazy("Your login may read and not write"),
    "not_found": lazy("There is nothing here"),
    "method_not_allowed": lazy("This address does not take this method"),
    "not_acceptable": lazy("None of the media types you accept can be given"),
    "already_exists": lazy("It exists already"),
    "conflict": lazy("It is not as you think it is any more"),
    "idempotency_key_reused": lazy("The idempotency key was used for another request"),
    "too_large": lazy("The request is larger than is taken"),
    "unsupported_media_type": lazy("The request's media type is not taken here"),
    "throttled": lazy("Too many requests"),
    "internal_error": lazy("Something went wrong on our side"),
    "unavailable": lazy("The service is not available at the moment"),
    "disposed": lazy("It was destroyed, as its time to be kept was over"),
    "insufficient_storage": lazy("There is no room left to store this"),
}


def register(**titles: str | Promise) -> None:
    """Make codes of a room known, each with its title (a lazy translation)."""
    TITLES.update(titles)


class FieldError(NamedTuple):
    """What is wrong with one field: its dotted path (empty: the request as a whole), a code, a sentence."""

    field: str
    code: str
    message: str


Error = FieldError | tuple[str, str, str]


class Sought(NamedTuple):
    """Rows that were looked for: their table and the look-up."""

    model: type[models.Model]
    lookup: Mapping[str, Any]


class Problem(Exception):
    """A refusal with a status, a code and a sentence that says what to do.

    Args:
        status: the HTTP status, 400 or above.
        code: what ``type`` ends in, such as ``duplicate_file``.
        detail: what happened, where, and what to do, in the reader's language.
        errors: ``(field, code, message)`` for each field that is at fault.
        headers: headers of the answer, such as ``Retry-After``.
        extra: further members of the body, such as ``existing=id``.
    """

    status = 400
    code = "invalid"

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        errors: Iterable[Error] = (),
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = [FieldError(*error) for error in errors]
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The problem as the members of its JSON object."""
        body: dict[str, Any] = {
            "type": ADDRESS + self.code,
            "title": str(TITLES.get(self.code, HTTPStatus(self.status).phrase)),
            "status": self.status,
            "detail": str(self.detail),
        }
        if self.errors:
            body["errors"] = [error._asdict() for error in self.errors]
        return body | self.extra


class Invalid(Problem):
    """400 ``invalid``: fields at fault, each with a code and a sentence."""

    def __init__(self, errors: Iterable[Error], detail: str = "") -> None:
        super().__init__(400, "invalid", detail or _("Mend the fields named under errors and send it again."), errors)


class NotFound(Problem):
    """404 ``not_found``: not there, or not the caller's: nobody learns which.

    Args:
        sought: what was looked for, as far as it is known: for the trail, once the answer is out. It is not answered.
    """

    def __init__(self, detail: str = "", sought: Sought | None = None) -> None:
        super().__init__(
            404, "not_found", detail or _("There is nothing at this address, or nothing that you may see.")
        )
        self.sought = sought


class Forbidden(Problem):
    """403 ``permission_denied``: this role may not do this to anything."""

    def __init__(self, detail: str = "", code: str = "permission_denied") -> None:
        super().__init__(403, code, detail or _("Your role may not do this."))


class Unproven(Forbidden):
    """403 ``reauthentication_required``: whoever asks has to prove first that it is they; then it is done.

    Pages ask for the proof and keep what was sent; forms and buttons let it through to them.
    """

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail, "reauthentication_required")
        self.extra = extra


def reading_only(user: Any) -> Forbidden:
    """403 for a login that may read and not write: by itself, because of its districts or its organisation's end."""
    if getattr(user, "closed_since", None) is not None:
        text = _(
            "Your organisation is closed since %(day)s: what it reported can be read, and nothing can be sent any more."
        )
        return Forbidden(text % {"day": user.closed_since}, "organisation_closed")
    if getattr(user, "districts", None):
        return Forbidden(
            _("Your login is for the records of some districts, and this may concern all of them."), "districts"
        )
    return Forbidden(_("Your login may read and not write."), "read_only")


class Conflict(Problem):
    """409: the thing is not in the state that the request takes it to be in."""

    def __init__(self, detail: str, code: str = "conflict", **extra: Any) -> None:
        super().__init__(409, code, detail, **extra)


class AlreadyExists(Conflict):
    """409 ``already_exists``: what was to be created is there already."""

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or _("It exists already."), "already_exists", **extra)


@contextmanager
def unique(constraints: Mapping[str, str]) -> Iterator[None]:
    """Turn a broken unique constraint inside into ``AlreadyExists``; the work inside is undone and no more than that.

    Args:
        constraints: by part of the constraint's or index's name in PostgreSQL (``organisation_code``), the sentence
            to say. Other integrity errors pass through.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", None) or ""
        for part, sentence in constraints.items():
            if part in name:
                raise AlreadyExists(sentence) from error
        raise


def flatten(detail: Any, path: str = "") -> list[FieldError]:
    """DRF's nested error details as a flat list: ``{"contacts": [{}, {"email": […]}]}`` → ``contacts.1.email``."""
    if isinstance(detail, Mapping):
        found = []
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            found += flatten(inner, ".".join(part for part in (path, own) if part))
        return found
    if isinstance(detail, list | tuple):
        found = []
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            found += flatten(inner, f"{path}.{position}".strip(".") if nested else path)
        return found
    return [FieldError(path, getattr(detail, "code", "invalid") or "invalid", str(detail))]


def of_django(error: django.ValidationError, field: str = "") -> list[FieldError]:
    """The field errors in a validation error of Django's (a model's, a form's or a password's)."""
    if hasattr(error, "error_dict"):
        return [
            found
            for name, inner in error.error_dict.items()
            for one in inner
            for found in of_django(one, field if name == django.NON_FIELD_ERRORS else name)
        ]
    return [
        FieldError(field, one.code or "invalid", " ".join(str(message) for message in one.messages))
        for one in error.error_list
    ]

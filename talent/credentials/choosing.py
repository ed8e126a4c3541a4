"""Which credentials a verdict is given on: the same for the API and for pages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from backend.accounts.models import User
from backend.lists.filters import narrow
from backend.problems import FieldError, Invalid
from talent.credentials import selectors
from talent.credentials.examining import AT_ONCE
from talent.credentials.filters import CredentialFilter


def by_filter(
    values: Mapping[str, Any], *, actor: User, request: Request | HttpRequest | None = None
) -> tuple[list[int], dict[str, Any]]:
    """The ids of the credentials that a filter finds, and what the trail should remember.

    Raises:
        Problem: 400 for an empty filter, an unknown name, or a value that is blank or cannot be read.
    """
    if not values:
        raise Invalid([FieldError("filter", "required", _("An empty filter would decide on every credential."))])
    for name, value in values.items():
        if value is None or isinstance(value, list) or not str(value).strip():
            raise Invalid([FieldError(f"filter.{name}", "required", _("Give a value, or leave the filter out."))])
    rows = narrow(CredentialFilter, values, selectors.credentials(actor), request=request)
    # One more than is taken, so that too many are told from just enough.
    return list(rows.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1]), {"filter": dict(values)}


def by_ids(ids: Iterable[int], *, actor: User) -> tuple[list[int], dict[str, Any]]:
    """The ids, once each, and what the trail should remember.

    Raises:
        Invalid: there is no credential with one of them that ``actor`` may see.
    """
    known = sorted(set(ids))
    missing = sorted(set(known) - set(selectors.credentials(actor).filter(pk__in=known).values_list("pk", flat=True)))
    if missing:
        listed = ", ".join(map(str, missing[:10]))
        told = _("There are no credentials with the ids %(ids)s.") % {"ids": listed}
        raise Invalid([FieldError("ids", "unknown", told)])
    return known, {"ids": len(known)}

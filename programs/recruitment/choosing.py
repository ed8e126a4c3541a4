"""Which candidates are moved at once, and revealing what rests sealed with one: the same for the API and for pages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.lists.filters import narrow
from backend.problems import FieldError, Invalid
from backend.throttles import Limit, take
from backend.vault.masking import scrub
from programs.recruitment import selectors
from programs.recruitment.entering import opened
from programs.recruitment.filters import CandidateFilter
from programs.recruitment.models import Candidate

REVEAL = "candidate.reveal"
REVEAL_AGAIN = "candidate.reveal_again"
MANY = frozenset({"stage", "known"})
"""Filters that take several values."""


def by_filter(values: Mapping[str, Any], *, actor: User, request: Request | HttpRequest | None = None) -> list[int]:
    """The candidates that a filter finds.

    Raises:
        Problem: 400 for an empty filter, an unknown name, or a value that is blank or cannot be read.
    """
    if not values:
        raise Invalid([FieldError("filter", "required", _("An empty filter would move every candidate."))])
    for name, value in values.items():
        # Left blank, a filter is passed over: harmless in a list, and everybody in a move.
        if isinstance(value, list) and name not in MANY:
            raise Invalid([FieldError(f"filter.{name}", "invalid", _("Give one value."))])
        if value is None or value == [] or not str(value).strip() or value == [""]:
            raise Invalid([FieldError(f"filter.{name}", "required", _("Give a value, or leave the filter out."))])
    found = narrow(CandidateFilter, values, selectors.candidates(actor), request=request)
    return list(found.order_by("pk").values_list("pk", flat=True))


def by_ids(ids: Iterable[int], *, actor: User) -> list[int]:
    """The candidates with these ids.

    Raises:
        Invalid: the actor knows of no candidate with one of them.
    """
    wanted = sorted(set(ids))
    known = set(selectors.candidates(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    missing = [one for one in wanted if one not in known]
    if missing:
        text = _("There is no candidate %(id)s.") % {"id": missing[0]}
        raise Invalid([FieldError("ids", "does_not_exist", text)])
    return wanted


def reveal(*, actor: User, candidate: Candidate, reason: str) -> dict[str, str]:
    """The number and the contacts of a candidate in full, to whoever has to see them and says why.

    Raises:
        Invalid: no reason.
        Problem: 429 ``throttled``: so many were revealed to the actor within the hour.
    """
    reason = scrub(reason.strip())
    if not reason:
        raise Invalid([FieldError("reason", "required", _("Give a reason."))])
    take((Limit("reveals", settings.REVEALS_AN_HOUR, 3600), str(actor.pk)))
    [inside] = opened([candidate])
    detail = {"reason": reason, "number": bool(inside.get("id_number"))}
    enter_audit(action=REVEAL, subject=candidate, detail=detail, actor=actor)
    return {name: inside.get(name, "") for name in ("id_number", "mobile", "email")}


def note_again(*, actor: User, candidate_id: int) -> None:
    """Note that the answer kept for a call sent twice has shown a candidate's number once more."""
    enter_audit(action=REVEAL_AGAIN, subject=("candidate", candidate_id), actor=actor)

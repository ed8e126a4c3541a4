"""Which records are decided on, and whether at once or by a job: the same for the API and for pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from backend.accounts.models import User
from backend.jobs.models import Job
from backend.lists.filters import narrow
from backend.problems import FieldError, Invalid
from programs.records import selectors
from programs.records.filters import RecordFilter
from programs.review import services
from programs.review.sampling.holding import refuse_outside_lots
from programs.review.services import Summary


@dataclass(frozen=True)
class Chosen:
    """Records to be decided on.

    ``submissions``: values from others are left alone (empty: none are). ``asked`` is what the audit trail remembers.
    """

    ids: list[int]
    submissions: frozenset[int] = frozenset()
    asked: Mapping[str, Any] = field(default_factory=dict)


def by_filter(values: Mapping[str, Any], *, actor: User, request: Request | HttpRequest | None = None) -> Chosen:
    """The records that a filter finds, and the submission that it names.

    Args:
        values: by name of ``RecordFilter``; a list for ``state`` alone.
        actor: who decides.
        request: that the filter came with.

    Raises:
        Problem: 400 for an empty filter, an unknown name, or a value that is blank or cannot be read.
    """
    if not values:
        raise Invalid([FieldError("filter", "required", _("An empty filter would decide on every record."))])
    for name, value in values.items():
        # Left blank, a filter is passed over: harmless in a list, and everything in a decision.
        if isinstance(value, list) and not name == "state":
            raise Invalid([FieldError(f"filter.{name}", "invalid", _("Give one value."))])
        if value is None or value == [] or not str(value).strip() or value == [""]:
            raise Invalid([FieldError(f"filter.{name}", "required", _("Give a value, or leave the filter out."))])
    rows = narrow(RecordFilter, values, selectors.records(actor), request=request)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    named = submission_of(values)
    return Chosen(ids, frozenset() if named is None else frozenset({named}), {"filter": values})


def submission_of(values: Mapping[str, Any]) -> int | None:
    """The submission that a filter names, which has been read by ``RecordFilter`` before."""
    return RecordFilter.base_filters["submission"].field.clean(values.get("submission"))


def by_ids(ids: Iterable[int], submissions: frozenset[int] = frozenset(), *, actor: User) -> Chosen:
    """The records with these ids.

    Args:
        ids: of the records.
        submissions: where they are known, the submissions whose values the officer had before them.
        actor: who decides.

    Raises:
        Invalid: there is no record with one of them.
    """
    known = sorted(set(ids))
    services.known_ids(known, actor)
    return Chosen(known, submissions, {"ids": len(known)})


def decide(
    chosen: Chosen, *, decision: str, reason: str, actor: User, fields: Mapping[str, str] | None = None
) -> Summary | Job:
    """Decide on the records chosen: at once up to ``AT_ONCE``, above that as a job, which is given back.

    Raises:
        Invalid: a reason is needed and is missing.
        Conflict: many are to be verified at once where that is only done by lots.
    """
    refuse_outside_lots(chosen.ids, decision)
    act = services.decide_later if len(chosen.ids) > services.AT_ONCE else services.decide_many
    return act(
        ids=chosen.ids,
        decision=decision,
        reason=reason,
        actor=actor,
        submissions=chosen.submissions,
        asked=chosen.asked,
        fields=fields,
    )

"""What stands in the gap, as it is shown: whose it is, whose turn it is, and what leads there."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import User
from programs.periods.models import Obligation
from programs.submissions.models import Submission
from programs.targets import gaps
from programs.targets.gap_models import Kind, Reason
from programs.targets.gaps import GapReading
from talent.people.models import Person
from talent.people.naming import shown_name

# Output name -> path, for rows of the gap and for heads that count later; the rest is added in ``shown``.
GAP_COLUMNS = {
    "reason": "reason",
    "subject": "subject_id",
    "person": "head_id",
    "organisation": "organisation__code",
    "programme": "programme__code",
    "path": "path",
    "district": "district",
    "segment": "segment",
    "credited": "credited__code",
    "day": "day",
    "rows": "amount",
    "since": "recorded_at",
}
LATER_COLUMNS = {
    "subject": "record_id",
    "person": "person_id",
    "organisation": "organisation__code",
    "programme": "programme__code",
    "path": "path",
    "district": "district",
    "segment": "segment",
    "credited": "organisation__code",
    "day": "effective_on",
    "since": "recorded_at",
}
HEADER = (
    *("reason", "kind", "record", "submission", "obligation", "period", "person", "name", "organisation", "programme"),
    *("path", "district", "segment", "rows", "credited", "day", "since", "turn"),
)


def columns(reason: Reason) -> Mapping[str, str]:
    """By which paths the rows under a reason are read."""
    return LATER_COLUMNS if reason == Reason.LATER else GAP_COLUMNS


def listed(reading: GapReading, reason: Reason) -> QuerySet[Any]:
    """The rows under a reason."""
    return reading.later() if reason == Reason.LATER else reading.rows(reason)


def shown(rows: Sequence[Mapping[str, Any]], reason: Reason, actor: User) -> list[dict[str, Any]]:
    """Rows read by ``columns``'s paths, as ``actor`` may see them."""
    paths = columns(reason)
    found = [{name: row[path] for name, path in paths.items()} for row in rows]
    kind = gaps.kinds(reason)
    periods = _periods(kind, [one["subject"] for one in found])
    names = _names([one["person"] for one in found], actor)
    blank = dict.fromkeys(HEADER)
    return [
        blank
        | {name: value for name, value in one.items() if name in HEADER}
        | {
            "reason": reason.value,
            "kind": kind.value,
            kind.value: one["subject"],
            "period": periods.get(one["subject"]),
            "name": names.get(one["person"]),
            "rows": one["rows"] if kind == Kind.SUBMISSION else None,
            "turn": gaps.turn(reason),
        }
        for one in found
    ]


def turn_said(reason: Reason) -> str:
    """Whose turn it is, in the reader's language."""
    return {
        gaps.PARTNER: _("The partner’s"),
        gaps.OFFICER: _("The bureau’s"),
        gaps.NOBODY: _("Nobody’s"),
    }[gaps.turn(reason)]


def unit_said(reason: Reason) -> str:
    """What is counted under a reason, in the reader's language."""
    return {
        gaps.OF_OBLIGATIONS: _("reports owed"),
        gaps.OF_ROWS: _("rows"),
        gaps.OF_RECORDS: _("records"),
    }[gaps.unit(reason)]


def _periods(kind: Kind, ids: list[int]) -> dict[int, str]:
    model: Any = {Kind.OBLIGATION: Obligation, Kind.SUBMISSION: Submission}.get(kind)
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "period__code")) if model else {}


def _names(ids: list[int | None], actor: User) -> dict[int | None, str]:
    found = Person.objects.filter(pk__in={one for one in ids if one is not None}).values_list("pk", "name")
    return {pk: shown_name(name, actor) for pk, name in found}

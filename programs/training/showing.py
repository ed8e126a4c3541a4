"""How training goes, as it is answered: the same for a list, one cohort, a programme and a download."""

from collections.abc import Sequence
from typing import Any

from backend.accounts.models import User
from backend.naming import in_language
from programs.records.showing import COLUMNS, shown
from programs.training.conflicts import Conflict, places_said
from programs.training.figures import Tally
from programs.training.selectors import Course, Foreseen

COUNTED = (
    *("enrolled", "in_progress", "completed", "verified_completions", "withdrawn", "withdrawn_by_reason"),
    *("awaiting_review", "returned", "completion_rate", "dropout_rate", "noted", "sessions_held"),
    *("sessions_attended", "hours", "attendance_rate", "planned_fen", "spent_fen", "cost_per_completion_fen"),
)
MEMBER = ("id", "partner_ref", "person", "name", "id_number", "outcome", "state", "started_on", "completed_on")
SUMMARY = {
    "sessions_held": "sessions_held",
    "sessions_attended": "sessions_attended",
    "hours": "hours",
    "until": "until",
    "withdrawal_reason": "reason_given",
    "edition": "edition",
    "noted_at": "noted_at",
}
"""What is answered of a summary: its name, and how ``selectors.members`` calls it."""


def counted(tally: Tally) -> dict[str, Any]:
    """A tally by its names."""
    return {name: getattr(tally, name) for name in COUNTED}


def course(one: Course) -> dict[str, Any]:
    """A cohort as it goes, as a row of the list."""
    cohort = one.cohort
    return {
        "code": cohort.code,
        "programme": cohort.programme.code,
        "programme_name": in_language(cohort.programme.name_zh, cohort.programme.name_en),
        "organisation": cohort.organisation.code,
        "organisation_name": in_language(cohort.organisation.name_zh, cohort.organisation.name_en),
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
        "state": one.state,
        "capacity": cohort.capacity,
        "places_left": one.places_left,
        **counted(one.tally),
        "conflicts": list(dict.fromkeys(found.kind.value for found in one.conflicts)),
        "heads": one.heads,
    }


def conflict(one: Conflict) -> dict[str, Any]:
    """A conflict as it is answered."""
    return {
        "kind": one.kind.value,
        "programme": one.programme,
        "organisation": one.organisation,
        "cohort": one.cohort,
        "other": one.other,
        "people": one.people,
        "places": one.places,
        "message": one.message,
        "advice": one.advice,
    }


def foreseen(one: Foreseen) -> dict[str, Any]:
    """What would become of a cohort's places, as it is answered."""
    return {
        "cohort": one.cohort.code,
        "capacity": one.cohort.capacity,
        "taken": one.taken,
        "joining": one.joining,
        "would_be": one.would_be,
        "over": one.over,
        "message": places_said(one.would_be, one.cohort.capacity or 0) if one.over else "",
    }


def members(rows: Sequence[Any], actor: User) -> list[dict[str, Any]]:
    """Rows of ``selectors.members``, read by the paths of ``COLUMNS`` and ``SUMMARY``, as ``actor`` may see them."""
    found = []
    for row, told in zip(rows, shown(rows, actor), strict=True):
        answer = {name: told[name] for name in MEMBER} | {name: row[path] for name, path in SUMMARY.items()}
        answer["hours"] = None if row["hours"] is None else float(row["hours"])
        answer["withdrawal_reason"] = row["reason_given"] or ""
        answer["record"] = answer.pop("id")
        found.append(answer)
    return found


MEMBER_PATHS = dict.fromkeys([*COLUMNS.values(), *SUMMARY.values()])

"""The ladders that come with the product: read from files, put into force unless the bureau has one of its own."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from backend import clock
from backend.audit.services import enter_audit
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.models import LadderPolicy
from programs.reminders.policies import add_version, put_into_force, stage_values, take_turn
from programs.reminders.policy_models import FROM_THE_BEGINNING
from programs.reminders.stage_values import FIELDS, errors_of, whole

FOLDER = Path(__file__).parent / "ladders"
_DAYS = {"working_days": "working", "calendar_days": "calendar"}
_FROM_FILES = {"code", "audience", "channel", "contact_role", "hour", "working_days_only", "digest"}


class BadLadder(ValueError):
    """A ladder file that cannot be taken; the message names the file and the place."""


@transaction.atomic
def load_ladders() -> list[str]:
    """Takes in the shipped ladders; the kinds that changed. Repeating it changes nothing.

    The first of a kind is in force from the beginning, unless its file says ``switched_on = false``: then it is a
    draft. A file that has changed since replaces what was shipped before; where the bureau has switched on a ladder of
    its own, or none at all, the new one is a draft beside it.

    Raises:
        BadLadder: a file is not a ladder.
    """
    take_turn()
    changed = []
    for path in sorted(FOLDER.glob("*.toml")):
        kind, switched_on, stages = _read(path)
        there = LadderPolicy.objects.filter(kind=kind)
        last = there.filter(shipped=True).order_by("-version").first()
        if last is not None and stage_values(last) == stages:
            continue
        now = clock.now()
        made = add_version(actor=None, kind=kind, stages=stages, shipped=True)
        if last is None and switched_on and not there.filter(in_force_from__isnull=False).exists():
            put_into_force(made, FROM_THE_BEGINNING, "", None)
        elif last is not None and last.state_at(now) == "in_force" and last.retired_at is None:
            put_into_force(made, now, "", None)
        detail = {"kind": kind, "version": made.version, "stages": [one["code"] for one in stages]}
        enter_audit(action="ladder.load", subject=made, detail=detail)
        changed.append(kind)
    return changed


def _read(path: Path) -> tuple[str, bool, list[dict[str, Any]]]:
    with path.open("rb") as file:
        told = tomllib.load(file)
    kind = str(told.get("kind", ""))
    if kind not in KINDS:
        raise BadLadder(f"{path.name}: kind is one of {', '.join(KINDS)}.")
    stages = [_stage(path, place, stage) for place, stage in enumerate(told.get("stage", ()), 1)]
    for error in errors_of(kind, stages):
        raise BadLadder(f"{path.name}, {error.field}: {error.message}")
    return kind, bool(told.get("switched_on", True)), stages


def _stage(path: Path, place: int, told: dict[str, Any]) -> dict[str, Any]:
    counting = [name for name in _DAYS if name in told]
    given = {name: value for name, value in told.items() if name not in _DAYS}
    whole_days = len(counting) == 1 and type(told[counting[0]]) is int
    if not whole_days or not {"code", "audience"} <= set(given) <= _FROM_FILES:
        raise BadLadder(
            f"{path.name}, stage {place}: give code, audience, and either working_days or calendar_days;"
            f" at most also {', '.join(sorted(_FROM_FILES - {'code', 'audience'}))}."
        )
    stage = whole({**given, "days": told[counting[0]], "counting": _DAYS[counting[0]]})
    return {name: stage[name] for name in FIELDS}

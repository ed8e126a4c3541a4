"""The ladder: which stages there are, and on which working day each goes out."""

import datetime as dt
import tomllib
from pathlib import Path

from django.db import transaction

from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.messages.models import Channel
from programs.periods.calendar import DAY, Calendar
from programs.reminders.models import Audience, LadderStage

FOLDER = Path(__file__).parent / "ladders"
HOUR = dt.time(9, 0, tzinfo=BUREAU)
FIELDS = ("code", "working_days", "audience", "channel")


class BadLadder(ValueError):
    """A ladder file that cannot be taken; the message names the file and the place."""


def stage_moment(days: Calendar, due_on: dt.date, working_days: int) -> dt.datetime:
    """When a stage goes out: 09:00 in Guiyang on the working day so many from ``due_on``.

    A due day that is not worked itself is reminded of on the last working day before it.
    """
    if working_days > 0:
        return dt.datetime.combine(days.add_working_days(due_on, working_days), HOUR)
    day, left = due_on, -working_days
    while left or not days.is_working_day(day):
        day -= DAY
        left -= left > 0 and days.is_working_day(day)
    return dt.datetime.combine(day, HOUR)


@transaction.atomic
def load_ladders() -> list[str]:
    """Puts the shipped ladders into force; the kinds that changed. Repeating it changes nothing.

    Raises:
        BadLadder: a file is not a ladder.
    """
    changed = []
    for path in sorted(FOLDER.glob("*.toml")):
        kind, stages = _read(path)
        wanted = {stage["code"]: stage for stage in stages}
        there = {row["code"]: row for row in LadderStage.objects.filter(kind=kind).values(*FIELDS)}
        if wanted == there:
            continue
        LadderStage.objects.filter(kind=kind).delete()
        LadderStage.objects.bulk_create(LadderStage(kind=kind, **stage) for stage in stages)
        enter_audit(action="ladder.load", subject=("ladder_stage", None), detail={"kind": kind, "stages": stages})
        changed.append(kind)
    return changed


def _read(path: Path) -> tuple[str, list[dict]]:
    with path.open("rb") as file:
        told = tomllib.load(file)
    stages = [{"channel": Channel.EMAIL.value, **stage} for stage in told.get("stage", ())]
    for place, stage in enumerate(stages, 1):
        whole = isinstance(stage.get("working_days"), int) and isinstance(stage.get("code"), str)
        if set(stage) != set(FIELDS) or not whole or stage["audience"] not in Audience.values:
            raise BadLadder(f"{path.name}, stage {place}: give code, working_days, audience, and at most a channel.")
    if not stages or len({stage["code"] for stage in stages}) < len(stages):
        raise BadLadder(f"{path.name}: a ladder has stages, each with a code of its own.")
    return str(told.get("kind", "")), stages

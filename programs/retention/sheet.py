"""The form that asks after all of a period's people at once: what stands in it, what was sent, and what is wrong."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.reference import selectors as reference
from programs.retention.answering import REASONS
from programs.retention.examining import GONE, MAY_SAY, PRESENT, Answer, Fault
from programs.retention.models import RetentionCheck, Said
from programs.retention.showing import COLUMNS, shown

MOST = 200
"""Questions on one page: a browser's form may have so many fields, and a person so much patience."""


@dataclass
class Line:
    """One question on the sheet: who is asked after, what may be answered, and what stands in the fields."""

    told: Mapping[str, Any]
    said: str = ""
    left_on: str = ""
    returned_on: str = ""
    reason: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return int(self.told["id"])

    @property
    def choices(self) -> list[dict[str, Any]]:
        """What may be answered, in order: the value, what it is called, and whether it has days."""
        return [
            {"value": one.value, "label": one.label, "gone": one in GONE} for one in MAY_SAY[str(self.told["path"])]
        ]

    @property
    def fallen(self) -> bool:
        """Whether the day that is asked of has come."""
        return bool(self.told["falls_on"] <= clock.today())

    @property
    def gone(self) -> bool:
        """Whether the answer tells of a departure, so that its days are asked for."""
        return self.said in GONE

    @property
    def wrong(self) -> dict[str, str]:
        """By field, what is wrong with it; under no name what is wrong with the whole line."""
        return {one.field or "whole": one.message for one in self.faults}


@dataclass
class Sheet:
    """The questions of one page of the form, and the reasons that may be given."""

    lines: list[Line]
    reasons: Mapping[str, str]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.faults]


def sheet_of(actor: User, rows: Iterable[RetentionCheck]) -> Sheet:
    """Questions with the answers that hold."""
    found = []
    for row, told in zip(rows := list(rows), _told(actor, rows), strict=True):
        found.append(
            Line(
                told,
                row.said,
                row.left_on.isoformat() if row.left_on else "",
                row.returned_on.isoformat() if row.returned_on else "",
                row.reason,
            )
        )
    return Sheet(found, reference.labels(REASONS))


def read(sheet: Sheet, sent: QueryDict, *, rest: bool) -> list[tuple[Line, Answer]]:
    """Puts what was sent into the sheet's fields; the answers in it, less those whose days cannot be read.

    Args:
        rest: whoever is still without an answer, and may have one, is said to be here.
    """
    found = []
    for line in sheet.lines:
        given = {name: sent.get(f"{name}-{line.pk}", "").strip() for name in ("said", *_DETAILS)}
        if f"shown-{line.pk}" not in sent:
            continue
        line.said = given["said"]
        if rest and not line.said and line.fallen:
            line.said = next(one for one in MAY_SAY[str(line.told["path"])] if one in PRESENT).value
        for name in _DETAILS:
            # Whoever changes their mind leaves the days standing in the fields, where they are not asked for.
            setattr(line, name, given[name] if line.gone else "")
        if line.said == Said.LEFT or line.said == Said.EMPLOYED_ELSEWHERE:
            line.returned_on = ""
        if not line.said:
            continue
        left_on, returned_on = _day(line, "left_on"), _day(line, "returned_on")
        if not line.faults:
            found.append((line, Answer(line.said, left_on, returned_on, line.reason)))
    return found


_DETAILS = ("left_on", "returned_on", "reason")


def _day(line: Line, name: str) -> dt.date | None:
    text = getattr(line, name)
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        line.faults.append(Fault(name, "invalid", _("Give a day such as 2019-07-01.")))
    return day


def _told(actor: User, rows: Sequence[RetentionCheck]) -> list[dict[str, Any]]:
    found = RetentionCheck.objects.filter(pk__in=[row.pk for row in rows]).values(*COLUMNS.values())
    by_id = {one["id"]: one for one in shown(list(found), actor)}
    return [by_id[row.pk] for row in rows]

"""Moving candidates from stage to stage: one, or all that a filter finds; each move is a row with its day.

Whoever moves one says where they saw it: of two who move it at once the first has it, and the second is told so. Many
are moved by one statement for each table; what cannot be moved is left alone and listed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Conflict, FieldError, Invalid, NotFound, unique
from backend.reference.selectors import tables
from backend.vault.masking import scrub
from programs.recruitment.entering import locked, may_arrive_again
from programs.recruitment.models import Arrival, Candidate, Move
from programs.recruitment.stages import BACK, ENDED, LEFT, ORDER, Bar, Stage, bar, reason_for

LONGEST_NOTE = 2000
OTHERS = "_other"
"""What ends the code of a reason that says nothing by itself: it needs a note."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished: the stage, the day, and why."""

    to: str
    day: dt.date
    reason: str = ""
    note: str = ""


@dataclass(slots=True)
class Moved:
    """What came of moving many: who was moved, and by candidate why the others were not."""

    moved: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The outcome as it is answered."""
        skipped = [{"id": id, "code": code, "reason": str(Bar(code).label)} for id, code in self.skipped]
        return {"moved": len(self.moved), "ids": self.moved, "skipped": skipped}


def wish(*, to: str, day: dt.date | None = None, reason: str = "", note: str = "") -> Wish:
    """A wish that makes sense by itself.

    Raises:
        Invalid: a day yet to come, a reason that no table knows, or one that says nothing without a note.
    """
    today = clock.today()
    errors = []
    if day and day > today:
        errors.append(FieldError("day", "future", _("This day is yet to come.")))
    if reason and reason not in tables().names["move_reason"]:
        told = _("“%(value)s” is no code of the table “%(table)s”.") % {"value": reason[:40], "table": "move_reason"}
        errors.append(FieldError("reason", "not_in_table", told))
    note = scrub(note.strip())
    if reason.endswith(OTHERS) and not note:
        errors.append(FieldError("note", "required", _("Say in a note which other reason it is.")))
    if len(note) > LONGEST_NOTE:
        told = _("Say it in %(most)d characters at most.") % {"most": LONGEST_NOTE}
        errors.append(FieldError("note", "max_length", told))
    if errors:
        raise Invalid(errors)
    return Wish(to, day or today, reason, note)


@transaction.atomic
def move(*, actor: User, candidate_id: int, expected: str, wished: Wish) -> Candidate:
    """Moves one candidate.

    Args:
        actor: somebody of the organisation, or an officer.
        candidate_id: whom the actor was found to see.
        expected: the stage in which the actor saw them.
        wished: where to.

    Raises:
        NotFound: there is no such candidate.
        Conflict: they stand elsewhere by now, or cannot be moved there.
        Invalid: the day lies before their last move; a reason is needed, or belongs to another kind of move.
        AlreadyExists: they come back, and are on the way again already.
    """
    try:
        row = locked(candidate_id)
    except Candidate.DoesNotExist:
        raise NotFound from None
    if row.stage != expected:
        told = _("Candidate %(id)s was moved meanwhile and stands at “%(stage)s”.")
        raise Conflict(told % {"id": row.pk, "stage": row.get_stage_display()}, stage=row.stage)
    code = bar(row.stage, wished.to)
    if code == Bar.ARRIVED and may_arrive_again(row):
        code = ""
        Arrival.objects.filter(candidate=row, undone_at=None).update(undone_at=clock.SqlNow())
    if code:
        raise Conflict(str(Bar(code).label), stage=row.stage)
    _refuse(row.stage, row.stage_on, wished)
    write(row, wished, actor=actor)
    return row


def write(row: Candidate, wished: Wish, *, actor: User) -> Move:
    """Writes the move of a candidate whose row is held and who may be moved so.

    Raises:
        AlreadyExists: they come back, and are on the way again already.
    """
    before = row.stage
    row.stage, row.stage_on = wished.to, wished.day
    with unique({"candidate_once_per_document": str(Bar.DUPLICATE.label)}):
        row.save(update_fields=["stage", "stage_on"])
    made = Move.objects.create(
        candidate=row,
        organisation_id=row.organisation_id,
        before=before,
        to=wished.to,
        day=wished.day,
        reason=wished.reason,
        note=wished.note,
        by_id=actor.pk,
        on_behalf=actor.sees_everything and row.organisation_id != actor.organisation_id,
    )
    detail = {"from": before, "to": wished.to, "day": wished.day, "reason": wished.reason, "note": wished.note}
    enter_audit(action="candidate.move", subject=row, detail=detail, actor=actor)
    return made


def _refuse(stage: str, since: dt.date, wished: Wish) -> None:
    needed = reason_for(stage, wished.to)
    errors = []
    if needed and not wished.reason:
        errors.append(FieldError("reason", "required", str(Bar.NO_REASON.label)))
    elif wished.reason and _kind(wished.reason) != needed:
        errors.append(FieldError("reason", "wrong_reason", str(Bar.WRONG_REASON.label)))
    if wished.day < since:
        told = _("The last move was on %(day)s; this one cannot lie before it.") % {"day": since}
        errors.append(FieldError("day", "earlier", told))
    if errors:
        raise Invalid(errors)


def _kind(reason: str) -> str:
    """What a reason is for."""
    return tables().attributes["move_reason"].get(reason, {}).get("for", "")


# What stands against each: the same as ``stages.bar`` and ``_refuse`` say of one.
_JUDGE = """
SELECT candidate.id, candidate.stage,
    CASE
        WHEN candidate.stage = %(to)s THEN 'same'
        WHEN %(expected)s <> '' AND candidate.stage <> %(expected)s THEN 'elsewhere'
        WHEN candidate.stage = 'arrived' THEN 'arrived'
        WHEN needed.kind <> '' AND %(reason)s = '' THEN 'no_reason'
        WHEN %(reason)s <> '' AND needed.kind <> %(kind)s THEN 'wrong_reason'
        WHEN %(day)s < candidate.stage_on THEN 'earlier'
        WHEN candidate.stage = ANY (%(left)s) AND NOT %(leaving)s AND candidate.number_index IS NOT NULL
             AND (row_number() OVER again > 1 OR EXISTS (
                 SELECT FROM candidate AS other
                 WHERE other.organisation_id = candidate.organisation_id
                 AND other.number_index = candidate.number_index AND NOT other.stage = ANY (%(ended)s)
             )) THEN 'duplicate'
        ELSE ''
    END
FROM candidate
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN %(leaving)s THEN %(to)s
        WHEN candidate.stage = ANY (%(left)s) THEN %(back)s
        WHEN array_position(%(way)s, candidate.stage) > array_position(%(way)s, %(to)s) THEN %(back)s
        ELSE '' END AS kind
) AS needed
WHERE candidate.id = ANY (%(ids)s)
WINDOW again AS (
    PARTITION BY candidate.organisation_id, candidate.number_index, candidate.stage = ANY (%(left)s)
    ORDER BY candidate.id DESC
)
ORDER BY candidate.id
"""

_WRITE = """
WITH gone AS (
    UPDATE candidate SET stage = %(to)s, stage_on = %(day)s
    FROM unnest(%(ids)s::bigint[], %(before)s::text[]) AS asked (id, stage)
    WHERE candidate.id = asked.id
    RETURNING candidate.id, candidate.organisation_id, asked.stage AS before
)
INSERT INTO candidate_move (candidate_id, organisation_id, before, "to", day, reason, note, by_id, on_behalf,
                            recorded_at)
SELECT id, organisation_id, before, %(to)s, %(day)s, %(reason)s, %(note)s, %(by)s,
       %(staff)s AND organisation_id <> %(own)s, shugu_now()
FROM gone ORDER BY id
"""


@transaction.atomic
def move_many(
    *, actor: User, ids: Sequence[int], wished: Wish, expected: str = "", asked: dict[str, Any] | None = None
) -> Moved:
    """Moves many candidates at once, those who can be; why the others cannot is told for each.

    Args:
        actor: somebody of the organisation, or an officer.
        ids: candidates whom the actor was found to see.
        wished: where to; not to have arrived, which is an act of its own.
        expected: the stage in which they are to stand; whoever stands elsewhere is left alone. Empty: wherever.
        asked: what the trail remembers of how they were chosen.

    Raises:
        Invalid: to have arrived.
    """
    if wished.to == Stage.ARRIVED:
        raise Invalid([FieldError("to", "arriving", str(Bar.ARRIVING.label))])
    values: dict[str, Any] = {
        "ids": sorted(set(ids)),
        "to": wished.to,
        "day": wished.day,
        "reason": wished.reason,
        "kind": _kind(wished.reason),
        "note": wished.note,
        "expected": expected,
        "left": [one.value for one in LEFT],
        "ended": [one.value for one in ENDED],
        "way": list(ORDER),
        "leaving": wished.to in LEFT,
        "back": BACK,
        "by": actor.pk,
        "staff": actor.sees_everything,
        "own": actor.organisation_id,
    }
    done = Moved()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM candidate WHERE id = ANY (%(ids)s) ORDER BY id FOR NO KEY UPDATE", values)
        # Asked in a statement of its own, so that what was committed while the rows were waited for is seen.
        cursor.execute(_JUDGE, values)
        judged = cursor.fetchall()
        fit = [(id, stage) for id, stage, against in judged if not against]
        done.skipped = [(id, against) for id, _stage, against in judged if against]
        done.moved = [id for id, _stage in fit]
        if fit:
            with unique({"candidate_once_per_document": str(Bar.DUPLICATE.label)}):
                cursor.execute(_WRITE, values | {"ids": done.moved, "before": [stage for _id, stage in fit]})
    detail = {"to": wished.to, "day": wished.day, "reason": wished.reason, "moved": len(fit)}
    enter_audit(
        action="candidate.move",
        subject=("candidate", None),
        detail=detail | {"skipped": len(done.skipped)} | (asked or {}),
        actor=actor,
    )
    return done

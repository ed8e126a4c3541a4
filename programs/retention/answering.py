"""Answering: many questions in one act, in sets; every answer is a row, and a correction another one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Conflict, FieldError, Invalid, NotFound, Sought
from backend.reference import selectors as reference
from backend.vault.masking import scrub
from programs.periods import expected
from programs.records.models import Record
from programs.retention import examining, expecting, selectors
from programs.retention.examining import Answer, Fault
from programs.retention.models import Channel, RetentionAnswer, RetentionCheck
from programs.targets.staying import services as staying

REASONS = "leaving_reason"
State = RetentionCheck.State


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it: questions answered, answers corrected, and those that said the same again."""

    answered: int
    corrected: int
    unchanged: int


class Refused(Exception):
    """Nothing was written: what is wrong, by the place among the answers that were given."""

    def __init__(self, faults: Mapping[int, list[Fault]]) -> None:
        super().__init__(str(dict(faults)))
        self.faults = dict(faults)


@transaction.atomic
def answer_one(*, actor: User, check_id: int, given: Answer, channel: Channel) -> RetentionCheck:
    """Answer one question, or correct its answer; the same again changes nothing.

    Raises:
        NotFound: it is not the actor's.
        Conflict: 409 ``not_asked`` where it is withdrawn, ``period_locked``.
        Invalid: what is wrong with the answer.
    """
    try:
        answer(actor=actor, given=[(check_id, given)], channel=channel)
    except Refused as refused:
        [faults] = refused.faults.values()
        if faults[0].code in ("not_asked", "period_locked") and not faults[0].field:
            raise Conflict(faults[0].message, faults[0].code) from refused
        raise Invalid([FieldError(*_told(one)) for one in faults]) from refused
    return selectors.checks(actor).get(pk=check_id)


@transaction.atomic
def answer_many(*, actor: User, given: Sequence[tuple[int, Answer]], channel: Channel) -> Answered:
    """Answer many questions: all of them, or none where anything is wrong with one.

    Raises:
        NotFound: one is not the actor's.
        Invalid: what is wrong, each under its place: ``answers.3.left_on``.
    """
    try:
        return answer(actor=actor, given=given, channel=channel)
    except Refused as refused:
        raise Invalid(
            [
                FieldError(f"answers.{place}.{one.field}".rstrip("."), one.code, one.message)
                for place, faults in sorted(refused.faults.items())
                for one in faults
            ]
        ) from refused


@transaction.atomic
def answer(
    *, actor: User, given: Sequence[tuple[int, Answer]], channel: Channel, submission_id: int | None = None
) -> Answered:
    """Answer questions, each by its id, and see to what follows: what is owed, and who is still here.

    Args:
        actor: somebody of the organisation that is asked, or an officer on its behalf, which the trail notes.
        submission_id: the file by which it came.

    Raises:
        NotFound: one is not the actor's.
        Refused: something is wrong with one; nothing was written.
    """
    # Before any row is locked, as whoever lays questions out does.
    expected.take_turn()
    rows = _held(actor, [pk for pk, _given in given])
    today = clock.today()
    told = [
        (rows[pk], examining.completed(rows[pk], replace(one, note=scrub(one.note.strip())), today))
        for pk, one in given
    ]
    faults = _faults(told)
    if faults:
        raise Refused(faults)
    notes = dict(RetentionAnswer.objects.filter(pk__in=[row.answer_id for row, _one in told]).values_list("pk", "note"))
    new = [(row, one) for row, one in told if examining.of(row, notes.get(row.answer_id or 0, "")) != one]
    if not new:
        return Answered(0, 0, len(told))
    _write(actor, new, channel, submission_id)
    with scope.everything():
        whose = dict(
            Record.objects.filter(pk__in={row.record_id for row, _one in new}).values_list("pk", "organisation")
        )
        staying.note([_departure(row, one, whose[row.record_id]) for row, one in new])
    expecting.follow(organisation_ids=[row.organisation_id for row, _one in new])
    corrected = sum(row.answer_id is not None for row, _one in new)
    outcome = Answered(len(new) - corrected, corrected, len(told) - len(new))
    _audit(actor, new, channel, submission_id, outcome)
    return outcome


def answerable(actor: User) -> QuerySet[RetentionCheck]:
    """The questions that ``actor`` may answer: what parts of an organisation were asked is read, and not answered for
    them."""
    found = selectors.checks(actor)
    return found if actor.sees_everything else found.filter(organisation=actor.organisation_id)


def _held(actor: User, ids: Sequence[int]) -> dict[int, RetentionCheck]:
    mine = answerable(actor).filter(pk__in=ids).select_related(None).select_related("period").order_by("pk")
    rows = {row.pk: row for row in mine.select_for_update(of=("self",))}
    if missed := set(ids) - rows.keys():
        raise NotFound(sought=Sought(RetentionCheck, {"pk__in": sorted(missed)}))
    return rows


def _faults(told: Sequence[tuple[RetentionCheck, Answer]]) -> dict[int, list[Fault]]:
    today, reasons = clock.today(), reference.labels(REASONS)
    beside = others(told)
    found: dict[int, list[Fault]] = {}
    seen: set[int] = set()
    for place, (row, one) in enumerate(told):
        faults = may_not(row, row.pk in seen) or examining.faults(row, one, today=today, reasons=reasons)
        faults = faults or examining.against_others(
            row, one, [(other, says) for other, says in beside[row.record_id] if other.pk != row.pk]
        )
        seen.add(row.pk)
        if faults:
            found[place] = faults
    return found


def may_not(row: RetentionCheck, twice: bool = False) -> list[Fault]:
    """Why a question cannot be answered at all."""
    if twice:
        return [Fault("", "twice", _("This question is answered twice here. Leave one of the answers out."))]
    if row.state == State.WITHDRAWN:
        told = _("Question %(id)s is not asked any more: the record was taken back, or they are known to have left.")
        return [Fault("", "not_asked", told % {"id": row.pk})]
    if row.period is not None and row.period.locked_at is not None:
        told = _("Period %(period)s is locked. Ask the bureau to reopen it.")
        return [Fault("", "period_locked", told % {"period": row.period.code})]
    return []


def others(told: Sequence[tuple[RetentionCheck, Answer]]) -> dict[int, list[tuple[RetentionCheck, Answer]]]:
    """By record, its questions with the answers that will hold."""
    now = {row.pk: one for row, one in told}
    rows = RetentionCheck.objects.filter(record__in={row.record_id for row, _one in told}).exclude(
        state=State.WITHDRAWN
    )
    found: dict[int, list[tuple[RetentionCheck, Answer]]] = defaultdict(list)
    # Of a record of an organisation that went into another, the earlier ones were answered by that.
    with scope.everything():
        for row in rows:
            found[row.record_id].append((row, now.get(row.pk) or examining.of(row)))
    return found


_TAKE = """
UPDATE retention_check AS mine SET answer_id = taken.answer_id, said = taken.said, left_on = taken.left_on,
    returned_on = taken.returned_on, reason = taken.reason, state = 'answered',
    first_answered_at = coalesce(mine.first_answered_at, taken.at)
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::date[], %s::text[], %s::timestamptz[])
    AS taken (id, answer_id, said, left_on, returned_on, reason, at)
WHERE taken.id = mine.id
"""


def _write(
    actor: User, new: Sequence[tuple[RetentionCheck, Answer]], channel: Channel, submission_id: int | None
) -> None:
    now = clock.now()
    answers = RetentionAnswer.objects.bulk_create(
        RetentionAnswer(
            about=row,
            organisation_id=row.organisation_id,
            said=one.said,
            left_on=one.left_on,
            returned_on=one.returned_on,
            reason=one.reason,
            note=one.note,
            channel=channel,
            submission_id=submission_id,
            supersedes_id=row.answer_id,
            answered_by_id=actor.pk,
            answered_at=now,
        )
        for row, one in new
    )
    columns = [
        [one.about_id for one in answers],
        [one.pk for one in answers],
        *([getattr(one, name) for one in answers] for name in ("said", "left_on", "returned_on", "reason")),
        [now for _one in answers],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, columns)


def _departure(row: RetentionCheck, one: Answer, reported_by: int) -> staying.Told:
    """From whoever reported them they are gone, also where that went into another, which is asked now."""
    return staying.Told(row.pk, row.record_id, row.person_id, reported_by, one.left_on, one.returned_on)


def _audit(
    actor: User,
    new: Sequence[tuple[RetentionCheck, Answer]],
    channel: Channel,
    submission_id: int | None,
    outcome: Answered,
) -> None:
    said: dict[str, int] = defaultdict(int)
    for _row, one in new:
        said[one.said] += 1
    detail = {
        "answered": outcome.answered,
        "corrected": outcome.corrected,
        "said": dict(said),
        "channel": channel,
        "on_behalf": actor.sees_everything,
    }
    if submission_id is not None:
        detail["submission"] = submission_id
    if len(new) == 1:
        [(row, one)] = new
        before = examining.of(row)
        detail |= {
            "record": row.record_id,
            "months": row.months,
            "before": before.said,
            "left_on": [before.left_on, one.left_on],
            "returned_on": [before.returned_on, one.returned_on],
        }
        enter_audit(action="retention.answer", subject=row, detail=detail, actor=actor)
        return
    detail["checks"] = [row.pk for row, _one in new[:1000]]
    enter_audit(action="retention.answer", subject=("retention_check", None), detail=detail, actor=actor)


def _told(one: Fault) -> tuple[str, str, str]:
    return one.field, one.code, one.message

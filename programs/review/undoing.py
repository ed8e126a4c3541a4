"""Undoing what was decided, as long as nothing rests on it: the records stand as before, the ledger follows.

Nothing is taken off the books: a decision stays a row, its undoing is another, and a head that was counted is taken
back by a reversing entry.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from backend.jobs.services import queue
from backend.problems import Conflict, Invalid, NotFound
from backend.vault.masking import scrub
from programs.records import revising
from programs.records.models import Amendment, Decision, DecisionRun
from programs.review import settings
from programs.review.rulings import AMENDMENT_BECOMES, BECOMES, Kind, State
from talent.people.models import PersonChange
from talent.people.services import mark_changed

UNDO = "records.undo"
AT_ONCE = 5000
LISTED = 100
LONGEST_REASON = 2000

Rest = Callable[[Sequence[int], dt.datetime], dict[int, str]]
_rests: list[Rest] = []


def rests_on(found: Rest) -> Rest:
    """Register what may rest on decisions, in a room's ``handlers``: ``found(record_ids, since)`` gives, by record, the
    code of what would lose its ground if a decision taken at ``since`` or later were undone.
    """
    _rests.append(found)
    return found


@dataclass
class Undone:
    """What came of undoing: ids of the records put back, and of those that stay, each with the code that says why."""

    undone: list[int] = field(default_factory=list)
    stays: list[tuple[int, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "undone": len(self.undone),
            "stays": [{"id": id, "why": why} for id, why in self.stays[:LISTED]],
            "stays_count": len(self.stays),
            "why": dict(Counter(why for _id, why in self.stays)),
        }


@dataclass(frozen=True, slots=True)
class _Taken:
    """A decision with its record as it is now, locked."""

    id: int
    record_id: int
    amendment_id: int | None
    decision: str
    decided_at: dt.datetime
    run_id: int | None
    state: str
    pending: bool
    record_decided_at: dt.datetime | None
    latest: bool
    undone: bool
    amended: bool
    kept: bool
    amendment_state: str | None
    held: bool


def undo_run(*, run: DecisionRun, reason: str, actor: User) -> Undone | Job:
    """Undo all of a run of which nothing rests on: at once up to ``AT_ONCE`` records, above that as a job.

    Args:
        run: one that the actor may see.
        reason: why; a colleague's decision is not undone without.
        actor: an officer.

    Raises:
        Invalid: the reason is missing where a colleague decided, or too long.
        Conflict: it was too long ago.
    """
    why = _reason(reason, run.decided_by_id, actor)
    _refuse_late(run.decided_at)
    if run.decided <= AT_ONCE:
        taken = scope.within_districts(Decision.objects.filter(run_id=run.pk), actor)
        ids = list(taken.order_by("record_id").values_list("pk", flat=True))
        return undo(decision_ids=ids, reason=why, actor=actor, detail={"run": run.pk})
    job = queue(kind=UNDO, subject_id=run.pk, organisation_id=None, actor=actor, params={"reason": why})
    enter_audit(action="record.undo_queued", subject=run, detail={"reason": why, "job": job.pk}, actor=actor)
    return job


def undo_one(*, record_id: int, reason: str, actor: User) -> None:
    """Undo the latest decision on one record.

    Raises:
        NotFound: there is no such record.
        Invalid: the reason is missing where a colleague decided, or too long.
        Conflict: nothing was decided on it, it was too long ago, or something rests on it.
    """
    latest = Decision.objects.filter(record=record_id, undoing=None).order_by("-pk").first()
    if latest is None:
        if Decision.objects.filter(record=record_id).exists():
            raise Conflict(said("undone") % {"id": record_id}, "undone")
        raise Conflict(_("Nothing was decided on record %(id)s, so there is nothing to undo.") % {"id": record_id})
    why = _reason(reason, latest.decided_by_id, actor)
    _refuse_late(latest.decided_at)
    outcome = undo(decision_ids=[latest.pk], reason=why, actor=actor, detail={"run": latest.run_id})
    if outcome.stays:
        [(_id, code)] = outcome.stays
        raise Conflict(said(code) % {"id": record_id}, "rests_on_it", why=code)
    if not outcome.undone:
        raise NotFound


@transaction.atomic
def undo(*, decision_ids: Sequence[int], reason: str, actor: User | None, detail: dict[str, Any]) -> Undone:
    """Undo decisions in one transaction, one at most for each record; what something rests on stays and is listed."""
    taken = _lock(decision_ids, actor)
    with scope.whole(actor):
        return _undo(taken, reason, actor, detail)


def _undo(taken: Sequence[_Taken], reason: str, actor: User | None, detail: dict[str, Any]) -> Undone:
    outcome, back = Undone(), list[_Taken]()
    resting = _resting(taken)
    for one in taken:
        why = _stays(one) or resting.get(one.record_id, "")
        if why:
            outcome.stays.append((one.record_id, why))
        else:
            back.append(one)
    if not back:
        return outcome
    outcome.undone = [one.record_id for one in back]
    _note(back, reason, actor)
    _put_back(back)
    persons = _persons(outcome.undone)
    mark_changed(person_ids=persons, reason=PersonChange.Reason.UNDONE)
    enter_audit(
        action="record.undo",
        subject=("record", outcome.undone[0] if len(outcome.undone) == 1 else None),
        detail={
            **detail,
            "reason": reason,
            "undone": len(outcome.undone),
            "stays": dict(Counter(why for _id, why in outcome.stays)),
        },
        actor=actor,
    )
    return outcome


def said(code: str) -> str:
    """Why a decision stays, as a sentence that names record ``%(id)s``."""
    return {
        "undone": _("The decision on record %(id)s was undone already."),
        "decided_again": _("Record %(id)s was decided on again since; undo that first."),
        "reported_anew": _("Record %(id)s was reported anew since."),
        "amended": _("Record %(id)s was amended since; decide on the amendment instead."),
        "withdrawn": _("Record %(id)s was withdrawn by its partner since."),
        "held": _("A colleague is at work on record %(id)s."),
        "not_kept": _("What record %(id)s said before was not kept when it was decided."),
        "published": _("A figure that counts record %(id)s was published since; revoke it instead."),
        "published_without": _("A figure without record %(id)s was published since; have it reported anew instead."),
        "sampled": _("Record %(id)s was decided with its lot, and the verdict stands; it can be revoked."),
    }.get(code, _("Something rests on the decision on record %(id)s."))


def _reason(reason: str, decided_by_id: int, actor: User) -> str:
    why = scrub(reason.strip())
    if not why and decided_by_id != actor.pk:
        raise Invalid([("reason", "required", _("A colleague decided this. Say why you undo it."))])
    if len(why) > LONGEST_REASON:
        text = _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([("reason", "max_length", text)])
    return why


def _refuse_late(decided_at: dt.datetime) -> None:
    hours = settings.current().undo_hours
    if clock.now() > decided_at + dt.timedelta(hours=hours):
        text = _("A decision can be undone for %(hours)d hours. Decide anew instead, or revoke what was verified.")
        raise Conflict(text % {"hours": hours}, "too_late")


def may_be_undone(decided_at: dt.datetime) -> bool:
    """Whether a decision is young enough to be undone."""
    return clock.now() <= decided_at + dt.timedelta(hours=settings.current().undo_hours)


def _lock(decision_ids: Sequence[int], actor: User | None) -> list[_Taken]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM record WHERE id IN (SELECT record_id FROM decision WHERE id = ANY(%s))"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(decision_ids)],
        )
        cursor.fetchall()
        # A statement of its own, after the lock: it reads what is so after waiting.
        cursor.execute(
            """
            SELECT decision.id, decision.record_id, decision.amendment_id, decision.decision, decision.decided_at,
                   decision.run_id, record.state, record.pending, record.decided_at,
                   NOT EXISTS (SELECT FROM decision AS later WHERE later.record_id = record.id
                               AND later.id > decision.id
                               AND NOT EXISTS (SELECT FROM undoing WHERE decision_id = later.id)),
                   EXISTS (SELECT FROM undoing WHERE decision_id = decision.id),
                   EXISTS (SELECT FROM amendment AS other WHERE other.record_id = record.id
                           AND other.id > coalesce(decision.amendment_id, 0)
                           AND other.reported_at > decision.decided_at),
                   EXISTS (SELECT FROM revision WHERE revision.amendment_id = decision.amendment_id),
                   amendment.state,
                   EXISTS (SELECT FROM claim WHERE claim.record_id = record.id AND claim.expires_at > shugu_now()
                           AND claim.officer_id IS DISTINCT FROM %s)
            FROM decision JOIN record ON record.id = decision.record_id
            LEFT JOIN amendment ON amendment.id = decision.amendment_id
            WHERE decision.id = ANY(%s) ORDER BY decision.record_id, decision.id DESC
            """,
            [actor.pk if actor else None, list(decision_ids)],
        )
        return [_Taken(*row) for row in cursor.fetchall()]


def _stays(one: _Taken) -> str:
    """Why a decision cannot be undone; empty where it can."""
    if one.undone:
        return "undone"
    if not one.latest:
        return "decided_again"
    if one.state == State.WITHDRAWN:
        return "withdrawn"
    if one.held:
        return "held"
    kind = Kind(one.decision)
    if one.amendment_id is not None:
        if one.amended or one.state != State.VERIFIED or one.amendment_state != AMENDMENT_BECOMES[kind]:
            return "amended"
        return "" if kind != Kind.VERIFY or one.kept else "not_kept"
    if one.state != BECOMES[kind] or one.record_decided_at != one.decided_at:
        return "reported_anew"
    return "amended" if one.amended or one.pending else ""


def _resting(taken: Sequence[_Taken]) -> dict[int, str]:
    if not taken:
        return {}
    since = min(one.decided_at for one in taken)
    found: dict[int, str] = {}
    for rest in _rests:
        found = rest([one.record_id for one in taken], since) | found
    return found


def _note(back: Sequence[_Taken], reason: str, actor: User | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO undoing (decision_id, record_id, organisation_id, reason, undone_by_id, undone_at)"
            " SELECT id, record_id, organisation_id, %s, %s, shugu_now() FROM decision WHERE id = ANY(%s)",
            [reason, actor.pk if actor else 0, [one.id for one in back]],
        )
        for run_id, undone in Counter(one.run_id for one in back if one.run_id is not None).items():
            cursor.execute("UPDATE decision_run SET undone = undone + %s WHERE id = %s", [undone, run_id])


def _put_back(back: Sequence[_Taken]) -> None:
    own = [one for one in back if one.amendment_id is None]
    revoked = [one.id for one in own if one.decision == Kind.REVOKE]
    waiting = [one.record_id for one in own if one.decision != Kind.REVOKE]
    amendments = [one.amendment_id for one in back if one.amendment_id is not None]
    effective = [one.amendment_id for one in back if one.amendment_id and one.decision == Kind.VERIFY]
    with connection.cursor() as cursor:
        if waiting:
            cursor.execute(
                "UPDATE record SET state = 'submitted', reason = '', decided_at = NULL, decided_by_id = NULL"
                " WHERE id = ANY(%s)",
                [waiting],
            )
        if revoked:
            cursor.execute(
                """
                UPDATE record SET state = 'verified', reason = coalesce(before->>'reason', ''),
                    decided_at = (before->>'decided_at')::timestamptz,
                    decided_by_id = (before->>'decided_by_id')::bigint, pending = before->>'amendment' IS NOT NULL
                FROM decision WHERE decision.id = ANY(%s) AND record.id = decision.record_id
                """,
                [revoked],
            )
            cursor.execute(
                "SELECT (before->>'amendment')::bigint FROM decision"
                " WHERE id = ANY(%s) AND before->>'amendment' IS NOT NULL",
                [revoked],
            )
            amendments += [id for (id,) in cursor.fetchall()]
        if amendments:
            cursor.execute(
                "UPDATE amendment SET state = %s, reason = '', decided_at = NULL, decided_by_id = NULL"
                " WHERE id = ANY(%s)",
                [Amendment.State.PENDING, amendments],
            )
            cursor.execute(
                "UPDATE record SET pending = true WHERE id IN (SELECT record_id FROM amendment WHERE id = ANY(%s))",
                [amendments],
            )
    _reopen_first([one.id for one in back])
    if effective:
        revising.restore(amendment_ids=effective)


def _reopen_first(decision_ids: Sequence[int]) -> None:
    """Lets the first of two officers' verifications that decisions closed stand again: a second is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE first_verification AS first SET closed_at = NULL FROM decision"
            " WHERE decision.id = ANY(%s) AND first.record_id = decision.record_id"
            " AND first.closed_at = decision.decided_at AND first.submission_id = decision.submission_id"
            " AND first.amendment_id IS NOT DISTINCT FROM decision.amendment_id",
            [list(decision_ids)],
        )


def _persons(record_ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT person_id FROM record WHERE id = ANY(%s)", [list(record_ids)])
        return [person for (person,) in cursor.fetchall()]

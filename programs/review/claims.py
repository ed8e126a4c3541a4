"""Who is at work on which record: claiming, the next ones, releasing, handing over, taking over.

A claim is a row with an end that is put off while its officer works. Records are locked in the order of their ids
before a claim is written, as a decision locks them: of an officer who claims and one who decides at once, one waits.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import within_districts
from backend.audit.services import enter_audit
from backend.problems import Conflict, Forbidden, Invalid
from backend.vault.masking import scrub
from programs.records.claims import Claim
from programs.records.models import Record
from programs.records.selectors import live_claims
from programs.review import settings
from programs.review.sampling.holding import in_a_lot

MOST_NEXT = 100
HANDED_HOURS = 24
"""A record handed over waits so long for the colleague, who may not be there today."""

LONGEST = 1000
LISTED = 100
TRIES = 5


@dataclass
class Claimed:
    """What came of claiming: ids of the records now the officer's, and who holds the others, each since when."""

    ids: list[int] = field(default_factory=list)
    expires_at: dt.datetime | None = None
    held: list[dict[str, Any]] = field(default_factory=list)
    held_count: int = 0


def claims(actor: User | None) -> QuerySet[Claim]:
    """The claims that ``actor`` may see: the bureau's staff all, partners none."""
    if actor is None or not actor.sees_everything:
        return Claim.objects.none()
    return within_districts(live_claims().select_related("officer", "handed_by", "record__organisation"), actor)


@transaction.atomic
def claim(*, actor: User, ids: Sequence[int]) -> Claimed:
    """Takes records on. Those that the officer holds already are theirs for longer; a colleague's stay the colleague's.

    Args:
        actor: an officer.
        ids: of records that the actor may see.
    """
    until = _until()
    got = _write(_locked(ids), actor, until)
    others = live_claims().filter(record__in=set(ids) - set(got)).select_related("officer").order_by("record_id")
    held = [{"id": one.record_id, "by": one.officer.username, "since": one.claimed_at} for one in others[:LISTED]]
    if got:
        enter_audit(action="record.claim", subject=("record", None), detail=_detail(got), actor=actor)
    return Claimed(got, until, held, others.count() if len(held) == LISTED else len(held))


@transaction.atomic
def claim_next(*, actor: User, rows: QuerySet[Record], order: Sequence[str], count: int) -> Claimed:
    """Takes on the next records of a list that await a decision and that nobody holds; two officers never get the same.

    Members of open lots are passed over: they are decided with their lot.

    Args:
        actor: an officer.
        rows: the list, as far as the actor may see it.
        order: how it is gone through.
        count: how many, ``MOST_NEXT`` at most.

    Raises:
        Invalid: the number lies outside its bounds.
    """
    if not 1 <= count <= MOST_NEXT:
        text = _("Claim 1 to %(most)d at a time.") % {"most": MOST_NEXT}
        raise Invalid([("count", "invalid", text)])
    free = rows.filter(waiting(), ~in_a_lot()).exclude(pk__in=live_claims().values("record")).order_by(*order)
    until, got = _until(), list[int]()
    for _try in range(TRIES):
        wanted = count - len(got)
        # Rows that another officer is claiming at this moment are passed over instead of waited for. One that was
        # claimed between reading and locking is found out by the insert, and another is looked for.
        locked = free.exclude(pk__in=got).select_for_update(of=("self",), skip_locked=True, no_key=True)
        found = list(locked.values_list("pk", flat=True)[:wanted])
        got += _write(found, actor, until)
        if len(found) < wanted or len(got) == count:
            break
    if got:
        enter_audit(action="record.claim", subject=("record", None), detail=_detail(got), actor=actor)
    return Claimed(got, until)


@transaction.atomic
def release(*, actor: User, ids: Iterable[int] | None = None) -> int:
    """Gives records back that the officer holds, or all of them; how many. What is not theirs stays as it is."""
    own = Claim.objects.filter(officer=actor)
    if ids is not None:
        own = own.filter(record__in=list(ids))
    gone = sorted(own.values_list("record_id", flat=True))
    own.filter(record__in=gone).delete()
    if gone:
        enter_audit(action="record.release", subject=("record", None), detail=_detail(gone), actor=actor)
    return len(gone)


@transaction.atomic
def hand_over(*, actor: User, ids: Sequence[int], to: User, note: str = "") -> int:
    """Hands records that the officer holds over to a colleague, with a word to them; how many.

    Raises:
        Conflict: some of them are not the officer's.
        Invalid: the colleague is no officer who signs in, or the note is too long.
    """
    _refuse_receiver(to, actor, ids)
    text = _text(note, "note")
    own = list(
        live_claims().select_for_update().filter(officer=actor, record__in=ids).values_list("record_id", flat=True)
    )
    if len(own) < len(set(ids)):
        missing = len(set(ids)) - len(own)
        raise Conflict(_("%(n)d of these records are not yours, so you cannot hand them over.") % {"n": missing})
    _move(own, to, actor, text)
    detail = {**_detail(own), "to": to.username, "note": text}
    enter_audit(action="record.hand_over", subject=("record", None), detail=detail, actor=actor)
    return len(own)


@transaction.atomic
def take_over(*, actor: User, ids: Sequence[int], reason: str, to: User | None = None) -> int:
    """Takes records from the colleague who holds them; how many were held by somebody else.

    Args:
        actor: an officer, who gets them, or an administrator, who decides on no record: theirs go to ``to``, or are
            free again.
        ids: of the records.
        reason: why; the colleague reads it on the trail.
        to: an officer who gets them instead.

    Raises:
        Invalid: the reason is missing or too long, or ``to`` is no officer.
        Forbidden: neither an officer nor an administrator.
    """
    if actor.role not in (User.Role.OFFICER, User.Role.ADMIN):
        raise Forbidden
    why = _text(reason, "reason")
    if not why:
        raise Invalid([("reason", "required", _("Say why you take it over; the colleague reads it."))])
    receiver = to or (actor if actor.role == User.Role.OFFICER else None)
    if receiver is not None and receiver != actor:
        _refuse_receiver(receiver, actor, ids)
    _locked(ids)
    others = live_claims().filter(record__in=ids)
    others = others.exclude(officer=receiver) if receiver else others
    held = {one.record_id: one.officer.username for one in others.select_related("officer")}
    taken = sorted(held)
    if receiver is None:
        Claim.objects.filter(record__in=taken).delete()
    else:
        _move(taken, receiver, actor, why)
    if taken:
        detail = {
            **_detail(taken),
            "from": sorted(set(held.values())),
            "to": receiver.username if receiver else None,
            "reason": why,
        }
        enter_audit(action="record.take_over", subject=("record", None), detail=detail, actor=actor)
    return len(taken)


def renew(*, actor: User) -> int:
    """Puts off the end of what an officer holds, because they are at work; how many claims.

    Those that have not gone through half their time are left alone, so that working costs next to nothing.
    """
    minutes = settings.current().claim_minutes
    half = clock.now() + dt.timedelta(minutes=minutes / 2)
    return live_claims().filter(officer=actor, expires_at__lt=half).update(expires_at=_until())


def officers(actor: User) -> QuerySet[User]:
    """The colleagues to whom an officer may hand over."""
    return User.objects.filter(role=User.Role.OFFICER, is_active=True).exclude(pk=actor.pk).order_by("username")


def waiting() -> Q:
    """The condition of a record that awaits a decision, on itself or on an amendment."""
    return Q(state=Record.State.SUBMITTED) | Q(pending=True)


def _until() -> dt.datetime:
    return clock.now() + dt.timedelta(minutes=settings.current().claim_minutes)


def _locked(ids: Sequence[int]) -> list[int]:
    """Those of the records that there are, locked in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM record WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)])
        return [id for (id,) in cursor.fetchall()]


def _write(ids: Sequence[int], actor: User, until: dt.datetime) -> list[int]:
    """Claims locked records, unless a colleague's claim has not run out; which are the officer's now."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO claim (record_id, officer_id, expires_at, note)
            SELECT id, %s, %s, '' FROM unnest(%s::bigint[]) AS id ORDER BY id
            ON CONFLICT (record_id) DO UPDATE
            SET officer_id = excluded.officer_id, expires_at = greatest(claim.expires_at, excluded.expires_at),
                claimed_at = CASE WHEN claim.officer_id = excluded.officer_id AND claim.expires_at > shugu_now()
                                  THEN claim.claimed_at ELSE shugu_now() END,
                note = CASE WHEN claim.officer_id = excluded.officer_id THEN claim.note ELSE '' END,
                handed_by_id = CASE WHEN claim.officer_id = excluded.officer_id THEN claim.handed_by_id END
            WHERE claim.officer_id = excluded.officer_id OR claim.expires_at <= shugu_now()
            RETURNING record_id
            """,
            [actor.pk, until, list(ids)],
        )
        return sorted(id for (id,) in cursor.fetchall())


def _move(ids: Sequence[int], to: User, by: User, note: str) -> None:
    until = _until() if to == by else clock.now() + dt.timedelta(hours=HANDED_HOURS)
    moved = {"officer": to, "handed_by": None if to == by else by, "note": note, "expires_at": until}
    Claim.objects.filter(record__in=ids).update(claimed_at=clock.SqlNow(), **moved)


def _refuse_receiver(to: User, actor: User, ids: Sequence[int]) -> None:
    if to.districts and Record.objects.filter(pk__in=ids).exclude(district__in=to.districts).exists():
        raise Invalid([("to", "districts", _("Some of these records are outside the districts of this colleague."))])
    if to.role != User.Role.OFFICER or not to.is_active or to == actor:
        raise Invalid([("to", "invalid", _("Name a colleague who is an officer."))])


def _text(given: str, name: str) -> str:
    text = scrub(given.strip())
    if len(text) > LONGEST:
        raise Invalid([(name, "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST})])
    return text


def _detail(ids: Sequence[int]) -> dict[str, Any]:
    return {"records": len(ids), "first": list(ids)[:20]}

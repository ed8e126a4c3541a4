"""Renaming, nesting, merging and closing organisations from a day on, and taking such an act back.

Every act is a row that stays; the organisation's own row says what is in force today, at once where the day has come
and by the nightly job where it comes later.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts import proof, rules, scope
from backend.accounts.history import checks, consequences
from backend.accounts.history.models import OrganisationChange
from backend.accounts.history.selectors import in_force
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.vault.masking import scrub

# Whoever changes what stands above or after what holds this: a ring is closed by two acts, each of which is sound.
LOCK = "accounts.history"
Kind = OrganisationChange.Kind

_NAMES = """
    UPDATE organisation SET name_zh = edition.name_zh, name_en = edition.name_en
    FROM (
        SELECT DISTINCT ON (organisation_id) organisation_id, name_zh, name_en FROM organisation_change
        WHERE kind = 'name' AND withdrawn_at IS NULL AND (from_on IS NULL OR from_on <= %(today)s)
        ORDER BY organisation_id, from_on DESC NULLS LAST
    ) AS edition
    WHERE edition.organisation_id = organisation.id
    AND (organisation.name_zh, organisation.name_en) <> (edition.name_zh, edition.name_en)
"""
_PARENTS = """
    UPDATE organisation SET parent_id = now.other_id
    FROM (
        SELECT body.id AS organisation_id, edition.other_id
        FROM organisation body LEFT JOIN LATERAL (
            SELECT other_id FROM organisation_change
            WHERE organisation_id = body.id AND kind = 'parent' AND withdrawn_at IS NULL
            AND (from_on IS NULL OR from_on <= %(today)s)
            ORDER BY from_on DESC NULLS LAST LIMIT 1
        ) AS edition ON true
        WHERE EXISTS (SELECT FROM organisation_change WHERE organisation_id = body.id AND kind = 'parent')
    ) AS now
    WHERE now.organisation_id = organisation.id AND organisation.parent_id IS DISTINCT FROM now.other_id
"""
_ENDS = """
    UPDATE organisation SET closed_on = now.from_on, merged_into_id = now.other_id
    FROM (
        SELECT body.id AS organisation_id, act.from_on, act.other_id
        FROM organisation body LEFT JOIN organisation_change act
            ON act.organisation_id = body.id AND act.kind IN ('closed', 'merged') AND act.withdrawn_at IS NULL
    ) AS now
    WHERE now.organisation_id = organisation.id
    AND (organisation.closed_on, organisation.merged_into_id) IS DISTINCT FROM (now.from_on, now.other_id)
"""


def take_turn() -> None:
    """Waits until no other act changes organisations, and keeps others waiting until the transaction ends."""
    locks.hold(LOCK)


def rename(
    *, actor: User | None, organisation: Organisation, from_on: dt.date, name_zh: str, name_en: str, reason: str
) -> OrganisationChange:
    """Gives an organisation other names from a day on; figures as of an earlier day keep the old ones.

    Raises:
        Invalid: no Chinese name, or a day out of range.
        Forbidden: the actor may not change this organisation.
        Conflict: 409 ``already_exists``: it is renamed on that very day already.
    """
    return _enter(
        actor,
        organisation,
        OrganisationChange(
            kind=Kind.NAME,
            from_on=from_on,
            name_zh=name_zh.strip(),
            name_en=name_en.strip(),
            reason=scrub(reason.strip()),
        ),
    )


def nest(
    *, actor: User | None, organisation: Organisation, parent: Organisation | None, from_on: dt.date, reason: str
) -> OrganisationChange:
    """Makes an organisation a part of another from a day on, or of none.

    Raises:
        Invalid: it would stand above itself on some day, or a day out of range.
        Forbidden: the actor may not change this organisation.
        Conflict: 409 ``already_exists``: that it is part of something from that very day on is there already.
    """
    change = OrganisationChange(kind=Kind.PARENT, from_on=from_on, other=parent, reason=scrub(reason.strip()))
    return _enter(actor, organisation, change)


def close(*, actor: User | None, organisation: Organisation, on: dt.date, reason: str) -> OrganisationChange:
    """Closes an organisation: ``on`` is the first day on which it is no more. What it reported stays and counts.

    Raises:
        Invalid: the bureau, or a day out of range.
        Forbidden: the actor may not change this organisation.
        Conflict: its end is known already, or others go into it on that day or later.
    """
    return _enter(actor, organisation, OrganisationChange(kind=Kind.CLOSED, from_on=on, reason=scrub(reason.strip())))


def merge(
    *, actor: User | None, organisation: Organisation, into: Organisation, on: dt.date, reason: str
) -> OrganisationChange:
    """Lets an organisation go into another: from ``on`` it is no more, and what goes on is reported by the other.

    Raises:
        Invalid: into itself, into or from the bureau, or a day out of range.
        Forbidden: the actor may not change this organisation.
        Conflict: its end is known already, others go into it on that day or later, or the other is no more by then.
    """
    change = OrganisationChange(kind=Kind.MERGED, from_on=on, other=into, reason=scrub(reason.strip()))
    return _enter(actor, organisation, change)


@transaction.atomic
def withdraw(
    *, actor: User | None, change: OrganisationChange, reason: str, correction: bool = False
) -> OrganisationChange:
    """Takes an act back; the row stays, with who and why. Withdrawing twice changes nothing.

    Args:
        correction: that it was entered by mistake: needed once its day has come, since figures told of it.

    Raises:
        Forbidden: the actor may not change this organisation.
        Conflict: it is in force and no correction was said to be meant, it is what the organisation was first called,
            or without it the organisation would stand above itself.
    """
    take_turn()
    rows = OrganisationChange.objects.select_for_update(of=("self",)).select_related("organisation", "other")
    current = rows.get(pk=change.pk)
    rules.may_manage(actor, current.organisation.kind)
    if current.withdrawn_at is not None:
        return current
    checks.may_be_withdrawn(current, correction=correction)
    _withdraw(current, actor, scrub(reason.strip()))
    if current.kind == Kind.PARENT:
        checks.refuse_rings(current.organisation)
    _follow([current.organisation_id])
    enter_audit(
        action="organisation.withdraw_change",
        subject=current.organisation,
        detail=told(current) | {"reason": current.withdrawal_reason, "correction": correction},
        actor=actor,
    )
    _carry_out(current)
    return current


def begin(organisation: Organisation, actor: User | None) -> None:
    """Writes down what a new organisation is called and part of, for as long as the books know of it."""
    with scope.everything():
        _begin(organisation, actor)


def _begin(organisation: Organisation, actor: User | None) -> None:
    if not organisation.changes.filter(kind=Kind.NAME).exists():
        OrganisationChange.objects.create(
            organisation=organisation,
            kind=Kind.NAME,
            name_zh=organisation.name_zh,
            name_en=organisation.name_en,
            entered_by=actor,
        )
    if organisation.parent_id is not None and not organisation.changes.filter(kind=Kind.PARENT).exists():
        OrganisationChange.objects.create(
            organisation=organisation, kind=Kind.PARENT, other_id=organisation.parent_id, entered_by=actor
        )


def correct(*, actor: User | None, organisation: Organisation, before: Organisation, changed: set[str]) -> None:
    """Mends how an organisation is called, or what it is part of, for the whole of the time for which that is said.

    For a slip, and not for what became otherwise on a day: figures as of earlier days are told anew too.

    Args:
        organisation: as it shall be; saved already.
        before: as it was.
        changed: the names of the fields that differ.
    """
    if not changed & {"name_zh", "name_en", "parent"}:
        return
    today = clock.today()
    with scope.everything():
        _begin(before, None)
        if changed & {"name_zh", "name_en"}:
            names = {"name_zh": organisation.name_zh, "name_en": organisation.name_en}
            _put_in_place(organisation, actor, today, OrganisationChange(kind=Kind.NAME, **names))
        if "parent" in changed:
            _put_in_place(organisation, actor, today, OrganisationChange(kind=Kind.PARENT, other=organisation.parent))
            checks.refuse_rings(organisation)


@transaction.atomic
def bring_up_to_date() -> int:
    """Brings the organisations' own rows in step with what is in force today; how many changed. For the nightly job."""
    take_turn()
    changed = _follow(None)
    if changed:
        enter_audit(action="organisation.follow", subject=("organisation", None), detail={"changed": changed})
    return changed


def told(change: OrganisationChange) -> dict[str, Any]:
    """An act as the trail remembers it."""
    said: dict[str, Any] = {"code": change.organisation.code, "kind": change.kind, "from": change.from_on}
    if change.kind == Kind.NAME:
        said |= {"name_zh": change.name_zh, "name_en": change.name_en}
    elif change.kind != Kind.CLOSED:
        said["other"] = change.other.code if change.other else None
    return said


ACTIONS = {
    Kind.NAME: "organisation.rename",
    Kind.PARENT: "organisation.nest",
    Kind.CLOSED: "organisation.close",
    Kind.MERGED: "organisation.merge",
}


@transaction.atomic
def _enter(actor: User | None, organisation: Organisation, change: OrganisationChange) -> OrganisationChange:
    rules.may_manage(actor, organisation.kind)
    take_turn()
    held = Organisation.objects.select_for_update(of=("self",)).select_related("parent", "merged_into")
    current = held.get(pk=organisation.pk)
    begin(current, None)
    change.organisation, change.entered_by = current, actor
    checks.may_be_entered(change)
    if change.ends:
        proof.require(actor, ACTIONS[Kind(change.kind)])
    change.save(force_insert=True)
    change.refresh_from_db(fields=["entered_at"])
    if change.kind == Kind.PARENT:
        checks.refuse_rings(current)
    _follow([current.pk])
    detail = told(change) | {"reason": change.reason}
    enter_audit(action=ACTIONS[Kind(change.kind)], subject=current, detail=detail, actor=actor)
    _carry_out(change)
    return change


def _carry_out(change: OrganisationChange) -> None:
    if change.ends:
        consequences.carry_out()


def _withdraw(change: OrganisationChange, actor: User | None, reason: str) -> None:
    change.withdrawn_at, change.withdrawn_by, change.withdrawal_reason = clock.now(), actor, reason
    change.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])


def _put_in_place(organisation: Organisation, actor: User | None, today: dt.date, change: OrganisationChange) -> None:
    """What is in force of a kind gives way to what should have been said, from the same day on."""
    wrong = in_force(change.kind, today, [organisation.pk]).first()
    if wrong is not None:
        _withdraw(wrong, actor, _("Corrected"))
        change.from_on, change.reason = wrong.from_on, wrong.reason
    change.organisation, change.entered_by = organisation, actor
    change.save(force_insert=True)


def _follow(organisation_ids: list[int] | None) -> int:
    """Brings the rows of organisations in step with what is in force today; how many changed."""
    changed: set[int] = set()
    with connection.cursor() as cursor:
        for statement in (_NAMES, _PARENTS, _ENDS):
            cursor.execute(
                f"{statement} AND (%(ids)s::bigint[] IS NULL OR organisation.id = ANY (%(ids)s))"
                " RETURNING organisation.id",
                {"today": clock.today(), "ids": organisation_ids},
            )
            changed |= {pk for (pk,) in cursor.fetchall()}
    return len(changed)

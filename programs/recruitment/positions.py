"""Positions: what an organisation needs people for, said, changed, closed and opened again."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.clock import today
from backend.problems import AlreadyExists, Conflict, FieldError, Forbidden, Invalid, unique
from backend.reference.selectors import tables
from backend.vault.masking import scrub
from programs.recruitment.models import Position, PositionEdition

MOST = 100_000
LONGEST = 2000
TABLES = ("occupation", "level", "segment", "district")
"""The columns that hold a code of the table of their own name."""

EDITED = ("occupation", "level", "wanted", "segment", "district", "open_until")
"""What an edition keeps of a position."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A position as it is told."""

    ref: str
    title: str
    occupation: str
    level: str
    wanted: int
    open_until: dt.date
    opened_on: dt.date | None = None
    segment: str = ""
    district: str = ""
    notes: str = ""


def owner_of(actor: User, named: Organisation | None) -> Organisation:
    """Whose positions or candidates ``actor`` writes: a partner its own, an officer those of whom they name.

    Raises:
        Invalid: a partner names another organisation, or an officer none.
        Forbidden: neither partner nor officer.
    """
    if actor.role == User.Role.PARTNER:
        if named is not None and named.pk != actor.organisation_id:
            text = _("You can only write for your own organisation.")
            raise Invalid([FieldError("organisation", "invalid", text)])
        return actor.organisation
    if actor.role != User.Role.OFFICER:
        raise Forbidden
    if named is None:
        raise Invalid([FieldError("organisation", "required", _("Name the organisation on whose behalf you write."))])
    return named


@transaction.atomic
def open_position(*, actor: User, organisation: Organisation | None = None, **values: Any) -> Position:
    """Registers a position.

    Args:
        actor: somebody of the organisation, or an officer on its behalf.
        organisation: whose it is; a partner need not say so.
        values: as ``Wanted``.

    Raises:
        AlreadyExists: the organisation has a position of this reference.
        Invalid: a code that its table does not know, days out of order, or the bureau itself.
    """
    owner = owner_of(actor, organisation)
    told = _checked(values, actor=actor, organisation=owner)
    [position] = open_positions(actor=actor, organisation=owner, wanted=[Wanted(**told)])
    return position


def _checked(
    values: Mapping[str, Any], *, actor: User, organisation: Organisation, of: int | None = None
) -> dict[str, Any]:
    """What is told of a position, by the checks that a file's rows go through. Raises Invalid, AlreadyExists."""
    from programs.intake.templates.one_row import check_row

    if organisation.kind == Organisation.Kind.BUREAU:
        raise Invalid([FieldError("organisation", "bureau", _("The bureau itself has no positions."))])
    row = check_row(
        "positions/1",
        {name: value or None for name, value in values.items()},
        actor=actor,
        organisation=organisation,
        locking=True,
    )
    if row.values["standing"] not in (None, of):
        raise AlreadyExists(_("A position with this reference is registered already. Change that one instead."))
    return {name: row.values[name] for name in values}


@transaction.atomic
def open_positions(*, actor: User | None, organisation: Organisation, wanted: Sequence[Wanted]) -> list[Position]:
    """Registers positions of one organisation, in one act of its own on the trail.

    Raises:
        AlreadyExists, Invalid: as ``open_position``.
    """
    rows = register(actor=actor, organisation=organisation, wanted=wanted)
    detail = {"organisation": organisation.code, "rows": len(rows), "wanted": sum(row.wanted for row in rows)}
    subject = rows[0] if len(rows) == 1 else ("position", None)
    enter_audit(action="position.open", subject=subject, detail=detail, actor=actor)
    return rows


def register(*, actor: User | None, organisation: Organisation, wanted: Sequence[Wanted]) -> list[Position]:
    """Writes positions of one organisation, in the caller's transaction, which says on the trail where they are from.

    Raises:
        AlreadyExists, Invalid: as ``open_position``.
    """
    if organisation.kind == Organisation.Kind.BUREAU:
        raise Invalid([FieldError("organisation", "bureau", _("The bureau itself has no positions."))])
    day = today()
    rows = [
        Position(
            organisation=organisation,
            ref=one.ref,
            title=scrub(one.title),
            occupation=one.occupation,
            level=one.level,
            wanted=one.wanted,
            segment=one.segment,
            district=one.district,
            opened_on=one.opened_on or day,
            open_until=one.open_until,
            notes=scrub(one.notes),
            on_behalf=bool(actor and actor.sees_everything),
            created_by=actor,
        )
        for one in wanted
    ]
    _refuse(error for row in rows for error in _errors(row, day))
    with unique({"position_ref": _("A position with this reference is registered already. Change that one instead.")}):
        Position.objects.bulk_create(rows)
    _edit(rows, actor=actor, since=[row.opened_on for row in rows])
    return rows


def rewrite(*, actor: User | None, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Writes what positions are told to be from today on, in the caller's transaction, which holds their rows.

    Args:
        actor: who tells it.
        values: by position, values by the names of ``Wanted``.
    """
    day = today()
    rows = list(Position.objects.filter(pk__in=values).order_by("pk"))
    for row in rows:
        for name, value in values[row.pk].items():
            setattr(row, name, scrub(value) if name in ("title", "notes") else value)
    _refuse(error for row in rows for error in _errors(row, day))
    Position.objects.bulk_update(rows, sorted({name for told in values.values() for name in told}), batch_size=1000)
    _edit(rows, actor=actor, since=[max(day, row.opened_on) for row in rows])


@transaction.atomic
def change_position(*, actor: User, position: Position, **values: Any) -> Position:
    """Changes what is said of a position, from today on; what is equal stays as it is.

    Raises:
        AlreadyExists: another position of the organisation has the reference.
        Invalid: as ``open_position``.
    """
    row = locked(position.pk)
    day = today()
    whole = {one.name: getattr(row, one.name) for one in fields(Wanted)} | values
    told = _checked(whole, actor=actor, organisation=row.organisation, of=row.pk)
    changes = {}
    for name, value in ((name, told[name]) for name in values):
        after = scrub(value) if name in ("title", "notes") else value
        before = getattr(row, name)
        if after != before:
            setattr(row, name, after)
            changes[name] = [before, after]
    _refuse(_errors(row, day))
    if changes:
        with unique({"position_ref": _("A position with this reference is registered already. Choose another.")}):
            row.save()
        if changes.keys() & {*EDITED, "opened_on"}:
            _edit([row], actor=actor, since=[max(day, row.opened_on)])
        enter_audit(action="position.change", subject=row, detail=changes, actor=actor)
    return row


@transaction.atomic
def close_position(*, actor: User, position: Position, reason: str) -> Position:
    """Closes a position: nobody new is looked for. Who is on the way for it stays so. Closing twice changes nothing.

    Raises:
        Invalid: no reason, or one that is too long.
    """
    reason = reason_of(reason)
    row = locked(position.pk)
    if row.closed_on is None:
        row.closed_on, row.closing_reason = today(), reason
        row.save(update_fields=["closed_on", "closing_reason"])
        _edit([row], actor=actor, since=[max(today(), row.opened_on)], reason=reason)
        enter_audit(action="position.close", subject=row, detail={"ref": row.ref, "reason": reason}, actor=actor)
    return row


@transaction.atomic
def reopen_position(*, actor: User, position: Position, open_until: dt.date | None = None) -> Position:
    """Opens a closed position again.

    Args:
        actor: who does.
        position: one that was closed, by an act or by its last day.
        open_until: its new last day, where the old one has passed.

    Raises:
        Invalid: its last day lies before today.
        Conflict: it is not closed.
    """
    row = locked(position.pk)
    day = today()
    if row.closed_on is None and row.open_until >= day:
        raise Conflict(_("Position %(ref)s is not closed.") % {"ref": row.ref})
    row.closed_on, row.closing_reason = None, ""
    row.open_until = open_until or row.open_until
    if row.open_until < day:
        raise Invalid([FieldError("open_until", "past", _("Give a last day that is yet to come."))])
    row.save(update_fields=["closed_on", "closing_reason", "open_until"])
    _edit([row], actor=actor, since=[max(day, row.opened_on)])
    enter_audit(action="position.reopen", subject=row, detail={"ref": row.ref}, actor=actor)
    return row


def locked(position_id: int) -> Position:
    """The position with its row held until the transaction ends."""
    return Position.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=position_id)


def reason_of(text: str) -> str:
    """A reason fit to be kept.

    Raises:
        Invalid: it is missing or too long.
    """
    reason = scrub(text.strip())
    if not reason:
        raise Invalid([FieldError("reason", "required", _("Give a reason."))])
    if len(reason) > LONGEST:
        text = _("Say it in %(most)d characters at most.") % {"most": LONGEST}
        raise Invalid([FieldError("reason", "max_length", text)])
    return reason


def _edit(rows: Sequence[Position], *, actor: User | None, since: Sequence[dt.date], reason: str = "") -> None:
    """Keeps what positions are from a day on."""
    PositionEdition.objects.bulk_create(
        PositionEdition(
            position=row,
            organisation_id=row.organisation_id,
            since=day,
            closed=row.closed_on is not None,
            reason=reason,
            by_id=actor.pk if actor else None,
            **{name: getattr(row, name) for name in EDITED},
        )
        for row, day in zip(rows, since, strict=True)
    )


def _refuse(errors: Iterable[FieldError]) -> None:
    found = list(errors)
    if found:
        raise Invalid(found)


def _errors(row: Position, day: dt.date) -> Iterable[FieldError]:
    known = tables().labels
    for name in TABLES:
        value = getattr(row, name)
        if value and value not in known[name].values():
            text = _("“%(value)s” is no code of the table “%(table)s”.") % {"value": value[:40], "table": name}
            yield FieldError(name, "not_in_table", text)
    if not 1 <= row.wanted <= MOST:
        yield FieldError("wanted", "invalid", _("Give a whole number from 1 to %(most)d.") % {"most": MOST})
    if row.open_until < row.opened_on:
        yield FieldError("open_until", "before_start", _("The last day lies before the day of opening."))
    if row.opened_on > day:
        yield FieldError("opened_on", "future", _("A position is registered once it is open; this day is yet to come."))

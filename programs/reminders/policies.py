"""Versions of a ladder: drafting one, changing it, switching it on with a reason, switching a ladder off."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.messages.channels import carrier
from backend.problems import Conflict, FieldError, Invalid
from backend.vault.masking import scrub
from programs.reminders.models import LadderPolicy, LadderStage
from programs.reminders.stage_values import FIELDS, errors_of, whole

# Whoever makes or switches versions waits here for whoever else does.
SWITCH = "reminders.policies"
LONGEST_REASON = 500
LONGEST_NOTE = 200


def take_turn() -> None:
    """Waits until nobody else changes versions, and keeps others waiting until the transaction ends."""
    locks.hold(SWITCH)


@transaction.atomic
def draft(*, actor: User | None, kind: str, based_on: LadderPolicy | None = None, note: str = "") -> LadderPolicy:
    """Begins a new version as a copy: of the one given, else of the one that is in force, else of the latest.

    Raises:
        Invalid: the note is too long, or ``based_on`` is of another kind.
        Conflict: there is nothing to begin from.
    """
    take_turn()
    if based_on is not None and based_on.kind != kind:
        raise Invalid([FieldError("based_on", "invalid", _("That ladder is about something else."))])
    now = clock.now()
    there = LadderPolicy.objects.filter(kind=kind)
    running = there.filter(in_force_from__lte=now).filter(Q(retired_at=None) | Q(retired_at__gt=now))
    source = based_on or running.first() or there.order_by("-version").first()
    if source is None:
        raise Conflict(_("No ladder of this kind was loaded. Run load_ladder first."))
    values = stage_values(source)
    made = add_version(actor=actor, kind=kind, stages=values, note=_note(note))
    detail = {"kind": kind, "version": made.version, "based_on": source.version}
    enter_audit(action="ladder.draft", subject=made, detail=detail, actor=actor)
    return made


def add_version(
    *, actor: User | None, kind: str, stages: Sequence[Mapping[str, Any]], note: str = "", shipped: bool = False
) -> LadderPolicy:
    """Writes down the next version of a kind, as a draft, in the caller's transaction and turn."""
    last = LadderPolicy.objects.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0
    made = LadderPolicy.objects.create(kind=kind, version=last + 1, note=note, shipped=shipped, created_by=actor)
    LadderStage.objects.bulk_create(LadderStage(policy=made, **stage) for stage in stages)
    return made


@transaction.atomic
def change(
    *,
    actor: User,
    policy: LadderPolicy,
    stages: Sequence[Mapping[str, Any]] | None = None,
    note: str | None = None,
) -> LadderPolicy:
    """Changes a draft: ``stages`` are the whole ladder, each with the values that are not as shipped.

    Raises:
        Conflict: it was switched on already; what was in force is not changed any more.
        Invalid: a stage that cannot be, with every field at fault.
    """
    held = _held_draft(policy)
    changes: dict[str, Any] = {}
    if note is not None and _note(note) != held.note:
        changes["note"] = [held.note, _note(note)]
        held.note = _note(note)
        held.save(update_fields=["note"])
    if stages is not None:
        wanted, there = [whole(one) for one in stages], stage_values(held)
        errors = errors_of(held.kind, wanted)
        if errors:
            raise Invalid(errors)
        if wanted != there:
            held.stages.all().delete()
            LadderStage.objects.bulk_create(LadderStage(policy=held, **one) for one in wanted)
            changes["stages"] = [one["code"] for one in wanted if one not in there]
            changes["dropped"] = [one["code"] for one in there if one["code"] not in {new["code"] for new in wanted}]
    if changes:
        detail = {"kind": held.kind, "version": held.version, **changes}
        enter_audit(action="ladder.change", subject=held, detail=detail, actor=actor)
    return held


@transaction.atomic
def discard(*, actor: User, policy: LadderPolicy) -> None:
    """Throws a draft away. Raises Conflict for what was switched on: it is evidence."""
    held = _held_draft(policy)
    enter_audit(action="ladder.discard", subject=held, detail={"kind": held.kind, "version": held.version}, actor=actor)
    held.delete()


@transaction.atomic
def switch_on(
    *, actor: User | None, policy: LadderPolicy, reason: str, from_day: dt.date | None = None
) -> LadderPolicy:
    """Puts a draft into force: now, or from the beginning of a day in Guiyang. The one before ends at that moment.

    What would have gone out before by the new ladder is not caught up with; what has gone out stays gone out, and a
    stage that keeps its code is not sent a second time.

    Raises:
        Conflict: it was switched on already.
        Invalid: the reason is missing, the day is past, a stage cannot be, or a channel that nobody carries.
    """
    take_turn()
    held = _held_draft(policy)
    reason, now = _reason(reason), clock.now()
    errors = errors_of(held.kind, stage_values(held)) + _uncarried(held)
    if from_day is not None and from_day < clock.today():
        errors.append(FieldError("from", "past", _("Name today or a day that is still to come.")))
    if errors:
        raise Invalid(errors)
    since = now
    if from_day is not None and from_day > clock.today():
        since = dt.datetime.combine(from_day, dt.time(), clock.BUREAU)
    put_into_force(held, since, reason, actor)
    detail = {"kind": held.kind, "version": held.version, "from": since, "reason": reason}
    enter_audit(action="ladder.switch_on", subject=held, detail=detail, actor=actor)
    return held


def put_into_force(policy: LadderPolicy, since: dt.datetime, reason: str, actor: User | None) -> None:
    """Marks a version as in force from a moment on, and those before it as ended, in the caller's turn."""
    others = LadderPolicy.objects.filter(kind=policy.kind, in_force_from__isnull=False).exclude(pk=policy.pk)
    others.filter(Q(retired_at=None) | Q(retired_at__gt=since)).update(retired_at=Greatest(F("in_force_from"), since))
    policy.in_force_from, policy.reason, policy.switched_on_by = since, reason, actor
    policy.save(update_fields=["in_force_from", "reason", "switched_on_by"])


@transaction.atomic
def switch_off(*, actor: User, policy: LadderPolicy, reason: str) -> LadderPolicy:
    """Ends a ladder now, without another one: of its kind nothing more goes out.

    Raises:
        Conflict: it is not in force, nor will be.
        Invalid: the reason is missing.
    """
    take_turn()
    held = LadderPolicy.objects.select_for_update().get(pk=policy.pk)
    reason, now = _reason(reason), clock.now()
    if held.state_at(now) not in ("in_force", "planned") or held.in_force_from is None:
        raise Conflict(_("This version is not in force."))
    held.retired_at = max(now, held.in_force_from)
    held.save(update_fields=["retired_at"])
    detail = {"kind": held.kind, "version": held.version, "reason": reason}
    enter_audit(action="ladder.switch_off", subject=held, detail=detail, actor=actor)
    return held


def stage_values(policy: LadderPolicy) -> list[dict[str, Any]]:
    """The stages of a version as plain values, in their order."""
    return list(policy.stages.order_by("pk").values(*FIELDS))


def _held_draft(policy: LadderPolicy) -> LadderPolicy:
    held = LadderPolicy.objects.select_for_update().get(pk=policy.pk)
    if held.in_force_from is not None:
        raise Conflict(_("This version was switched on and is not changed any more. Draft a new one from it."))
    return held


def _uncarried(policy: LadderPolicy) -> list[FieldError]:
    found = []
    for place, stage in enumerate(policy.stages.order_by("pk")):
        try:
            carrier(stage.channel)
        except LookupError:
            told = _("Nothing is sent by “%(channel)s” on this installation.") % {
                "channel": stage.get_channel_display()
            }
            found.append(FieldError(f"stages.{place}.channel", "not_carried", told))
    return found


def _reason(text: str) -> str:
    said = scrub(text.strip())
    if not said:
        raise Invalid([FieldError("reason", "required", _("Say why; colleagues read it."))])
    if len(said) > LONGEST_REASON:
        too_long = _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([FieldError("reason", "max_length", too_long)])
    return said


def _note(text: str) -> str:
    said = scrub(text.strip())
    if len(said) > LONGEST_NOTE:
        too_long = _("Say it in %(most)d characters at most.") % {"most": LONGEST_NOTE}
        raise Invalid([FieldError("note", "max_length", too_long)])
    return said

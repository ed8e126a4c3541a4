"""Disposal rules: drafting, previewing, switching on and off; and carrying out by night what they say."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import everything, refuse_bound
from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.jobs.models import Job
from backend.jobs.services import Run, queue
from backend.problems import Conflict, FieldError, Invalid
from backend.vault.masking import scrub
from programs.disposal import certificates, destroying
from programs.disposal.holds import HOLDS
from programs.disposal.kinds import Kind
from programs.disposal.models import DisposalRule, DisposalRun, months_before

DISPOSE = "disposal.dispose"
NIGHT = "disposal.nightly"
SWITCH = "disposal.rules"
HOUR = 3
"""From this hour of the bureau's day on what is due is destroyed."""

BATCH = 50
"""Rows destroyed in one transaction: holds and other writers wait no longer than these take."""

LONGEST_KEPT = 1200
LONGEST = 1000
READERS = (User.Role.OFFICER, User.Role.ADMIN)


def rules(actor: User | None) -> QuerySet[DisposalRule]:
    """All versions of the rules: for officers of the whole city, and for administrators."""
    if actor is None or actor.role not in READERS or actor.districts:
        return DisposalRule.objects.none()
    return DisposalRule.objects.select_related("switched_on_by")


def due(rule: DisposalRule) -> destroying.Due:
    """What the rule would destroy if its night were now, and what of it is held."""
    return destroying.counted(rule.kind, months_before(clock.now(), rule.months))


@transaction.atomic
def draft(*, actor: User | None, kind: str, months: int, basis: str, shipped: bool = False) -> DisposalRule:
    """Writes down the next version of a kind's rule; nothing is destroyed by it before it is switched on.

    Raises:
        Forbidden: an officer who is bound to districts.
        Invalid: no such kind, a number of months that cannot be, or no legal basis.
    """
    if actor is not None:
        refuse_bound(actor)
    errors = []
    if kind not in Kind.values:
        errors.append(FieldError("kind", "invalid_choice", _("There are no rules for such things.")))
    if not 1 <= months <= LONGEST_KEPT:
        errors.append(FieldError("months", "invalid", _("Give a number of months from 1 to 1200.")))
    said = scrub(basis.strip())
    if not said or len(said) > LONGEST:
        errors.append(FieldError("basis", "required", _("Name the legal basis in 1,000 characters at most.")))
    if errors:
        raise Invalid(errors)
    locks.hold(SWITCH)
    last = DisposalRule.objects.filter(kind=kind).aggregate(last=Max("version"))["last"] or 0
    row = DisposalRule.objects.create(
        kind=kind, version=last + 1, months=months, basis=said, shipped=shipped, created_by=actor
    )
    detail = {"kind": kind, "version": row.version, "months": months, "basis": said}
    enter_audit(action="disposal_rule.draft", subject=row, detail=detail, actor=actor)
    return row


@transaction.atomic
def switch_on(*, actor: User, rule: DisposalRule, reason: str) -> DisposalRule:
    """Puts a draft into force; the version before ends.

    Raises:
        Conflict: it was switched on before.
        Invalid: the reason is missing or too long.
    """
    locks.hold(SWITCH)
    held = DisposalRule.objects.select_for_update().get(pk=rule.pk)
    if held.in_force_from is not None:
        raise Conflict(_("This version was switched on already. Draft a new one."))
    said, now = _reason(reason), clock.now()
    DisposalRule.objects.filter(kind=held.kind, in_force_from__isnull=False, retired_at=None).update(retired_at=now)
    held.in_force_from, held.switched_on_by, held.reason = now, actor, said
    held.save(update_fields=["in_force_from", "switched_on_by", "reason"])
    detail = {"kind": held.kind, "version": held.version, "months": held.months, "reason": said}
    enter_audit(action="disposal_rule.switch_on", subject=held, detail=detail, actor=actor)
    return held


@transaction.atomic
def switch_off(*, actor: User, rule: DisposalRule, reason: str) -> DisposalRule:
    """Ends a rule: from now on nothing is destroyed by it.

    Raises:
        Conflict: it is not in force.
        Invalid: the reason is missing or too long.
    """
    locks.hold(SWITCH)
    held = DisposalRule.objects.select_for_update().get(pk=rule.pk)
    if held.state != "in_force":
        raise Conflict(_("This version is not in force."))
    said = _reason(reason)
    held.retired_at = clock.now()
    held.save(update_fields=["retired_at"])
    detail = {"kind": held.kind, "version": held.version, "reason": said}
    enter_audit(action="disposal_rule.switch_off", subject=held, detail=detail, actor=actor)
    return held


def queue_nightly() -> Job | None:
    """Queue the night's disposal, unless it was queued already, it is too early, or no rule is in force."""
    with everything():
        locks.hold(NIGHT)
        now = clock.now().astimezone(BUREAU)
        if now.hour < HOUR or not _in_force().exists():
            return None
        begun = dt.datetime.combine(now.date(), dt.time(), BUREAU)
        if Job.objects.filter(kind=DISPOSE, created_at__gte=begun).exists():
            return None
        return queue(kind=DISPOSE, subject_id=None, organisation_id=None)


def dispose(run: Run) -> dict[str, Any]:
    """The night's work: every rule in force, some rows in each transaction; a killed one goes on where it was."""
    done: dict[str, int] = {}
    with everything():
        wanted = list(_in_force().order_by("kind").values_list("pk", flat=True))
    for place, rule_id in enumerate(wanted):
        run.progress(place, len(wanted))
        destroyed = _carry_out(run, rule_id)
        if destroyed:
            done[str(rule_id)] = destroyed
    run.progress(len(wanted), len(wanted))
    return {"destroyed": done}


def _carry_out(run: Run, rule_id: int) -> int:
    while True:
        with everything():
            run.hold()
            locks.hold(HOLDS)
            rule = DisposalRule.objects.select_for_update(of=("self",)).select_related("switched_on_by").get(pk=rule_id)
            under_way = DisposalRun.objects.filter(rule=rule, closed_at=None).first()
            if rule.state == "in_force":
                under_way = under_way or _begin(rule)
                if under_way is None:
                    return 0
                if destroying.destroy_some(under_way, kind=rule.kind, limit=BATCH):
                    continue
            if under_way is None:
                return 0
            # Nothing is left, or the rule was switched off meanwhile: what was destroyed until now is certified.
            certificate = certificates.issue(run=under_way, told=_told(rule, under_way))
            return int(certificate.content["items"])


def _begin(rule: DisposalRule) -> DisposalRun | None:
    """A run of the rule, where anything is due that is not held."""
    until = months_before(clock.now(), rule.months)
    if not destroying.counted(rule.kind, until).free:
        return None
    return DisposalRun.objects.create(rule=rule, until=until)


def _told(rule: DisposalRule, run: DisposalRun) -> dict[str, Any]:
    assert rule.in_force_from is not None
    return {
        "cause": "rule",
        "kind": rule.kind,
        "version": rule.version,
        "months": rule.months,
        "basis": rule.basis,
        "reason": rule.reason,
        "in_force_from": rule.in_force_from.astimezone(BUREAU).isoformat(timespec="seconds"),
        "switched_on_by": rule.switched_on_by.username if rule.switched_on_by else "",
        "until": run.until.astimezone(BUREAU).isoformat(timespec="seconds"),
    }


def _in_force() -> QuerySet[DisposalRule]:
    return DisposalRule.objects.filter(in_force_from__isnull=False, retired_at=None)


def _reason(text: str) -> str:
    said = scrub(text.strip())
    if not said:
        raise Invalid([FieldError("reason", "required", _("Say why; it stands on every certificate."))])
    if len(said) > LONGEST:
        told = _("Say it in %(most)d characters at most.") % {"most": LONGEST}
        raise Invalid([FieldError("reason", "max_length", told)])
    return said

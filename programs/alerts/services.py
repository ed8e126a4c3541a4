"""Raising alerts, clearing them, and acknowledging them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.jobs.models import Job
from backend.jobs.services import queue
from backend.problems import Conflict, FieldError, Invalid, NotFound
from backend.vault.masking import scrub
from programs.alerts import mailing, settings
from programs.alerts.models import Alert, AlertSettings

EVALUATE = "alerts.evaluate"
NIGHT = "alerts.nightly"
HOUR = 6
"""From this hour of the bureau's day on the night's evaluation is made: after the recount, before anybody is in."""

LONGEST_NOTE = 2000


@dataclass
class Evaluated:
    """What an evaluation did: the alerts that it raised and those that it cleared, by ``kind:subject``."""

    raised: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    open: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {"raised": self.raised, "cleared": self.cleared, "open": self.open}


def evaluate(kinds: Iterable[Alert.Kind] = tuple(Alert.Kind)) -> Evaluated:
    """Look for every condition of ``kinds``, raise what is new, clear what is over, and write to whom it concerns.

    One at a time: whoever evaluates beside us finds what we have raised. A message is written with the alert that it
    is of, in one transaction, so that neither goes without the other.
    """
    # Not above: figures bring in numpy, which a worker's pool need not be forked with.
    from programs.alerts.conditions import CONDITIONS

    done = Evaluated()
    with everything():
        locks.hold(EVALUATE)
        held = settings.current()
        for kind in kinds:
            _compare(kind, CONDITIONS[kind](held), done)
        done.open = Alert.objects.filter(cleared_at=None).count()
        if done.raised or done.cleared:
            enter_audit(action="alert.evaluate", subject=("alert", None), detail=done.as_dict())
    return done


def _compare(kind: Alert.Kind, found: Mapping[str, dict[str, Any]], done: Evaluated) -> None:
    standing = {alert.subject: alert for alert in Alert.objects.select_for_update().filter(kind=kind, cleared_at=None)}
    for subject, alert in standing.items():
        if subject not in found:
            alert.cleared_at = clock.now()
            alert.save(update_fields=["cleared_at"])
            done.cleared.append(str(alert))
        elif alert.latest != found[subject]:
            alert.latest = found[subject]
            alert.save(update_fields=["latest"])
    for subject in sorted(found.keys() - standing.keys()):
        alert = Alert.objects.create(kind=kind, subject=subject, measure=found[subject], latest=found[subject])
        mailing.write_of(alert)
        done.raised.append(str(alert))


def queue_nightly() -> Job | None:
    """Queue the night's evaluation, unless it was queued already or it is too early."""
    with everything():
        locks.hold(NIGHT)
        now = clock.now().astimezone(BUREAU)
        if now.hour < HOUR:
            return None
        begun = dt.datetime.combine(now.date(), dt.time(), BUREAU)
        if Job.objects.filter(kind=EVALUATE, created_by_id=None, created_at__gte=begun).exists():
            return None
        return queue(kind=EVALUATE, subject_id=None, organisation_id=None)


@transaction.atomic
def order(*, actor: User) -> Job:
    """Have the conditions looked for now; an order that waits is given instead of another."""
    waiting = Job.objects.filter(kind=EVALUATE, state=Job.State.QUEUED, created_by_id=actor.pk).first()
    return waiting or queue(kind=EVALUATE, subject_id=None, organisation_id=None, actor=actor)


@transaction.atomic
def set_up(*, actor: User, **changes: Any) -> AlertSettings:
    """Changes from where on managers are told, and has the conditions looked for by that.

    Raises:
        Invalid: a number that lies outside its bounds.
    """
    before = settings.current().changed_at
    held = settings.change(actor=actor, **changes)
    if held.changed_at != before:
        order(actor=actor)
    return held


@transaction.atomic
def acknowledge(*, actor: User, alert_id: int, note: str) -> Alert:
    """Note that somebody has seen to an alert, and what they say of it. Repeating it with the same note does nothing.

    Raises:
        NotFound: there is no such alert.
        Invalid: the note is missing or too long.
        Conflict: somebody has acknowledged it already.
    """
    note = scrub(note.strip())
    if not note:
        raise Invalid([FieldError("note", "required", _("Say what is done about it."))])
    if len(note) > LONGEST_NOTE:
        too_long = _("Say it in %(most)d characters at most.") % {"most": LONGEST_NOTE}
        raise Invalid([FieldError("note", "max_length", too_long)])
    alert = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    if alert.acknowledged_at is not None:
        if (alert.acknowledged_by_id, alert.note) == (actor.pk, note):
            return alert
        raise Conflict(_("This alert was acknowledged already. Look at it again."))
    alert.acknowledged_at, alert.acknowledged_by, alert.note = clock.now(), actor, note
    alert.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    enter_audit(
        action="alert.acknowledge",
        subject=alert,
        detail={"kind": alert.kind, "about": alert.subject, "note": note},
        actor=actor,
    )
    return alert

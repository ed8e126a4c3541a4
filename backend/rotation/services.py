"""Rotating keys: ordering it, doing a stretch of it, and going on with what was left."""

import logging
import time
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import locks
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.clock import SqlNow
from backend.failures import log_failure, told
from backend.jobs.models import Job
from backend.jobs.services import PASSING, LostLease, Run, queue
from backend.problems import Conflict, FieldError, Invalid
from backend.rotation import steps
from backend.rotation.models import Rotation
from backend.vault import keys
from backend.vault.errors import VaultError
from backend.vault.masking import scrub
from backend.vault.models import VaultKey

logger = logging.getLogger(__name__)

ROTATE = "vault.rotate"
TURN = "rotation.turn"
STRETCH_SECONDS = 240.0
"""How long one job works at most: far below what a task may take, so that others come to their turn."""

State = Rotation.State


@transaction.atomic
def start(*, what: str, reason: str, actor: User | None) -> Rotation:
    """Order a rotation, or have one that stopped go on; its first job is queued with it.

    Args:
        what: one of ``Rotation.What``. The suite changes to that of ``VAULT_SUITE``.
        reason: kept with it and on the trail.
        actor: an administrator; ``None``: whoever has the command line.

    Raises:
        Conflict: another rotation is unfinished, the suite is in force already, or ``FIELD_KEYS`` does not open every
            data key.
        Invalid: the reason is missing, or there is nothing of this name to be rotated.
    """
    if what not in Rotation.What.values:
        raise Invalid([FieldError("what", "invalid", _("This is none of what can be rotated."))])
    if not reason.strip():
        raise Invalid([FieldError("reason", "required", _("Give a reason."))])
    locks.hold(TURN)
    try:
        keys.check()
    except VaultError as lacking:
        raise Conflict(str(lacking)) from lacking
    unfinished = Rotation.objects.filter(state__in=[State.RUNNING, State.STOPPED]).first()
    if unfinished is not None and (unfinished.state == State.RUNNING or unfinished.what != what):
        raise Conflict(
            _("Rotation %(id)s is not finished. Wait for its end; if it has stopped, have it go on first.")
            % {"id": unfinished.pk}
        )
    detail = {"what": what, "suite": settings.VAULT_SUITE, "reason": scrub(reason.strip())}
    if unfinished is not None:
        rotation = unfinished
        rotation.state, rotation.error, rotation.resumes_at = State.RUNNING, "", None
        rotation.save()
        enter_audit(action="rotation.resume", subject=rotation, detail=detail | {"suite": rotation.suite}, actor=actor)
    else:
        rotation = _new(what, reason, actor)
        enter_audit(action="rotation.start", subject=rotation, detail=detail, actor=actor)
    _queue(rotation, actor)
    return rotation


def _new(what: str, reason: str, actor: User | None) -> Rotation:
    active = VaultKey.objects.filter(purpose=VaultKey.Purpose.SEAL, active=True).first()
    if what == Rotation.What.SUITE and active is not None and active.suite == settings.VAULT_SUITE:
        raise Conflict(
            _("The suite “%(suite)s” is in force already. Set VAULT_SUITE to the other one and restart first.")
            % {"suite": active.suite}
        )
    return Rotation.objects.create(
        what=what,
        suite=settings.VAULT_SUITE,
        reason=scrub(reason.strip()),
        stage=steps.first_stage(what),
        started_by=actor,
    )


def work(run: Run) -> dict[str, Any]:
    """One stretch of a rotation: step after step, each in a transaction of its own, until it waits or ends.

    Raises:
        LostLease: another worker has the job; its last step was undone.
    """
    rotation_id = run.job.subject_id
    assert rotation_id is not None
    ends = time.monotonic() + STRETCH_SECONDS
    while True:
        try:
            with everything():
                run.hold()
                rotation = Rotation.objects.select_for_update().get(pk=rotation_id)
                if rotation.state != State.RUNNING:
                    return rotation.result
                steps.take(rotation)
                _conclude(rotation)
                rotation.save()
        except (LostLease, *PASSING):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it meets is told on the rotation, which then stops
            log_failure(logger, f"Rotation {rotation_id}", error)
            stop(rotation_id=rotation_id, error=told(error))
            return {"stopped": told(error)}
        run.progress(rotation.done, rotation.total)
        if rotation.state == State.DONE:
            return rotation.result
        if rotation.resumes_at is not None or time.monotonic() >= ends:
            return {"stage": rotation.stage}


def _conclude(rotation: Rotation) -> None:
    if rotation.state == State.DONE:
        rotation.finished_at = SqlNow()
        enter_audit(action="rotation.done", subject=rotation, detail={"what": rotation.what, **rotation.result})


def stop(*, rotation_id: int, error: str) -> None:
    """Note that a rotation cannot go on, and why; whoever starts it again has it go on where it was."""
    with everything():
        rotation = Rotation.objects.select_for_update().filter(pk=rotation_id, state=State.RUNNING).first()
        if rotation is None:
            return
        rotation.state, rotation.error = State.STOPPED, error
        rotation.save(update_fields=["state", "error"])
        enter_audit(action="rotation.stop", subject=rotation, detail={"what": rotation.what, "error": error})


def go_on() -> Job | None:
    """Queue the next stretch of the rotation under way, once it need not wait any more; stop it if its job failed."""
    with everything(), connection.cursor() as cursor:
        if not locks.try_hold(TURN):
            return None
        rotation = Rotation.objects.select_related("job").filter(state=State.RUNNING).order_by("pk").first()
        if rotation is None:
            return None
        job = rotation.job
        if job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING):
            return None
        if job is not None and job.state != Job.State.DONE:
            stop(rotation_id=rotation.pk, error=job.error or str(job.state))
            return None
        cursor.execute("SELECT %s::timestamptz > clock_timestamp()", [rotation.resumes_at])
        if cursor.fetchone()[0]:
            return None
        return _queue(rotation, rotation.started_by)


def _queue(rotation: Rotation, actor: User | None) -> Job:
    rotation.job = queue(kind=ROTATE, subject_id=rotation.pk, organisation_id=None, actor=actor)
    rotation.save(update_fields=["job"])
    return rotation.job

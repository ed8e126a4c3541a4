"""Verifying the trail, by night and on demand, and giving the head of its chain out of the house."""

import logging
from typing import Any

from django.db import connection

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.chain import anchors, letters, verifying
from backend.chain.anchors import Anchor
from backend.chain.models import AuditAnchor, AuditExamination, AuditSeal
from backend.chain.sealing import seal
from backend.chain.verifying import Verdict
from backend.jobs import nightly
from backend.jobs.models import Job
from backend.jobs.services import Run, queue

logger = logging.getLogger(__name__)

EXAMINE = "audit.examine"
ANCHOR = "audit.anchor"
NIGHT = "audit.nightly"
HOUR = 3
"""From this hour of the bureau's day on the whole trail is examined."""

AT_ONCE = 100_000
"""So many entries are examined while somebody waits; of a longer trail, those since the last good examination."""

SEALS_AT_ONCE = 20
PATIENCE_SECONDS = 1.0


def verify(*, actor: User | None) -> Verdict:
    """Seal what is not sealed, and examine the trail as far as can be done while somebody waits.

    In the caller's transaction, whose scope sees everything; that somebody asked is entered on the trail.
    """
    seal(most=SEALS_AT_ONCE, patience=PATIENCE_SECONDS)
    verdict = verifying.examine(since=_trusted(), anchors=known_anchors())
    enter_audit(
        action="audit.verify",
        subject=("audit_seal", verdict.seals or None),
        detail={
            "valid": verdict.valid,
            "entries": verdict.entries,
            "since": verdict.since,
            **({"broken": verdict.broken.as_dict()} if verdict.broken else {}),
        },
        actor=actor,
    )
    return verdict


def _trusted() -> int:
    """From which seal on is examined while somebody waits: 0, if the whole can be."""
    last = AuditSeal.objects.order_by("-number").values_list("number", "total").first()
    if last is None or last[1] <= AT_ONCE:
        return 0
    far = AuditSeal.objects.filter(total__lte=last[1] - AT_ONCE).order_by("-number").values_list("number").first()
    good = AuditExamination.objects.order_by("-pk").values_list("seals", "broken").first()
    # After a bad one nothing is trusted but what time allows.
    examined = good[0] if good and good[1] is None else 0
    return min(max(examined, far[0] if far else 0), last[0])


def known_anchors() -> list[Anchor]:
    """What was given out, as far as it can be read here: the file's lines and the rows that tell of them."""
    return [*anchors.kept(), *map(_of, AuditAnchor.objects.order_by("pk"))]


def line_of(row: AuditAnchor) -> str:
    """What was given out, as it is kept."""
    return _of(row).line()


def _of(row: AuditAnchor) -> Anchor:
    return Anchor(row.seal, row.entries, row.entry, row.sealed_at, row.head)


def order(*, actor: User) -> Job:
    """Have the whole trail examined now; one that waits or is under way is given instead of another."""
    return nightly.order(actor=actor, kind=EXAMINE, name=NIGHT, action="audit.examine")


def queue_nightly() -> Job | None:
    """Queue the night's examination, unless it was queued already or it is too early."""
    return nightly.queue_nightly(kind=EXAMINE, name=NIGHT, hour=HOUR)


def order_anchor() -> Job:
    """Have the head given out soon, in the caller's transaction: something was done that others will rely on."""
    return queue(kind=ANCHOR, subject_id=None, organisation_id=None)


def carry_out(run: Run) -> dict[str, Any]:
    """Examine the whole trail, keep what it came to, write if it is broken; by night give the head out too."""
    seal()
    nightly = run.job.created_by_id is None
    with everything():
        verdict = verifying.examine(anchors=known_anchors(), progress=run.progress)
        run.hold()
        kept, new = AuditExamination.objects.get_or_create(
            job_id=run.job.pk,
            defaults={
                "entries": verdict.entries,
                "seals": verdict.seals,
                "head": verdict.head,
                "broken": verdict.broken.as_dict() if verdict.broken else None,
                "nightly": nightly,
            },
        )
        if new:
            letters.tell_broken(kept)
    if kept.broken:
        logger.error("The audit trail is broken: %s", kept.broken)
    if nightly:
        anchor(occasion=AuditAnchor.Occasion.NIGHTLY, run=run, examination=kept)
    return {"valid": kept.broken is None, "entries": kept.entries, "examination": kept.pk}


def anchor(
    *, occasion: AuditAnchor.Occasion, run: Run | None = None, examination: AuditExamination | None = None
) -> AuditAnchor | None:
    """Give the head of the chain out: to the file, and by night by letter; ``None`` where nothing is sealed.

    What is given out has been committed: an anchor of a seal that was undone would accuse a good trail.

    Args:
        run: the job that does it; a job gives out once, however often its worker must begin.
        examination: what the night's came to.
    """
    if not connection.in_atomic_block:
        seal()
    with everything():
        if run is not None:
            run.hold()
            done = AuditAnchor.objects.filter(job_id=run.job.pk).first()
            if done is not None:
                return done
        given = head()
        if given is None:
            return None
        row = AuditAnchor(
            occasion=occasion,
            seal=given.seal,
            entries=given.entries,
            entry=given.entry,
            sealed_at=given.sealed_at,
            head=given.head,
            file=_written(given),
            job_id=run.job.pk if run else None,
        )
        row.pk = _next_id()
        if occasion == AuditAnchor.Occasion.NIGHTLY:
            row.letters = letters.give_out(row, given, examination)
        row.save(force_insert=True)
    return row


def head() -> Anchor | None:
    """The head of the chain as an anchor, in the caller's scope; ``None`` where nothing is sealed."""
    last = AuditSeal.objects.order_by("-number").defer("entries", "digests").first()
    if last is None:
        return None
    highest = AuditSeal.objects.order_by("-highest").values_list("highest", flat=True).first()
    return Anchor(last.number, last.total, highest or None, last.sealed_at, bytes(last.head).hex())


def _written(given: Anchor) -> bool:
    path = anchors.folder_file()
    if path is None:
        return False
    try:
        anchors.append(path, given)
    except OSError as error:
        logger.error("The anchor could not be written to %s: %s", path, error.strerror or error)
        return False
    return True


def _next_id() -> int:
    # Known before it is written: the row is never changed, and the letters are named by it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_anchor_id_seq')")
        return int(cursor.fetchone()[0])

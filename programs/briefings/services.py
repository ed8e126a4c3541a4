"""Ordering briefings, and opening their files."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from backend import locks
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from backend.jobs.services import queue
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid, NotFound
from backend.vault.files import services as files
from programs.briefings.comparing import day
from programs.briefings.kinds import Kind, Period, finished, holding
from programs.briefings.models import Briefing, BriefingFile, BriefingSchedule, Language
from programs.briefings.selectors import MAKE
from programs.snapshots.models import Snapshot

TURN = "briefings.turn"
"""Held where files are kept and where somebody looks whether they are, so that neither passes the other unseen."""

UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


@transaction.atomic
def order(
    *,
    actor: User,
    snapshot: Snapshot,
    kind: str,
    languages: Iterable[str],
    schedule: BriefingSchedule | None = None,
) -> Briefing:
    """Have a briefing made of a snapshot, for the last month, quarter or year that had ended by the snapshot's day.

    Args:
        actor: a manager; in the name of their organisation it is written.
        snapshot: what it tells of, with its plan.
        kind: of ``Kind``.
        languages: of ``Language``, in any order.
        schedule: the one that orders it, where it is not ordered by hand.

    Raises:
        Invalid: no language, or nothing of that kind had ended within the plan.
        AlreadyExists: it was ordered before, as ``existing``.
    """
    chosen = ordered(languages)
    period = period_of(snapshot, Kind(kind))
    made, new = Briefing.objects.get_or_create(
        snapshot=snapshot,
        kind=kind,
        languages=chosen,
        defaults={
            "period": period.code,
            "organisation_id": actor.organisation_id,
            "made_by": actor,
            "schedule": schedule,
        },
    )
    if not new:
        raise AlreadyExists(_("This briefing was ordered before: open it."), existing=made.pk)
    queue(kind=MAKE, subject_id=made.pk, organisation_id=None, actor=actor)
    enter_audit(
        action="briefing.order",
        subject=made,
        detail={
            "snapshot": snapshot.number,
            "kind": kind,
            "period": period.code,
            "languages": chosen,
            "by_schedule": schedule is not None,
        },
        actor=actor,
    )
    return made


def take_turn() -> None:
    """Hold what whoever makes, orders or schedules briefings holds, until the transaction ends."""
    locks.hold(TURN)


@transaction.atomic
def order_again(*, actor: User, briefing: Briefing) -> Job:
    """Have the files made that an earlier job failed to make.

    Raises:
        Conflict: they are there, or are being made.
    """
    take_turn()
    if briefing.files.exists():
        raise Conflict(_("Its files are made."))
    if Job.objects.filter(kind=MAKE, subject_id=briefing.pk, state__in=UNFINISHED).exists():
        raise Conflict(_("Its files are being made."))
    job = queue(kind=MAKE, subject_id=briefing.pk, organisation_id=None, actor=actor)
    enter_audit(action="briefing.order_again", subject=briefing, detail={"period": briefing.period}, actor=actor)
    return job


def open_file(*, briefing: Briefing, language: str, form: str) -> tuple[BriefingFile, bytes]:
    """One of a briefing's files with its bytes.

    Raises:
        NotFound: there is none in that language and form, or not yet.
    """
    # Figures of the whole city, and nobody's name: whoever is bound to districts reads them as on the pages.
    with scope.whole():
        rows = BriefingFile.objects.select_related("file").filter(briefing=briefing, language=language, form=form)
        kept = rows.first()
        if kept is None:
            raise NotFound
        return kept, files.read(kept.file)


def ordered(languages: Iterable[str]) -> list[str]:
    """Languages as they are kept: each once, in the order of ``Language``.

    Raises:
        Invalid: there is none, or one that is not known.
    """
    given = set(languages)
    known = [one.value for one in Language if one.value in given]
    if not known or given - set(known):
        raise Invalid([FieldError("languages", "required", _("Choose at least one language."))])
    return known


def period_of(snapshot: Snapshot, kind: Kind) -> Period:
    """What a briefing of a snapshot is for: of a plan that is over, its last month, quarter or year.

    Raises:
        Invalid: nothing of that kind had ended within the plan by the snapshot's day.
    """
    plan = snapshot.content["plan"]
    period = min(finished(kind, snapshot.as_of), holding(kind, day(plan["ends_on"])))
    if period.last < day(plan["starts_on"]):
        text = _("Nothing of that kind had ended within the plan by the snapshot’s day.")
        raise Invalid([FieldError("kind", "not_ended", text)])
    return period

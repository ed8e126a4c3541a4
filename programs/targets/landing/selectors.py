"""Reading landings as they were worked out. They are the bureau's, as the figures are."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.jobs.models import Job
from programs.targets.books import Moment
from programs.targets.landing.models import StoredLanding
from programs.targets.landing.services import LANDING, UNFINISHED
from programs.targets.models import Target


def landings(actor: User | None, target: Target) -> QuerySet[StoredLanding]:
    """Every landing that was worked out for a target."""
    found = StoredLanding.objects.filter(target=target)
    return visible(found, actor) if actor is None or actor.sees_everything else found.none()


def latest(actor: User | None, target: Target, moment: Moment) -> StoredLanding | None:
    """The last that was worked out at or before a moment on both clocks, if there is one."""
    found = landings(actor, target).filter(known_at__lte=moment.known_at, as_of__lte=moment.as_of)
    return found.order_by("known_at").last()


def under_way(actor: User | None, target: Target) -> Job | None:
    """The job that works a target's landing out now, if there is one."""
    return visible(Job.objects.filter(kind=LANDING, subject_id=target.pk, state__in=UNFINISHED), actor).last()

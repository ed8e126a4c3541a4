"""Reading briefings and schedules. They are the bureau's: a partner sees none of them."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from backend.jobs.models import Job
from programs.briefings.kinds import Period
from programs.briefings.models import Briefing, BriefingFile, BriefingIssue, BriefingSchedule
from programs.snapshots.models import Snapshot

MAKE = "briefings.make"
READERS = (User.Role.OFFICER, User.Role.MANAGER)
"""Who may read briefings, and so be sent them."""

ISSUES_SHOWN = 12


def briefings(actor: User | None) -> QuerySet[Briefing]:
    """Every briefing, with its snapshot and its files."""
    found = Briefing.objects.select_related("snapshot__plan", "made_by", "schedule").defer("snapshot__content")
    files = BriefingFile.objects.select_related("file").order_by("language", "form")
    return _for_the_bureau(found.prefetch_related(Prefetch("files", files)), actor)


def schedules(actor: User | None) -> QuerySet[BriefingSchedule]:
    """Every schedule, with whom it sends to and what it has made lately."""
    found = BriefingSchedule.objects.select_related("plan", "owner")
    issues = BriefingIssue.objects.select_related("briefing").order_by("-issued_at", "-pk")
    return _for_the_bureau(found.prefetch_related("subscribers__user", Prefetch("issues", issues)), actor)


def readers() -> QuerySet[User]:
    """Who may be subscribed: active officers and managers."""
    return User.objects.filter(role__in=READERS, is_active=True).order_by("username")


def states(briefings: Iterable[Briefing]) -> dict[int, Job]:
    """By briefing, the latest job that made or makes its files."""
    keys = [one.pk for one in briefings]
    jobs = Job.objects.filter(kind=MAKE, subject_id__in=keys).order_by("subject_id", "-pk").distinct("subject_id")
    return {job.subject_id: job for job in jobs if job.subject_id is not None}


def state_of(briefing: Briefing, job: Job | None) -> str:
    """How far a briefing is: that of its job, and done once its files are there."""
    if briefing.files.all():
        return Job.State.DONE.value
    return job.state if job else Job.State.QUEUED.value


def before(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot of the same plan that was published just before."""
    earlier = Snapshot.objects.filter(plan_id=snapshot.plan_id, number__lt=snapshot.number)
    return earlier.select_related("plan").order_by("-number").first()


def published_for(plan_id: int, period: Period) -> Snapshot | None:
    """The latest snapshot of a plan whose day is the last of a period, or follows it before another one has ended."""
    days = Snapshot.objects.filter(plan_id=plan_id, as_of__gte=period.last, as_of__lt=period.after.last)
    return days.select_related("plan").order_by("-number").first()


def _for_the_bureau(queryset: QuerySet, actor: User | None) -> QuerySet:
    return visible(queryset, actor) if actor is None or actor.sees_everything else queryset.none()

"""What a user may see of submissions and findings."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs.models import Job
from programs.submissions.models import Finding, Submission
from programs.submissions.services import CHECK, COMMIT

TOLD = ("organisation", "period", "submitted_by", "prepared_by", "confirmed_by", "withdrawn_by", "job")
"""What is told of a submission in lists."""


def submissions(actor: User | None) -> QuerySet[Submission]:
    """The submissions that ``actor`` may see: a partner its own organisation's, bureau staff all.

    What is only for practice is not among them.
    """
    return scope.visible(Submission.objects.select_related(*TOLD), actor)


def with_practice(actor: User | None) -> QuerySet[Submission]:
    """The same, and what the actor's own organisation has sent for practice: nobody else's eyes are on that."""
    seen = scope.visible(Submission.with_practice.select_related(*TOLD), actor)
    own = None if actor is None or not actor.is_authenticated else actor.organisation_id
    return seen.filter(Q(practice=False) | Q(organisation=own))


def listed(actor: User | None, practice: str) -> QuerySet[Submission]:
    """What lists show: what was really sent, or what was practised where their filter ``practice`` asks for it."""
    asked = practice.lower() in ("true", "1")
    return with_practice(actor).filter(practice=True) if asked else submissions(actor)


def intake_at_work() -> bool:
    """Whether any file is being checked or taken, or waits for it: what works behind intake lets it go first.

    For the system's own work, under the bureau's scope.
    """
    return Job.objects.filter(kind__in=(CHECK, COMMIT), state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists()


def findings(actor: User | None, submission: Submission) -> QuerySet[Finding]:
    """The findings on a submission that ``actor`` may see."""
    return scope.visible(Finding.objects.filter(submission=submission), actor)


def warned(actor: User | None, places: Iterable[tuple[int, int]]) -> Counter[tuple[int, int]]:
    """How many warnings the checks gave on each of some rows, which are told by submission and row."""
    wanted = set(places)
    found = Finding.objects.filter(
        submission__in={submission for submission, _row in wanted},
        row__in={row for _submission, row in wanted},
        severity="warning",
    )
    told = scope.visible(found, actor).values_list("submission_id", "row")
    return Counter((submission, row) for submission, row in told if row is not None and (submission, row) in wanted)


def found_rows(actor: User | None, asked: Iterable[tuple[int, str]]) -> Counter[tuple[int, str]]:
    """How many rows some rules were found on, by submission and rule."""
    wanted = set(asked)
    found = Finding.objects.filter(
        submission__in={submission for submission, _rule in wanted}, rule__in={rule for _submission, rule in wanted}
    )
    counted = scope.visible(found, actor).values_list("submission_id", "rule").annotate(Count("row", distinct=True))
    return Counter({(submission, rule): rows for submission, rule, rows in counted if (submission, rule) in wanted})


def confirmed_by(submission: Submission) -> User | None:
    """Who confirmed a submission; ``None`` where it was confirmed by itself, or not at all."""
    job = submission.job
    if submission.confirmed_by is not None or job is None or job.kind != COMMIT or job.created_by_id is None:
        return submission.confirmed_by
    # Before this was kept on the submission, its job alone knew.
    return User.objects.filter(pk=job.created_by_id).first()

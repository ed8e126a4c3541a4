"""What a user may see of submissions and findings."""

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from programs.submissions.models import Finding, Submission
from programs.submissions.services import COMMIT


def submissions(actor: User | None) -> QuerySet[Submission]:
    """The submissions that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    return scope.visible(Submission.objects.select_related("organisation", "period", "submitted_by", "job"), actor)


def findings(actor: User | None, submission: Submission) -> QuerySet[Finding]:
    """The findings on a submission that ``actor`` may see."""
    return scope.visible(Finding.objects.filter(submission=submission), actor)


def confirmed_by(submission: Submission) -> User | None:
    """Who confirmed a submission; ``None`` where it was confirmed by itself, or not at all."""
    job = submission.job
    if job is None or job.kind != COMMIT or job.created_by_id is None:
        return None
    return User.objects.filter(pk=job.created_by_id).first()

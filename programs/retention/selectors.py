"""Reading the questions and their answers."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.retention.models import RetentionAnswer, RetentionCheck


def checks(actor: User | None) -> QuerySet[RetentionCheck]:
    """The questions that ``actor`` may see: a partner its own organisation's, bureau staff all."""
    return visible(RetentionCheck.objects.select_related("organisation", "period", "person"), actor)


def answers(actor: User | None, check: RetentionCheck) -> QuerySet[RetentionAnswer]:
    """All that was answered to a question, the latest first."""
    return visible(RetentionAnswer.objects.filter(about=check), actor).order_by("-pk")

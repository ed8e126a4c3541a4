"""Reading jobs."""

from django.db import models

from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs.models import Job


def jobs(actor: User | None) -> models.QuerySet[Job]:
    """The jobs that ``actor`` may watch, the newest first."""
    return scope.visible(Job.objects.order_by("-id"), actor)

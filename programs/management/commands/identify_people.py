"""``manage.py identify_people``: has the persons of every committed submission compared with everybody, by jobs."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.accounts.scope import everything
from backend.jobs.services import queue
from programs.intake.handlers import IDENTIFY
from programs.submissions.models import Submission
from programs.submissions.templates import TALENT_RECORDS


class Command(BaseCommand):
    """For books from before persons were compared; done again it asks nothing twice."""

    help = "Queue a job for every committed submission that looks for persons who may be one under several documents."

    def handle(self, *args: Any, **options: Any) -> None:
        with everything():
            committed = Submission.objects.filter(
                template=TALENT_RECORDS, committed_at__isnull=False, standing=True
            ).order_by("pk")
            ids = list(committed.values_list("pk", flat=True))
            for submission_id in ids:
                queue(kind=IDENTIFY, subject_id=submission_id, organisation_id=None)
        self.stdout.write(f"{len(ids)} submissions will be gone through; see jobs of kind {IDENTIFY}.")

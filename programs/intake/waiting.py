"""Submissions that wait for something the bureau grants, and go on where they stood once it is there."""

from django.db import transaction

from backend.accounts import scope
from backend.jobs import services as jobs
from programs.catalogue.models import CohortRequest
from programs.submissions.models import Finding, Submission

REASSESS = "submission.reassess"


@transaction.atomic
def queue_waiting(*, request_id: int) -> int:
    """Has every checked submission checked again in which a finding says that a cohort does not fit; how many.

    Args:
        request_id: the request for a cohort, which was granted.
    """
    with scope.everything():
        request = CohortRequest.objects.get(pk=request_id)
        checked = Submission.objects.filter(
            organisation_id=request.organisation_id, status=Submission.Status.CHECKED
        ).values_list("pk", flat=True)
        waiting = Finding.objects.filter(submission__in=list(checked), rule="E08", column="cohort")
        found = sorted(set(waiting.values_list("submission_id", flat=True)))
        for submission_id in found:
            jobs.queue(kind=REASSESS, subject_id=submission_id, organisation_id=request.organisation_id)
        return len(found)

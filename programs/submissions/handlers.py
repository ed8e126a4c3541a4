"""What rooms that stand lower ask of submissions, and what is told outside when one was taken in."""

import datetime as dt

from django.utils.translation import gettext_lazy as lazy

from backend.accounts.history.consequences import Consequence, consequence
from backend.accounts.models import Organisation, User
from backend.messages.endpoints.events import offer, publish
from backend.outbox.services import subscribe
from programs.catalogue.requests import sees_submissions
from programs.submissions import selectors
from programs.submissions.models import Submission

COMMITTED = "submission.committed"
offer(COMMITTED, lazy("A submission was taken in"))


@sees_submissions
def may_see(actor: User, submission_id: int) -> bool:
    """Whether a submission is there for ``actor``."""
    return selectors.submissions(actor).filter(pk=submission_id).exists()


@consequence
def unfinished(organisation: Organisation, day: dt.date) -> list[Consequence]:
    """What was sent in and waits for a confirmation that nobody could give any more."""
    status = Submission.Status
    waiting = [status.RECEIVED, status.CHECKING, status.CHECKED]
    found = Submission.objects.filter(organisation=organisation, status__in=waiting).count()
    label = lazy("Submissions that nobody may confirm any more")
    url = f"/submissions/?organisation={organisation.code}&status={status.CHECKED.value}"
    return [Consequence("submissions", label, found, url)]


@subscribe(COMMITTED)
def tell(submission_id: int) -> None:
    """Whoever asked for it is told by a webhook; numbers of rows, and nobody's data."""
    found = Submission.objects.select_related("organisation", "period").filter(pk=submission_id).first()
    if found is None:
        return
    counts = {name: getattr(found, name) for name in ("rows", "accepted", "unchanged", "rejected")}
    publish(
        event=COMMITTED,
        occasion=str(found.pk),
        organisation_id=found.organisation_id,
        data={
            "submission": found.pk,
            "organisation": found.organisation.code,
            "template": found.template,
            "period": found.period_code or None,
            "status": found.status,
            "counts": counts,
        },
    )

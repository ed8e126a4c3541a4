"""What rooms that stand lower ask of submissions, and what is told outside when one was taken in."""

import datetime as dt

from django.utils.translation import gettext_lazy as lazy

from backend.accounts.history.consequences import Consequence, consequence
from backend.accounts.models import Organisation, User
from backend.accounts.scope import read_from_above
from backend.messages.endpoints.events import offer, publish
from backend.outbox.services import subscribe
from backend.vault.columns import seals
from programs.catalogue.requests import sees_submissions
from programs.submissions import selectors, telling
from programs.submissions.models import Finding, Submission
from programs.submissions.services import JUDGED, VERDICTS

COMMITTED = "submission.committed"
WITHDRAWN = "submission.withdrawn"
REFUSED = "submission.refused"
offer(COMMITTED, lazy("A submission was taken in"))
offer(WITHDRAWN, lazy("A submission was taken back by its partner"))
offer(REFUSED, lazy("A submission was refused, or failed"))

read_from_above(Submission, Finding)
seals("mend", "sealed_value")


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
    _publish(COMMITTED, _found(submission_id))


@subscribe(WITHDRAWN)
def tell_withdrawn(submission_id: int) -> None:
    """Likewise of one that its partner took back."""
    _publish(WITHDRAWN, _found(submission_id))


@subscribe(JUDGED)
def tell_verdict(submission_id: int) -> None:
    """Whoever sent it reads in the inbox what came of it; webhooks are told of what was refused or failed."""
    found = _found(submission_id)
    if found is None or found.status not in VERDICTS:
        return
    telling.verdict(found)
    if found.status in (Submission.Status.REJECTED, Submission.Status.FAILED):
        _publish(REFUSED, found)


def _found(submission_id: int) -> Submission | None:
    rows = Submission.objects.select_related("organisation", "period", "submitted_by")
    return rows.filter(pk=submission_id).first()


def _publish(event: str, found: Submission | None) -> None:
    if found is not None:
        publish(
            event=event,
            occasion=str(found.pk),
            organisation_id=found.organisation_id,
            data=telling.data_of(found),
        )

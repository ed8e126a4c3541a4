"""Review's task."""

from celery import shared_task

from programs.review import mailing


@shared_task(name="review.reconcile")
def reconcile() -> None:
    """Write to partners about questions that have been quiet for a while."""
    mailing.mail_quiet_threads()

"""The briefings' task."""

from celery import shared_task


@shared_task(name="briefings.issue")
def issue() -> None:
    """Make what is due by the schedules; beat calls every hour, so that an outage costs no period."""
    # Not above: figures bring in numpy, which a worker's pool need not be forked with.
    from programs.briefings import scheduling

    scheduling.issue_due()

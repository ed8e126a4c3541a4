"""The alerts' task."""

from celery import shared_task

from programs.alerts import services


@shared_task(name="alerts.nightly")
def nightly() -> None:
    """Have the conditions looked for, once a night; beat calls every hour, so that no night is lost to an outage."""
    services.queue_nightly()

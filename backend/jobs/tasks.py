"""The jobs' tasks: each fetches by id and calls its service."""

from celery import shared_task

from backend.jobs import services


@shared_task(name="jobs.run")
def run(job_id: int) -> None:
    """Do one job."""
    services.run(job_id)


@shared_task(name="jobs.reconcile")
def reconcile() -> None:
    """Ring again for jobs whose bell was lost or whose worker has died."""
    services.reconcile()

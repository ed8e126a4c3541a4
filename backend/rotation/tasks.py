"""The rotation's task: looks whether one under way needs its next stretch."""

from celery import shared_task

from backend.rotation import services


@shared_task(name="rotation.reconcile")
def reconcile() -> None:
    """Queue the next stretch of the rotation under way."""
    services.go_on()

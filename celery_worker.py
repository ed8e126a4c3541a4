"""The worker's entry point: ``celery -A celery_worker worker`` and ``celery -A celery_worker beat``."""

from backend.celery import app

__all__ = ["app"]

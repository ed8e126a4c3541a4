"""Included in a worker (``--include``): its beat reminds every second, so that beats meet."""

from backend.celery import app

app.conf.beat_schedule["remind"] = {"task": "reminders.tick", "schedule": 1.0}

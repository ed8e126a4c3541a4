"""Celery's application: the broker is a doorbell, the truth is in PostgreSQL.

Task arguments are ids only; no result backend (progress is the job's row); a killed child's task comes back through
``acks_late`` with ``reject_on_worker_lost``, and whatever the broker forgets is rung again by the reconcilers.
"""

import os

from celery import Celery, Task, signals
from celery.schedules import crontab
from kombu import Queue

from backend import tracing
from backend.rooms import rooms_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
# The checks would import every page and all that pages need, polars among it, into the parent that the pool is forked
# from; the web process and `manage.py check` run them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

HARD_LIMIT_SECONDS = 900
QUEUES = ("prompt", "celery", "behind")
"""In the order in which a worker looks into them: what takes moments and somebody waits for, what takes its time, and
what nobody waits for."""

ROUTES = [
    *((task, {"queue": "behind"}) for task in ("roster.*", "retention.*", "targets.explain", "targets.milestones")),
    *((task, {"queue": "prompt"}) for task in ("outbox.*", "*.reconcile", "targets.settle")),
]
TASKS_PER_CONNECTION = 100
app = Celery("shugu")


@signals.task_prerun.connect
def _look_at_connections(task: Task, **_: object) -> None:
    """As at the start of a request: a connection is kept from task to task unless it has grown old or broken.

    Logging in takes longer than most tasks.
    """
    from django.db import close_old_connections

    if not task.request.is_eager:
        tracing.caused_by(task.request.get("action"))
        close_old_connections()


@signals.task_postrun.connect
def _forget_the_cause(task: Task, **_: object) -> None:
    if not task.request.is_eager:
        tracing.caused_by(None)


def _configure() -> None:
    from django.conf import settings

    app.conf.update(
        broker_url=settings.REDIS_URL,
        broker_transport_options={
            "global_keyprefix": os.environ.get("REDIS_PREFIX", "shugu") + ":",
            "visibility_timeout": HARD_LIMIT_SECONDS + 60,
            "queue_order_strategy": "priority",
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 0.5,
            "socket_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_queues=[Queue(name, routing_key=name) for name in QUEUES],
        task_default_queue="celery",
        task_routes=(ROUTES,),
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=200,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_time_limit=HARD_LIMIT_SECONDS,
        task_serializer="json",
        accept_content=["json"],
        timezone="Asia/Shanghai",
        enable_utc=True,
        worker_hijack_root_logger=False,
        beat_scheduler="backend.health.heartbeat:Scheduler",
        beat_schedule_filename=str(settings.BASE_DIR / "var" / "beat-schedule"),
        task_publish_retry=False,
        beat_schedule={
            "ring-again": {"task": "outbox.reconcile", "schedule": 2.0, "options": {"expires": 10}},
            "jobs-again": {"task": "jobs.reconcile", "schedule": 5.0, "options": {"expires": 15}},
            "rotation-again": {"task": "rotation.reconcile", "schedule": 5.0, "options": {"expires": 15}},
            "messages-again": {"task": "messages.reconcile", "schedule": 5.0, "options": {"expires": 15}},
            "ask": {"task": "review.reconcile", "schedule": 60.0, "options": {"expires": 55}},
            "remind": {"task": "reminders.tick", "schedule": 60.0, "options": {"expires": 55}},
            "seal": {"task": "audit.seal", "schedule": 15.0, "options": {"expires": 15}},
            "examine": {"task": "audit.nightly", "schedule": crontab(minute="35"), "options": {"expires": 3000}},
            "follow": {"task": "organisations.follow", "schedule": crontab(minute="5"), "options": {"expires": 3000}},
            "expect": {"task": "obligations.expect", "schedule": crontab(minute="10"), "options": {"expires": 3000}},
            "settle-again": {"task": "targets.reconcile", "schedule": 2.0, "options": {"expires": 10}},
            "explain-again": {"task": "targets.explain", "schedule": 5.0, "options": {"expires": 10}},
            "retention-again": {"task": "retention.lay_out", "schedule": 5.0, "options": {"expires": 10}},
            "retention-expect": {
                "task": "retention.expect",
                "schedule": crontab(minute="15"),
                "options": {"expires": 3000},
            },
            "roster-again": {"task": "roster.reconcile", "schedule": 3.0, "options": {"expires": 10}},
            "milestones": {"task": "targets.milestones", "schedule": 60.0, "options": {"expires": 55}},
            "land": {"task": "targets.land", "schedule": crontab(hour="2", minute="40"), "options": {"expires": 3000}},
            # Every hour, so that an outage costs no night: what is queued already is not queued again.
            "recount": {"task": "targets.recount", "schedule": crontab(minute="25"), "options": {"expires": 3000}},
            "alert": {"task": "alerts.nightly", "schedule": crontab(minute="40"), "options": {"expires": 3000}},
            "dispose": {"task": "disposal.nightly", "schedule": crontab(minute="35"), "options": {"expires": 3000}},
            "privacy": {"task": "privacy.daily", "schedule": crontab(minute="45"), "options": {"expires": 3000}},
            "brief": {"task": "briefings.issue", "schedule": crontab(minute="50"), "options": {"expires": 3000}},
            "practice-ends": {
                "task": "submissions.purge_practice",
                "schedule": crontab(minute="35"),
                "options": {"expires": 3000},
            },
            "tokens-ending": {
                "task": "expiring.remind",
                "schedule": crontab(minute="35"),
                "options": {"expires": 3000},
            },
            "reveals-week": {
                "task": "reveals.digest",
                "schedule": crontab(minute="20"),
                "options": {"expires": 3000},
            },
        },
    )
    app.conf["CELERY_DB_REUSE_MAX"] = TASKS_PER_CONNECTION
    # What a process of the pool may take is said when it begins, so whoever says it is there by then.
    from backend.health import memory  # noqa: F401
    from backend.health.heartbeat import Heartbeat

    app.steps["consumer"].add(Heartbeat)
    app.autodiscover_tasks(lambda: list(rooms_with("tasks")))


_configure()

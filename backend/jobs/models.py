"""A job is a row with progress and a lease."""

from django.db import models

from backend.clock import SqlNow


class Job(models.Model):
    """A piece of background work.

    ``queued`` → ``running`` (somebody holds the lease) → ``done`` or ``failed``; ``cancelled`` when it is no longer
    wanted. ``fence`` grows with each claim, so that a worker that lost its lease can no longer finish the job;
    ``spared`` is how many of the claims came to nothing through no fault of the job's, and do not count against it.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, null=True, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    fence = models.IntegerField(default=0)
    spared = models.IntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=SqlNow())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        indexes = [
            models.Index(fields=["id"], name="job_unfinished", condition=models.Q(state__in=["queued", "running"]))
        ]

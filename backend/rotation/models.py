"""Rotations: that keys are replaced by new ones, how far it is, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from backend.jobs.models import Job
from backend.vault.models import VaultKey


class Rotation(models.Model):
    """One rotation, from the order to the end; one at a time.

    ``stage`` and ``place`` say where its work goes on, ``done`` and ``total`` how many values are sealed anew.
    ``job`` is the job that does the present stretch: a rotation takes as many as it needs, one after the other.
    ``resumes_at`` is when the next one begins, where it waits; ``switched_at`` when the new key became the active one,
    by the machine's clock, as transactions are dated. ``error`` says why it stopped. ``result`` is
    ``{values, keys_removed}``, of master keys ``{rewrapped, removable}``.
    """

    class What(models.TextChoices):
        MASTER = "master", _("Master key")
        SEAL = "seal", _("Sealing key")
        SUITE = "suite", _("Cipher suite")

    class State(models.TextChoices):
        RUNNING = "running", _("Under way")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Done")

    what = models.CharField(max_length=10, choices=What)
    suite = models.CharField(max_length=10, choices=VaultKey.Suite)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    stage = models.CharField(max_length=10)
    place = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+", db_constraint=False)
    started_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    started_at = models.DateTimeField(db_default=SqlNow())
    switched_at = models.DateTimeField(null=True)
    resumes_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_rotation"
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=["running", "stopped"]),
                name="one_rotation_at_a_time",
            )
        ]

"""Effects to be carried out, written in the transaction that calls for them."""

from django.db import models

from backend.clock import SqlNow


class Effect(models.Model):
    """One topic stated to one subscriber about one subject; carried out once, in the transaction that sets ``done_at``.

    ``rung_at`` is when the bell was last rung, ``attempts`` how often it was; a row that is not done is rung again.
    """

    topic = models.CharField(max_length=60)
    subscriber = models.CharField(max_length=120)
    subject_id = models.BigIntegerField()
    stated_at = models.DateTimeField(db_default=SqlNow())
    rung_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "effect"
        indexes = [
            models.Index(
                fields=["id"],
                name="effect_waiting",
                condition=models.Q(done_at__isnull=True, set_aside_at__isnull=True),
            )
        ]

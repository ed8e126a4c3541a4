"""The weekly digest of who has seen identity numbers in full, and who has opened whose page."""

from django.db import models

from backend.clock import SqlNow


class RevealDigest(models.Model):
    """That an administrator was told of the reveals of one ISO week, which begins on ``week``, a Monday. Once each."""

    week = models.DateField()
    user = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    delivery = models.ForeignKey("backend.Delivery", models.PROTECT, related_name="+")
    reveals = models.IntegerField()
    posted_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "reveal_digest"
        constraints = [models.UniqueConstraint(fields=["week", "user"], name="reveal_digest_once_a_week")]


class PersonLook(models.Model):
    """That somebody of the bureau or of an organisation opened a person's page on a day of the bureau's. Never changed.

    One row for each user, person and day, however often: the trail would be full of nothing else. ``person_id`` is the
    row that was opened.
    """

    person_id = models.BigIntegerField()
    user = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    organisation_id = models.BigIntegerField()
    day = models.DateField()
    first_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "person_look"
        constraints = [models.UniqueConstraint(fields=["person_id", "user", "day"], name="person_look_once_a_day")]

    def __str__(self) -> str:
        return str(self.pk)

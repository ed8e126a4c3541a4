"""Education and titles as claims."""

from django.db import models

from backend.clock import SqlNow


class Credential(models.Model):
    """An education or a title of a person as one record carries it.

    ``held_from`` is the day of graduation or award; ``number_index`` the blind index of the certificate number, by
    which rule W06 finds a number that stands on two persons. ``record_id`` names the record that carries the claim.
    """

    class Kind(models.TextChoices):
        EDUCATION = "education"
        TITLE = "title"

    class State(models.TextChoices):
        CLAIMED = "claimed"
        EVIDENCED = "evidenced"
        CONFIRMED = "confirmed"
        REFUTED = "refuted"

    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="credentials")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=20)
    school = models.CharField(max_length=200, blank=True)
    held_from = models.DateField(null=True)
    number_index = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.CLAIMED)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "credential"
        indexes = [
            models.Index(fields=["record_id"], name="credential_record"),
            models.Index(
                fields=["number_index"], name="credential_number", condition=models.Q(number_index__isnull=False)
            ),
        ]

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

    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="credentials", db_constraint=False)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=20)
    school = models.TextField(blank=True)
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


class Tier(models.Model):
    """A class of talent as a plan defines it: what a person must hold, beyond a verified completion, to be of it.

    A tier without qualifying credentials asks for none. ``plan`` is the code of the plan that states the tier,
    ``starts_on`` to ``ends_on`` its span. ``evidence`` is the least state in which a credential qualifies.
    """

    class Evidence(models.TextChoices):
        CLAIMED = "claimed"
        EVIDENCED = "evidenced"
        CONFIRMED = "confirmed"

    code = models.CharField(max_length=60, unique=True)
    plan = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    evidence = models.CharField(max_length=10, choices=Evidence, default=Evidence.CLAIMED)
    starts_on = models.DateField()
    ends_on = models.DateField()
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "tier"


class TierCredential(models.Model):
    """A credential that makes its holder of the tier, on the days on which this rule is in force (null: no bound)."""

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="qualifying")
    kind = models.CharField(max_length=10, choices=Credential.Kind)
    code = models.CharField(max_length=20)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "tier_credential"
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "kind", "code", "valid_from"],
                name="tier_credential_once_per_day_of_force",
                nulls_distinct=False,
            )
        ]

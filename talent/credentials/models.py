"""Education and titles as claims."""

from django.db import models

from backend.clock import SqlNow
from backend.filing.models import FiledFile


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
            # Of what is merely claimed there are many, and a commit need not keep an index of them.
            models.Index(fields=["state", "id"], name="credential_not_claimed", condition=~models.Q(state="claimed")),
        ]


class Examination(models.Model):
    """A verdict of an officer on a credential, or its taking back; never changed, so that every turn stays known.

    What it speaks of stands in the row itself, because a claim that is sent changed becomes another credential.
    ``state`` is what the verdict made of it. ``carried_from`` names the credential on which the verdict was given,
    where this one followed because it bears the same certificate.
    """

    class Verdict(models.TextChoices):
        CONFIRM = "confirm"
        REFUTE = "refute"
        REOPEN = "reopen"

    credential_id = models.BigIntegerField()
    record_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Credential.Kind)
    code = models.CharField(max_length=20)
    verdict = models.CharField(max_length=10, choices=Verdict)
    state = models.CharField(max_length=10, choices=Credential.State)
    reason = models.TextField(blank=True)
    carried_from = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "examination"
        indexes = [
            models.Index(fields=["credential_id", "id"], name="examination_credential"),
            models.Index(fields=["person_id"], name="examination_person"),
            models.Index(fields=["record_id"], name="examination_record"),
        ]


class Evidence(FiledFile):
    """A file that shows a credential: a scan or a photograph of the certificate."""

    credential_id = models.BigIntegerField()
    record_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    thumbnail = models.ForeignKey("backend.SealedFile", models.PROTECT, null=True, related_name="+")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)

    class Meta:
        db_table = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["credential_id", "sha256"],
                condition=~models.Q(state="refused"),
                name="evidence_once_per_credential",
            )
        ]
        indexes = [
            models.Index(fields=["credential_id"], name="evidence_credential"),
            models.Index(fields=["person_id"], name="evidence_person"),
        ]


class Tier(models.Model):
    """A class of talent as a plan defines it: what a person must hold, beyond a verified completion, to be of it.

    A tier without qualifying credentials asks for none. ``plan`` is the code of the plan that states the tier,
    ``starts_on`` to ``ends_on`` its span. ``evidence`` is the least state in which a credential qualifies, where the
    entry that names the credential asks for nothing else.
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
    """A credential that makes its holder of the tier, on the days on which this rule is in force (null: no bound).

    ``evidence`` is the least state in which it does.
    """

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="qualifying")
    kind = models.CharField(max_length=10, choices=Credential.Kind)
    code = models.CharField(max_length=20)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    evidence = models.CharField(max_length=10, choices=Tier.Evidence, default=Tier.Evidence.CLAIMED)

    class Meta:
        db_table = "tier_credential"
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "kind", "code", "valid_from"],
                name="tier_credential_once_per_day_of_force",
                nulls_distinct=False,
            )
        ]

"""Human beings: who they are, under which documents, and who reported them."""

from django.db import models

from backend.clock import SqlNow


class Person(models.Model):
    """One human being. ``canonical`` says who this row is now; a row that was never merged is its own.

    ``name`` is the name on record, ``name_key`` its form-folded copy by which names are compared (rule E12).
    """

    canonical = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    name = models.TextField()
    name_key = models.TextField()
    gender = models.CharField(max_length=1, blank=True)
    birth_date = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "person"
        indexes = [
            models.Index(fields=["canonical"], name="person_merged", condition=models.Q(canonical__isnull=False))
        ]


class IdentityDocument(models.Model):
    """A document of a person. ``number_index`` is the blind index of its class and comparable number."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents", db_constraint=False)
    id_type = models.CharField(max_length=20)
    number_index = models.BinaryField(max_length=32, unique=True)
    sealed_number = models.BinaryField()
    masked_number = models.CharField(max_length=60)

    class Meta:
        db_table = "identity_document"


class PersonAlias(models.Model):
    """Another name that an officer found to be the same person's."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    name = models.TextField()
    name_key = models.TextField()
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "person_alias"
        constraints = [models.UniqueConstraint(fields=["person", "name_key"], name="alias_once_per_person")]


class PersonReport(models.Model):
    """That an organisation reported a person: what lets it see them."""

    pk = models.CompositePrimaryKey("organisation_id", "person_id")
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="reports", db_index=False, db_constraint=False)

    class Meta:
        db_table = "person_report"


class MatchCase(models.Model):
    """A pair that may be one person: the one on record, and the name a row gave for the same number (rule E12)."""

    class State(models.TextChoices):
        OPEN = "open"
        SAME = "same"
        DIFFERENT = "different"

    person = models.ForeignKey(Person, models.PROTECT, related_name="match_cases")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    submission_id = models.BigIntegerField()
    row = models.IntegerField()
    name = models.TextField()
    name_key = models.TextField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(db_default=SqlNow())
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "match_case"
        constraints = [models.UniqueConstraint(fields=["person", "name_key"], name="match_case_once_per_name")]


class PersonChange(models.Model):
    """The table of changed persons: a mark that a person's standing must be settled, with the reason."""

    class Reason(models.TextChoices):
        VERIFIED = "verified"
        REVOKED = "revoked"
        CORRECTED = "corrected"
        REFUTED = "refuted"
        MERGED = "merged"
        SPLIT = "split"
        RULE_CHANGED = "rule_changed"
        RECLASSIFIED = "reclassified"

    person_id = models.BigIntegerField()
    reason = models.CharField(max_length=20, choices=Reason)
    at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "person_change"


class RosterMark(models.Model):
    """A mark that what the roster says of a person must be made anew; written with whatever changed it.

    It lies here and not with the roster because those who change people stand below it.
    """

    person_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "roster_mark"

"""The plan, its targets, and the ledger of heads."""

from django.db import models


class Plan(models.Model):
    """A plan with its dates and the rule of who counts, as loaded from its file."""

    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    source = models.JSONField(default=dict)

    class Meta:
        db_table = "plan"

    def __str__(self) -> str:
        return self.code


class Target(models.Model):
    """A goal of a plan. ``tiers`` names what must hold for a person to count, beyond a verified completion."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets")
    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    goal = models.IntegerField()
    counts = models.JSONField(default=list)
    needs_credential = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField()
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "target"

    def __str__(self) -> str:
        return self.code


class QualifyingCredential(models.Model):
    """A credential that lets a person count towards a target, and in which span it must have been obtained."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="qualifying")
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "qualifying_credential"
        constraints = [
            models.UniqueConstraint(fields=["target", "kind", "code"], name="qualifying_credential_once_per_target")
        ]


class Dimensions(models.Model):
    """Where a head is counted: the crediting record's organisation, path, district, segment and programme, and the
    basis (education, title, or none) on which the person counts."""

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("programs.Programme", models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=10)
    basis = models.CharField(max_length=10)
    district = models.CharField(max_length=20, blank=True)
    segment = models.CharField(max_length=12, blank=True)

    class Meta:
        abstract = True


class Standing(Dimensions):
    """Where a person stands with a target now: the sum of their ledger entries."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="+", db_index=False)
    effective_on = models.DateField()
    record_id = models.BigIntegerField()

    class Meta:
        db_table = "standing"
        constraints = [models.UniqueConstraint(fields=["target", "person"], name="standing_once_per_target")]


class LedgerEntry(Dimensions):
    """A head counted (+1) or taken back (−1), with the day on which it takes effect and the moment it was posted.

    Append-only. A reversing entry bears the effective day and dimensions of the entry that it reverses.
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="entries", db_index=False)
    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="+", db_index=False)
    delta = models.SmallIntegerField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=20)
    record_id = models.BigIntegerField()

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.CheckConstraint(condition=models.Q(delta__in=[-1, 1]), name="ledger_entry_is_one_head")
        ]
        indexes = [
            models.Index(fields=["target", "recorded_at", "effective_on"], name="ledger_entry_clocks"),
            models.Index(fields=["target", "person"], name="ledger_entry_person"),
        ]


class Book(models.Model):
    """The ledger's horizon: the moment of the last posting. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    posted_to = models.DateTimeField()

    class Meta:
        db_table = "book"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_book")]

"""The plan, its targets, and the ledger of heads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from talent.people.models import PersonChange


class Plan(models.Model):
    """A plan with its dates, as loaded from its file. ``source`` is the file's content; what it says of tiers stands
    in ``talent.credentials``. Where the file came by way of a preview, ``applied_preview_id`` names that, and set-up
    leaves the plan as it is."""

    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    source = models.JSONField(default=dict)
    applied_preview_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "plan"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="plan_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Target(models.Model):
    """A goal of a plan: so many heads of the tiers named in ``counts``.

    Goal, names and last day are those at its end, after every amendment, and by these days it is counted. What was
    in force on a day, as known at a moment, ``amending`` tells from the versions.

    ``needs_credential`` says that each of these tiers asks for a credential beyond a verified completion.
    """

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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="target_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=models.Q(goal__gt=0), name="target_has_a_goal"),
        ]

    def __str__(self) -> str:
        return self.code


class TargetVersion(models.Model):
    """What a target is to reach from ``valid_from`` on, as one edition of its plan says. Append-only.

    An edition is all that was said of a target at once, from its first day to its last; a plan file that says otherwise
    brings another, known from ``recorded_at`` on. The first is known from ever: before it nothing was asked. ``parts``
    are ``planparts.Part``'s fields; ``source`` names the paper of an amendment, and is empty for the plan itself.
    """

    # A target that has left its plan keeps what was said of it.
    target = models.ForeignKey("programs.Target", models.DO_NOTHING, related_name="versions", db_constraint=False)
    edition = models.IntegerField()
    valid_from = models.DateField()
    goal = models.IntegerField()
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    parts = models.JSONField(default=list)
    may_exceed = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "target_version"
        constraints = [
            models.UniqueConstraint(
                fields=["target", "edition", "valid_from"], name="target_version_once_per_edition_and_day"
            ),
            models.CheckConstraint(
                condition=models.Q(goal__gt=0, edition__gt=0, ends_on__gte=models.F("valid_from")),
                name="target_version_is_reachable",
            ),
        ]


class Basis(models.TextChoices):
    """What made a person count: the kind of credential that qualified first, or none where none was needed."""

    EDUCATION = "education", _("Education")
    TITLE = "title", _("Professional title")
    NONE = "none", _("No credential needed")


class Head(models.Model):
    """A head: whose, towards which target, from which day, and where it is counted.

    The dimensions are the crediting record's organisation, programme, path, district and segment, and the basis on
    which the person counts. The references carry no constraint in the database: they are copied from records, and
    checking each again would take as long as the posting itself.
    """

    target = models.ForeignKey("programs.Target", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    number = models.IntegerField()
    effective_on = models.DateField()
    record_id = models.BigIntegerField()
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    programme = models.ForeignKey(
        "programs.Programme", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    path = models.CharField(max_length=10)
    basis = models.CharField(max_length=10, choices=Basis)
    district = models.CharField(max_length=20, blank=True)
    segment = models.CharField(max_length=12, blank=True)

    class Meta:
        abstract = True


class Standing(Head):
    """Where a person stands with a target now: the sum of their ledger entries. No row: not counted.

    ``number`` is that of the entry by which the person counts.
    """

    class Meta:
        db_table = "standing"
        constraints = [models.UniqueConstraint(fields=["target", "person"], name="standing_once_per_target")]


class LedgerEntry(Head):
    """A head counted (+1) or taken back (−1), with the day on which it takes effect and the moment it was posted.

    Append-only. A person's entries for a target are numbered from 1: an odd number counts the head, the even one
    after it takes that back and bears its effective day and dimensions. So no head can be counted or taken back
    twice, whoever posts.
    """

    delta = models.SmallIntegerField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=20, choices=PersonChange.Reason)

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gt=0, delta=models.F("number").bitand(1) * 2 - 1),
                name="ledger_entry_turns_by_its_number",
            ),
            models.UniqueConstraint(fields=["target", "person", "number"], name="ledger_entry_once_per_number"),
        ]
        indexes = [
            models.Index(
                fields=["target", "recorded_at", "effective_on"], include=["delta"], name="ledger_entry_clocks"
            ),
        ]


class Grain(models.TextChoices):
    """How long the time is that a cell of the cube stands for."""

    DAY = "day"
    MONTH = "month"


class Cell(models.Model):
    """The heads of one part of a target that count from one day, or from the days of one month.

    Entries summed up, advanced by the posting that writes them: for the target as a whole (``dimension`` is empty) and
    for each value of each dimension alone. ``key`` is the value as the ledger has it, an organisation or programme by
    its id; ``starts_on`` the day, or the month's first.
    """

    target = models.ForeignKey("programs.Target", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    grain = models.CharField(max_length=5, choices=Grain)
    dimension = models.CharField(max_length=12, blank=True)
    key = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    heads = models.IntegerField()

    class Meta:
        abstract = True


class CubeCell(Cell):
    """The ledger's entries summed up."""

    class Meta:
        db_table = "cube_cell"
        constraints = [
            # In the order in which it is read: one value's days, or all values' months.
            models.UniqueConstraint(
                fields=["target", "grain", "dimension", "key", "starts_on"], name="cube_cell_once_per_place"
            )
        ]


class Posted(models.Model):
    """One posting: its moment, and how many entries there were in all once it was done. Append-only."""

    recorded_at = models.DateTimeField(primary_key=True)
    entries = models.IntegerField()
    total = models.BigIntegerField()

    class Meta:
        abstract = True


class Posting(Posted):
    """One posting to the ledger."""

    class Meta:
        db_table = "posting"


class Book(models.Model):
    """The ledger's horizon: the moment to which it is closed. One row.

    No entry will ever be posted at or before ``posted_to``, and every entry up to it is committed.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    posted_to = models.DateTimeField()

    class Meta:
        db_table = "book"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_book")]


class RecountResult(models.Model):
    """What came of counting everybody afresh: whether records, ledger, standings and cube agree, and where not.

    ``targets`` gives by target the heads of each and how many persons differ, with the first of them; ``amiss`` is how
    many entries of the ledger contradict each other, ``astray`` how many cells of the cube are not their sum.
    """

    agrees = models.BooleanField()
    targets = models.JSONField(default=list)
    amiss = models.IntegerField()
    astray = models.IntegerField()
    nightly = models.BooleanField(default=False)
    job_id = models.BigIntegerField(unique=True)
    counted_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "recount_result"

    def __str__(self) -> str:
        return str(self.pk)


class PlanPreview(models.Model):
    """What a plan file would do, worked out before it is applied.

    ``known_at`` is the ledger's horizon that it was worked out at, ``pending`` how many marks were still to be settled
    then; ``base`` is the digest of the plan as it was in force, ``rule`` that of what the file stood for. ``totals``
    gives by target what would enter, leave and move, and why; ``differences`` what the file says otherwise.
    """

    plan = models.CharField(max_length=60)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    base = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=64)
    differences = models.JSONField(default=list)
    totals = models.JSONField(default=dict)
    known_at = models.DateTimeField(null=True)
    pending = models.IntegerField(default=0)
    job = models.ForeignKey("backend.Job", models.SET_NULL, null=True, related_name="+")
    worked_out_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=SqlNow())
    applied_by_id = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "plan_preview"


class PlanChange(models.Model):
    """A person whom a previewed plan file would count, count no more, or count otherwise, and why.

    ``record_id``, ``basis`` and ``effective_on`` are those by which the person would count, or has counted if they
    leave; ``organisation`` is the one that would have the credit, or has it.
    """

    class Kind(models.TextChoices):
        ENTER = "enter", _("Would enter")
        LEAVE = "leave", _("Would leave")
        MOVE = "move", _("Would count otherwise")

    class Cause(models.TextChoices):
        NEW_TARGET = "new_target", _("The target is new")
        SPAN = "span", _("The target's days")
        NEED = "need", _("Whether a credential is needed")
        CREDENTIAL = "credential", _("Which credentials qualify")
        EVIDENCE = "evidence", _("The evidence demanded")
        DAYS = "days", _("The days on which an entry is in force")
        OTHER = "other", _("Counted otherwise")

    preview = models.ForeignKey(PlanPreview, models.CASCADE, related_name="changes", db_index=False)
    target = models.CharField(max_length=60)
    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    change = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=12, choices=Cause)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    record_id = models.BigIntegerField()
    basis = models.CharField(max_length=10, choices=Basis)
    effective_on = models.DateField()

    class Meta:
        db_table = "plan_change"
        indexes = [models.Index(fields=["preview", "target", "change", "id"], name="plan_change_preview")]

"""Legal holds, disposal rules, and what was destroyed under which: the certificates."""

import datetime as dt

from django.db import models
from django.db.models import Q

from backend.clock import SqlNow
from programs.disposal.kinds import Kind


class LegalHold(models.Model):
    """That nothing which touches a person, an organisation or a submission is erased or destroyed, until it is lifted.

    Exactly one of the three is named. A person is held under every row that is them, and with them every file of the
    organisations that report them, since nobody knows which of these names them too.
    """

    person_id = models.BigIntegerField(null=True)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, null=True, related_name="+")
    submission = models.ForeignKey("programs.Submission", models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    placed_at = models.DateTimeField(db_default=SqlNow())
    placed_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    lift_reason = models.TextField(blank=True)

    class Meta:
        db_table = "legal_hold"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "organisation", "submission"],
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="legal_hold_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(person_id__isnull=False, organisation=None, submission=None)
                | Q(person_id=None, organisation__isnull=False, submission=None)
                | Q(person_id=None, organisation=None, submission__isnull=False),
                name="legal_hold_on_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DisposalRule(models.Model):
    """For how many months a kind of thing is kept after its event, and on which legal basis: one version.

    A draft has no ``in_force_from``. Switched on, it is in force from then to ``retired_at``; of one kind never two at
    once. ``shipped`` came with the product.
    """

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.IntegerField()
    months = models.IntegerField()
    basis = models.TextField()
    shipped = models.BooleanField(default=False)
    in_force_from = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=SqlNow())
    created_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    switched_on_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "disposal_rule"
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="disposal_rule_version_once"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(in_force_from__isnull=False, retired_at=None),
                name="disposal_rule_one_in_force",
            ),
            models.CheckConstraint(condition=Q(months__gte=1), name="disposal_rule_keeps_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.version}"

    @property
    def state(self) -> str:
        """``draft``, ``in_force`` or ``retired``."""
        if self.in_force_from is None:
            return "draft"
        return "retired" if self.retired_at is not None else "in_force"


class DisposalRun(models.Model):
    """One carrying out: of a rule, for what was due at ``until``, or of a person's erasure (``request_id``)."""

    rule = models.ForeignKey(DisposalRule, models.PROTECT, null=True, related_name="runs")
    request_id = models.BigIntegerField(null=True)
    until = models.DateTimeField()
    begun_at = models.DateTimeField(db_default=SqlNow())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "disposal_run"
        constraints = [
            models.UniqueConstraint(fields=["rule"], condition=Q(closed_at=None), name="disposal_run_one_at_a_time"),
            models.UniqueConstraint(
                fields=["request_id"], condition=Q(request_id__isnull=False), name="disposal_run_once_per_request"
            ),
            models.CheckConstraint(
                condition=Q(rule=None, request_id__isnull=False) | Q(rule__isnull=False, request_id=None),
                name="disposal_run_of_one_cause",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DisposedItem(models.Model):
    """One thing that a run destroyed, written with its destruction; never changed.

    ``part`` says what of the row ``subject_id`` of ``table``; ``sha256`` is the digest of what it was, if it had
    one, ``file_id`` the sealed file that held it.
    """

    run = models.ForeignKey(DisposalRun, models.PROTECT, related_name="items")
    table = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    part = models.CharField(max_length=40)
    organisation_id = models.BigIntegerField(null=True)
    file_id = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "disposed_item"
        indexes = [models.Index(fields=["file_id"], name="disposed_item_file", condition=Q(file_id__isnull=False))]

    def __str__(self) -> str:
        return f"{self.table} {self.subject_id}"


class DisposalCertificate(models.Model):
    """What a run destroyed, in numbers and digests, under which rule and by whose act; never changed.

    ``digest`` covers ``content``, the digest of every item, and the certificate before: a chain.
    """

    number = models.IntegerField(unique=True)
    run = models.OneToOneField(DisposalRun, models.PROTECT, related_name="certificate")
    content = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "disposal_certificate"

    def __str__(self) -> str:
        return str(self.number)


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The moment so many calendar months earlier; of a day that the month lacks, its last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("a month has a first day")

"""What partners send: submissions, the findings on them, and the rows mended in place."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.submissions.templates import TALENT_RECORDS, name_of


class Reported(models.Manager["Submission"]):
    """What was really reported: every submission but those for practice."""

    def get_queryset(self) -> models.QuerySet["Submission"]:
        return super().get_queryset().filter(practice=False)


class Submission(models.Model):
    """One file or batch of rows in one template, for one period where the template belongs to periods.

    ``received → checking → checked → committing → accepted / partly_accepted / rejected``, or ``cancelled``,
    ``failed``. ``standing`` is false once it is cancelled, rejected, failed or withdrawn: only a standing upload makes
    the same bytes a duplicate. The counts are filled from ``checked`` on and final after the commit.

    Where its organisation signs off, ``prepared_by`` filled it in and ``confirmed_by`` is the signatory who answers for
    it. ``opening`` marks old ledgers that the bureau loads as opening books. ``withdrawn_at``: what of it was not yet
    decided was taken back by its partner.

    ``practice`` marks what a partner only tries out: it goes the same way, and nothing of it reaches the books.
    ``objects`` leaves it out, so that nobody counts it who does not ask for it by ``with_practice``.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        COMMITTING = "committing", _("Being taken")
        ACCEPTED = "accepted", _("Accepted")
        PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
        REJECTED = "rejected", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    class Policy(models.TextChoices):
        ACCEPT_GOOD_ROWS = "accept_good_rows", _("Take the good rows")
        ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")

    class Confirm(models.TextChoices):
        AUTO = "auto", _("By itself")
        MANUAL = "manual", _("By hand")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="submissions")
    template = models.CharField(max_length=40, default=TALENT_RECORDS, db_default=TALENT_RECORDS)
    period = models.ForeignKey("programs.Period", models.PROTECT, null=True, related_name="submissions")
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    policy = models.CharField(max_length=20, choices=Policy, default=Policy.ACCEPT_GOOD_ROWS)
    confirm = models.CharField(max_length=10, choices=Confirm, default=Confirm.MANUAL)
    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200, blank=True)
    original = models.ForeignKey("backend.SealedFile", models.PROTECT, related_name="+")
    sheet = models.ForeignKey("backend.SealedFile", models.SET_NULL, null=True, related_name="+")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    forced = models.BooleanField(default=False)
    standing = models.BooleanField(default=True)
    on_behalf = models.BooleanField(default=False)
    opening = models.BooleanField(default=False)
    practice = models.BooleanField(default=False, db_default=False)
    job = models.ForeignKey("backend.Job", models.SET_NULL, null=True, related_name="+")
    rows = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    accepted_with_warnings = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    meta = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    submitted_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=SqlNow())
    checked_at = models.DateTimeField(null=True)
    prepared_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+")
    withdrawal_reason = models.TextField(blank=True)

    objects = Reported()
    with_practice = models.Manager["Submission"]()

    class Meta:
        db_table = "submission"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "template", "period", "sha256"],
                condition=models.Q(standing=True, forced=False, practice=False),
                nulls_distinct=False,
                name="same_bytes_once_while_standing",
            ),
            models.CheckConstraint(
                condition=models.Q(period__isnull=False) | ~models.Q(template=TALENT_RECORDS),
                name="talent_records_have_a_period",
            ),
            models.CheckConstraint(
                condition=models.Q(practice=False)
                | models.Q(template=TALENT_RECORDS, opening=False, on_behalf=False, withdrawn_at=None),
                name="practice_is_a_partners_own",
            ),
        ]
        indexes = [
            # Which report of an organisation was the first from a moment on (``programs.records.lateness``).
            models.Index(
                fields=["organisation", "committed_at"],
                condition=models.Q(template=TALENT_RECORDS, opening=False, practice=False),
                include=["period"],
                name="submission_reported",
            ),
            # What was only for practice, until it is removed.
            models.Index(fields=["received_at"], condition=models.Q(practice=True), name="submission_practised"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def period_code(self) -> str:
        """The code of its period; empty where it belongs to none."""
        return self.period.code if self.period else ""

    @property
    def of_records(self) -> bool:
        """Whether talent records are reported by it."""
        return self.template == TALENT_RECORDS

    @property
    def template_name(self) -> str:
        """What its template is called, in the reader's language."""
        return name_of(self.template)

    @property
    def about(self) -> str:
        """What it is about, as pages say it: the period of talent records, else its template with the period."""
        if self.of_records:
            return self.period_code
        return " · ".join(filter(None, (name_of(self.template), self.period_code)))

    @property
    def practice_until(self) -> dt.datetime | None:
        """From when on what is only for practice is removed with its file; none for what is real."""
        return self.received_at + dt.timedelta(days=settings.PRACTICE_DAYS) if self.practice else None

    @property
    def awaiting(self) -> str:
        """``signature`` where it is filled in and a signatory has yet to answer for it; else nothing."""
        return "signature" if self.status == self.Status.CHECKED and self.prepared_at is not None else ""

    @property
    def amendments(self) -> int:
        """How many of its rows amend what stands; filled from ``checked`` on, like the counts."""
        return int(self.meta.get("amendments", 0))

    @property
    def joining(self) -> dict[int, int]:
        """By cohort's id, by how many its places taken would rise if the good rows were taken; from ``checked`` on."""
        return {int(cohort): people for cohort, people in (self.meta.get("joining") or {}).items()}


class Finding(models.Model):
    """What a check found: ``row`` as the spreadsheet shows it (null: the whole file), the cell masked.

    The message is rendered from ``rule`` and ``params`` in the reader's language.
    """

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="findings", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    position = models.IntegerField()
    row = models.IntegerField(null=True)
    column = models.CharField(max_length=30, blank=True)
    rule = models.CharField(max_length=3)
    severity = models.CharField(max_length=10)
    value = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        db_table = "finding"
        constraints = [models.UniqueConstraint(fields=["submission", "position"], name="finding_once_per_position")]


class Mend(models.Model):
    """One cell of a row mended in place before confirming; the value is sealed like the file it mends."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="mends", db_index=False)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    row = models.IntegerField()
    column = models.CharField(max_length=30)
    sealed_value = models.BinaryField()
    mended_by_id = models.BigIntegerField()
    mended_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "mend"
        constraints = [models.UniqueConstraint(fields=["submission", "row", "column"], name="mend_once_per_cell")]

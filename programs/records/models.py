"""Records: a reported enrolment or introduction, what stands of it, and amendments under review."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from programs.catalogue.models import Path


class Outcome(models.TextChoices):
    """What became of the enrolment or introduction."""

    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Reported(models.Model):
    """What a row says, in the columns of ``talent-records/1``, less what identifies the person.

    ``sealed`` holds mobile, e-mail and the certificate numbers; ``digest`` is the keyed digest of every column's
    value, by which a row sent again is told to be unchanged. ``basis`` is the kind of the row's qualifying credential.
    """

    submission = models.ForeignKey(
        "programs.Submission", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    row = models.IntegerField()
    partner_ref = models.TextField(blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome)
    started_on = models.DateField()
    completed_on = models.DateField(null=True)
    education = models.CharField(max_length=20, blank=True)
    degree = models.TextField(blank=True)
    school = models.TextField(blank=True)
    graduated_on = models.DateField(null=True)
    title = models.CharField(max_length=20, blank=True)
    title_awarded_on = models.DateField(null=True)
    employer = models.TextField(blank=True)
    employer_uscc = models.CharField(max_length=18, blank=True)
    district = models.CharField(max_length=20, blank=True)
    occupation = models.TextField(blank=True)
    segment = models.CharField(max_length=12, blank=True)
    remarks = models.TextField(blank=True)
    basis = models.CharField(max_length=10, blank=True)
    sealed = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        abstract = True


class Record(Reported):
    """A reported enrolment or introduction: (organisation, programme, cohort or none, person), once.

    The values are those that stand. A verified record keeps them while an amendment is ``pending``.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Awaiting review")
        VERIFIED = "verified", _("Verified")
        RETURNED = "returned", _("Returned")
        REJECTED = "rejected", _("Rejected")
        REVOKED = "revoked", _("Revoked")
        WITHDRAWN = "withdrawn", _("Withdrawn by the partner")

    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="records", db_index=False, db_constraint=False
    )
    programme = models.ForeignKey(
        "programs.Programme", models.PROTECT, related_name="records", db_index=False, db_constraint=False
    )
    cohort = models.ForeignKey(
        "programs.Cohort", models.PROTECT, null=True, related_name="records", db_constraint=False
    )
    person = models.ForeignKey("talent.Person", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    path = models.CharField(max_length=10, choices=Path)
    state = models.CharField(max_length=10, choices=State, default=State.SUBMITTED)
    pending = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    reported_at = models.DateTimeField(db_default=SqlNow())
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "record"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "programme", "cohort"],
                name="record_once_per_identity",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["submission", "row"], name="record_submission"),
            models.Index(fields=["organisation", "state", "id"], name="record_organisation_state"),
            BrinIndex(fields=["reported_at"], name="record_reported_at"),
            models.Index(fields=["decided_at"], name="record_returned", condition=models.Q(state="returned")),
            models.Index(fields=["reported_at", "id"], name="record_waiting", condition=models.Q(state="submitted")),
            # All that the second clock of the rates reads of a record; see programs.records.lateness.
            models.Index(
                fields=["organisation", "submission", "completed_on", "programme", "reported_at"],
                name="record_said",
                condition=models.Q(outcome="completed", completed_on__isnull=False)
                & ~models.Q(state__in=["rejected", "revoked", "withdrawn"]),
            ),
        ]


NOT_LIVE = (Record.State.REJECTED, Record.State.REVOKED, Record.State.WITHDRAWN)
"""The states in which a record is off the books: it stands for nobody."""


class Amendment(Reported):
    """Other values for a verified record, reported later and under review; the record counts as it was meanwhile."""

    class State(models.TextChoices):
        PENDING = "pending", _("Awaiting review")
        TAKEN = "taken", _("Taken")
        RETURNED = "returned", _("Returned")
        REJECTED = "rejected", _("Rejected")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn by the partner")

    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    record = models.ForeignKey(Record, models.PROTECT, related_name="amendments")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.TextField(blank=True)
    reported_at = models.DateTimeField(db_default=SqlNow())
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "amendment"
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(state="pending"), name="one_pending_amendment_per_record"
            )
        ]
        indexes = [models.Index(fields=["submission"], name="amendment_submission")]


class Revision(Reported):
    """What a record said before other values took its place: a returned one that was mended, a verified one amended.

    ``state``, ``reason``, ``decided_at`` and ``decided_by_id`` are the record's as they stood. ``amendment_id`` is the
    amendment that took effect, null where a returned record was reported anew. ``credentials`` is what had been found
    out about the credentials: ``{kind, code, state}`` each.
    """

    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    record = models.ForeignKey(Record, models.PROTECT, related_name="revisions", db_index=False, db_constraint=False)
    amendment_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=Record.State)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    credentials = models.JSONField(default=list)
    replaced_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "revision"
        indexes = [models.Index(fields=["record", "id"], name="revision_record")]


class DecisionRun(models.Model):
    """One act of an officer: a decision on one record or on many, which can be undone as one.

    ``decided`` counts the records, ``undone`` those of them that were put back. ``asked`` is what it was asked for by.
    """

    decision = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    asked = models.JSONField(default=dict)
    decided = models.IntegerField(default=0)
    undone = models.IntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    decided_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    decided_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "decision_run"
        indexes = [models.Index(fields=["decided_by", "-id"], name="decision_run_officer")]

    def __str__(self) -> str:
        return str(self.pk)


class Decision(models.Model):
    """What an officer decided on a record, or on an amendment of it; never changed, so that every turn stays known.

    ``submission_id`` is the submission whose values were decided, ``amendment_id`` null where it was the record's own.
    ``fields`` gives the reasons of a return by column. ``before`` is how the record stood, where its state alone does
    not say: ``{reason, decided_at, decided_by_id, amendment}``.
    """

    class Kind(models.TextChoices):
        VERIFY = "verify"
        RETURN = "return"
        REJECT = "reject"
        REVOKE = "revoke"

    record = models.ForeignKey(Record, models.PROTECT, related_name="decisions", db_index=False, db_constraint=False)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    submission_id = models.BigIntegerField()
    amendment_id = models.BigIntegerField(null=True)
    decision = models.CharField(max_length=10, choices=Kind)
    reason = models.TextField(blank=True)
    fields = models.JSONField(default=dict, db_default={})
    run_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    decided_by_id = models.BigIntegerField()
    decided_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "decision"
        indexes = [
            models.Index(fields=["record", "id"], name="decision_record"),
            models.Index(fields=["run_id", "id"], name="decision_run_of", condition=models.Q(run_id__isnull=False)),
        ]


class Undoing(models.Model):
    """That a decision was undone: the record stands as it stood before. Never changed; a decision is undone once."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="undoing", db_constraint=False)
    record = models.ForeignKey(Record, models.PROTECT, related_name="undoings", db_constraint=False)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reason = models.TextField(blank=True)
    undone_by_id = models.BigIntegerField()
    undone_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "undoing"

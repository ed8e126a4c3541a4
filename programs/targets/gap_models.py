"""The gap: what was reported, or is owed, and does not count; for which reason, from when to when."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow

LASTING = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""The end of what has not ended: a moment and not null, so that one range of an index holds what stood at a moment."""

EXPLAIN = "targets.explain"
"""The task that works the gap out, rung for by name by whoever writes marks."""

PIECE = 2_000
"""Persons that one mark names at most: the ledger's pen is held while they are worked out, and a click waits for it."""

EVERY_TARGET = 0
"""The target of what keeps a record, or a report, from counting anywhere."""


class Reason(models.TextChoices):
    """Why something does not count, in the order of the way that a record goes."""

    NOT_SUBMITTED = "not_submitted", _("Not submitted")
    FAILING_CHECKS = "failing_checks", _("Failing checks")
    AWAITING_REVIEW = "awaiting_review", _("Awaiting review")
    RETURNED = "returned", _("Returned")
    DUPLICATE = "duplicate", _("Duplicate: the person counts already")
    NO_CREDENTIAL = "no_qualifying_credential", _("No qualifying credential")
    OUTSIDE = "outside_the_plan", _("Outside the plan")
    NOT_COMPLETED = "not_completed", _("Verified, not completed")
    LATER = "later", _("Counts from a later day")
    REJECTED = "rejected", _("Rejected")
    REVOKED = "revoked", _("Revoked")
    WITHDRAWN = "withdrawn", _("Withdrawn by the partner")


class Kind(models.TextChoices):
    """What stands in the gap: a record, a submission for its failing rows, or an obligation that nothing fulfils."""

    RECORD = "record", _("Record")
    SUBMISSION = "submission", _("Submission")
    OBLIGATION = "obligation", _("Obligation")


class Gap(models.Model):
    """Something that does not count, from ``recorded_at`` until just before ``ended_at``; then it counts, or stands
    here again for another reason. Only ``ended_at`` is ever changed, once.

    Of a record there is one row for ``EVERY_TARGET`` while it is not verified, and one for each target while it is
    and another record, or none, makes its person count there. ``head_id`` is who its person was then. Of a duplicate
    ``credited`` has the credit and ``day`` is the person's effective day; of an obligation ``day`` is its period's
    last. ``amount`` is the rows of a submission, otherwise one. The references carry no constraint, as the ledger's.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.BigIntegerField()
    target_id = models.BigIntegerField(default=EVERY_TARGET)
    reason = models.CharField(max_length=24, choices=Reason)
    head_id = models.BigIntegerField(null=True)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    programme = models.ForeignKey(
        "programs.Programme", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    path = models.CharField(max_length=10, blank=True)
    district = models.CharField(max_length=20, blank=True)
    segment = models.CharField(max_length=12, blank=True)
    credited = models.ForeignKey(
        "backend.Organisation", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField(null=True)
    amount = models.IntegerField(default=1)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        db_table = "gap"
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "target_id", "ended_at"], name="gap_once_at_a_time")
        ]
        indexes = [
            models.Index(
                fields=["target_id", "reason", "ended_at", "id"],
                include=["recorded_at", "organisation", "programme", "path", "district", "segment"],
                name="gap_standing",
            )
        ]


class GapMark(models.Model):
    """A mark that what keeps these persons' records from counting must be worked out anew.

    One row for many persons: it is written beside great batches, and must cost them nothing.
    """

    persons: Any = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "gap_mark"


class GapPosting(models.Model):
    """One posting to the gap, and how many records stood in it afterwards: ``{target: {reason: records}}``.

    ``complete`` says that no mark was left: gap and ledger tell of the same books. Append-only.
    """

    recorded_at = models.DateTimeField(primary_key=True)
    complete = models.BooleanField()
    totals = models.JSONField(default=dict)

    class Meta:
        db_table = "gap_posting"

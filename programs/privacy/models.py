"""Requests of persons about what is held on them, and that somebody was erased."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class Kind(models.TextChoices):
    """What is asked for: PIPL arts. 44 and 45 (access, copy), 46 (correction), 47 (deletion)."""

    ACCESS = "access", _("Access")
    COPY = "copy", _("Copy")
    CORRECTION = "correction", _("Correction")
    DELETION = "deletion", _("Deletion")


class State(models.TextChoices):
    """How far a request is."""

    RECEIVED = "received", _("Taken down")
    CONFIRMED = "confirmed", _("Identity confirmed")
    HANDLING = "handling", _("Being handled")
    ANSWERED = "answered", _("Closed with an answer")
    REFUSED = "refused", _("Turned away with a reason")
    WITHDRAWN = "withdrawn", _("Taken back by the person")


class Channel(models.TextChoices):
    """By which way it came."""

    IN_PERSON = "in_person", _("In person")
    LETTER = "letter", _("By letter")
    PHONE = "phone", _("By telephone")
    EMAIL = "email", _("By e-mail")
    REPRESENTATIVE = "representative", _("Through a representative")


class Identified(models.TextChoices):
    """How it was found out that whoever asks is the person, or acts for them."""

    DOCUMENT = "document", _("The document was shown")
    DOCUMENT_COPY = "document_copy", _("A certified copy of the document")
    VIDEO = "video", _("Document and face by video")
    AUTHORITY = "authority", _("A representative’s power of attorney")


OPEN = (State.RECEIVED, State.CONFIRMED, State.HANDLING)
"""The states in which a request waits for somebody of the bureau."""


class PrivacyRequest(models.Model):
    """That a person asked, and how it is handled. ``person_id`` is the row that stood for them on that day.

    A deletion is proposed by one officer and approved by another. ``files_until``: until then the copy may be fetched;
    afterwards it is destroyed. ``erased_at``: the person was erased.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    person_id = models.BigIntegerField()
    channel = models.CharField(max_length=16, choices=Channel)
    wanted = models.TextField(blank=True)
    received_on = models.DateField()
    due_on = models.DateField()
    received_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_constraint=False)
    recorded_at = models.DateTimeField(db_default=SqlNow())
    assigned_to = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    identified = models.CharField(max_length=16, choices=Identified, blank=True)
    identified_note = models.TextField(blank=True)
    identified_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    identified_at = models.DateTimeField(null=True)
    numbers_reason = models.TextField(blank=True)
    job_id = models.BigIntegerField(null=True)
    readable = models.ForeignKey("backend.SealedFile", models.PROTECT, null=True, related_name="+")
    machine = models.ForeignKey("backend.SealedFile", models.PROTECT, null=True, related_name="+")
    files_until = models.DateTimeField(null=True)
    record_id = models.BigIntegerField(null=True)
    thread_id = models.BigIntegerField(null=True)
    proposed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    approved_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)

    class Meta:
        db_table = "privacy_request"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "kind"],
                condition=Q(state__in=[one.value for one in OPEN]),
                name="privacy_request_one_open_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="deletion_takes_two_officers"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="privacy_request_due")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def open(self) -> bool:
        """Whether it waits for somebody of the bureau."""
        return self.state in OPEN

    def late_on(self, day: dt.date) -> bool:
        """Whether it waits although its due day is over."""
        return self.open and day > self.due_on


class ErasedPerson(models.Model):
    """That a row of a person was erased: it holds a number from then on. Never changed."""

    person_id = models.BigIntegerField(primary_key=True)
    request = models.ForeignKey(PrivacyRequest, models.PROTECT, related_name="erased")
    erased_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "erased_person"

    def __str__(self) -> str:
        return str(self.person_id)

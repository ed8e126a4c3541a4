"""Demand, campaigns, and candidates on their way: positions, moves, documents, arrivals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from backend.filing.models import FiledFile
from programs.recruitment.stages import ENDED, Stage


class Position(models.Model):
    """A post that an organisation needs people for, so many of them; what is said of it is said until it is changed.

    ``ref`` is the organisation's own name for it. It is closed by an act (``closed_on``), or by its last day
    ``open_until``; it is filled once as many have arrived as were wanted, which is counted and not stored.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Vacant")
        FILLED = "filled", _("Filled")
        CLOSED = "closed", _("Closed to candidates")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    ref = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    occupation = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    wanted = models.IntegerField()
    segment = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=20, blank=True)
    opened_on = models.DateField()
    open_until = models.DateField()
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    on_behalf = models.BooleanField(default=False)
    created_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "position"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "ref"], name="position_ref_once_per_organisation"),
            models.CheckConstraint(condition=models.Q(wanted__gte=1), name="position_wants_somebody"),
            models.CheckConstraint(
                condition=models.Q(open_until__gte=models.F("opened_on")), name="position_ends_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class PositionEdition(models.Model):
    """What a position was from a day on; never changed, so that the demand of a past day stays what it was.

    Of several editions of one day the last holds.
    """

    position = models.ForeignKey(Position, models.PROTECT, related_name="editions", db_index=False)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    since = models.DateField()
    occupation = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    wanted = models.IntegerField()
    segment = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=20, blank=True)
    open_until = models.DateField()
    closed = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    by_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "position_edition"
        indexes = [models.Index(fields=["position", "-since", "-id"], name="position_edition_latest")]


class Campaign(models.Model):
    """What is known of an introduction campaign beside its programme: of which kind, where, on which days it is held.

    Its partners are the programme's organisations, its budget the programme's lines.
    """

    class Kind(models.TextChoices):
        FAIR = "fair", _("Job fair")
        UNIVERSITY_VISIT = "university_visit", _("University visit")
        OVERSEAS_CALL = "overseas_call", _("Overseas call")
        OTHER = "other", _("Other")

    programme = models.OneToOneField("programs.Programme", models.PROTECT, related_name="campaign")
    kind = models.CharField(max_length=20, choices=Kind)
    place = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    notes = models.TextField(blank=True)
    created_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "campaign"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="campaign_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.programme.code


class Candidate(models.Model):
    """Somebody whom an organisation, or the bureau, would like to bring in.

    ``sealed`` holds the name, the document's number, the contacts and the certificates' numbers; ``name_index`` and
    ``number_index`` are the blind indexes by which they are found, ``masked_number`` and ``masked_mobile`` what is
    shown. ``stage`` and ``stage_on`` repeat the last move. ``known`` is what the books said at entry
    (``known_at``): whether the document's holder is reported or counts, or whether somebody much like them is known;
    ``person_id`` names the holder, for the bureau alone. ``digest`` tells whether the same row was sent again.
    """

    class Known(models.TextChoices):
        NOBODY = "nobody", _("Not known")
        MAYBE = "maybe", _("May be known")
        REPORTED = "reported", _("Reported already")
        COUNTS = "counts", _("Counts already")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    campaign = models.ForeignKey("programs.Programme", models.PROTECT, null=True, related_name="candidates")
    position = models.ForeignKey(Position, models.PROTECT, null=True, related_name="candidates")
    source = models.CharField(max_length=20)
    ref = models.CharField(max_length=60, blank=True)
    sealed = models.BinaryField()
    name_index = models.BinaryField(max_length=32)
    id_type = models.CharField(max_length=20, blank=True)
    number_index = models.BinaryField(max_length=32, null=True)
    masked_number = models.CharField(max_length=60, blank=True)
    masked_mobile = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField(null=True)
    gender = models.CharField(max_length=1, blank=True)
    education = models.CharField(max_length=20, blank=True)
    school = models.TextField(blank=True)
    graduated_on = models.DateField(null=True)
    title = models.CharField(max_length=20, blank=True)
    title_awarded_on = models.DateField(null=True)
    notes = models.TextField(blank=True)
    digest = models.BinaryField(max_length=32, null=True)
    stage = models.CharField(max_length=10, choices=Stage)
    stage_on = models.DateField()
    entered_on = models.DateField()
    known = models.CharField(max_length=10, choices=Known, default=Known.NOBODY)
    known_at = models.DateTimeField(null=True)
    person_id = models.BigIntegerField(null=True)
    on_behalf = models.BooleanField(default=False)
    created_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "candidate"
        constraints = [
            # Whoever arrived, was turned down or stepped back may be a candidate once more.
            models.UniqueConstraint(
                fields=["organisation", "number_index"],
                condition=models.Q(number_index__isnull=False) & ~models.Q(stage__in=[one.value for one in ENDED]),
                name="candidate_once_per_document",
            ),
            models.UniqueConstraint(
                fields=["organisation", "ref"], condition=~models.Q(ref=""), name="candidate_ref_once_per_organisation"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "stage", "-id"], name="candidate_board"),
            models.Index(fields=["organisation", "entered_on"], name="candidate_entered"),
            models.Index(fields=["name_index"], name="candidate_name"),
            models.Index(
                fields=["number_index"], name="candidate_number", condition=models.Q(number_index__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CandidateKey(models.Model):
    """A blind key under which a candidate is filed, made as persons' keys are (``talent/people/keys.py``)."""

    pk = models.CompositePrimaryKey("key", "candidate_id")
    key = models.BigIntegerField()
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="keys", db_constraint=False)
    kind = models.SmallIntegerField()

    class Meta:
        db_table = "candidate_key"


class CandidateHint(models.Model):
    """That a candidate may be a person on the books, with what speaks for it: the bureau's alone."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="hints")
    person_id = models.BigIntegerField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    made_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "candidate_hint"
        constraints = [models.UniqueConstraint(fields=["candidate", "person_id"], name="hint_once_per_person")]


class Move(models.Model):
    """That a candidate went from one stage to another on a day; never changed. The first one, from nothing, is entry.

    ``day`` is the day on which it happened, ``recorded_at`` the moment at which it was said. ``reason`` is a code of
    the table ``move_reason``.
    """

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="moves", db_index=False)
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    before = models.CharField(max_length=10, blank=True)
    to = models.CharField(max_length=10, choices=Stage)
    day = models.DateField()
    reason = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    by_id = models.BigIntegerField(null=True)
    on_behalf = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "candidate_move"
        indexes = [models.Index(fields=["candidate", "id"], name="candidate_move_of")]


class Document(FiledFile):
    """A file of a candidate."""

    class Kind(models.TextChoices):
        CV = "cv", _("CV")
        OFFER_LETTER = "offer_letter", _("Offer letter")
        CONTRACT = "contract", _("Contract")
        POST_EVIDENCE = "post_evidence", _("Evidence of post")

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        db_table = "candidate_document"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "kind", "sha256"],
                condition=~models.Q(state="refused"),
                name="document_once_per_candidate",
            )
        ]


class Arrival(models.Model):
    """That a candidate took up the post, and the report that was made of it: a row of a submission, checked as any.

    ``organisation`` reports it: the candidate's, or the position's where the bureau looks after the candidate. A
    report that was refused is followed by another row; ``undone_at``: it was found that nobody had arrived.
    """

    class State(models.TextChoices):
        SENT = "sent", _("Being taken in")
        TAKEN = "taken", _("On the books")
        REFUSED = "refused", _("Refused by the checks")

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="arrivals")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    position = models.ForeignKey(Position, models.PROTECT, null=True, related_name="arrivals")
    programme = models.ForeignKey("programs.Programme", models.PROTECT, related_name="+")
    submission = models.ForeignKey("programs.Submission", models.PROTECT, related_name="+")
    row = models.IntegerField()
    record_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.SENT)
    day = models.DateField()
    employer = models.CharField(max_length=200)
    employer_uscc = models.CharField(max_length=18)
    district = models.CharField(max_length=20, blank=True)
    on_behalf = models.BooleanField(default=False)
    by_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=SqlNow())
    settled_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "candidate_arrival"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=models.Q(undone_at=None) & ~models.Q(state="refused"),
                name="candidate_arrives_once",
            ),
            models.UniqueConstraint(fields=["submission", "row"], name="arrival_once_per_row"),
        ]
        indexes = [
            models.Index(fields=["record_id"], name="arrival_record", condition=models.Q(record_id__isnull=False))
        ]

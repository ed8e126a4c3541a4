"""Human beings: who they are, under which documents, and who reported them."""

from django.db import models

from backend.clock import SqlNow


class Person(models.Model):
    """One human being as a first report made them known, under one document.

    ``canonical`` says who this row is now; a row that was never merged is its own. It leads straight to the row that
    speaks for all of them, which is the one known the longest (the least id): there are no chains. ``name`` is the name
    on record, ``name_key`` its form-folded copy by which names are compared (rule E12).
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


class Sighting(models.Model):
    """That an organisation gave a person this name, since when, and in which row of which submission it did first.

    A person's row is made by the first report of its document, so the earliest sighting is the document's as well.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="sightings", db_constraint=False, db_index=False)
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.TextField()
    name_key = models.TextField()
    submission_id = models.BigIntegerField()
    row = models.IntegerField()
    since = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "sighting"
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "name_key"], name="sighting_once_per_name")
        ]


class PersonKey(models.Model):
    """A blind key under which a person is filed, so that others who may be the same human being are found beside them.

    ``key`` is the beginning of a keyed HMAC: of a telephone number, of a name's reading with a day of birth, and so on
    (``talent/people/keys.py``). It tells nothing to whoever has no key, and is the bureau's alone.
    """

    pk = models.CompositePrimaryKey("key", "person_id")
    key = models.BigIntegerField()
    person_id = models.BigIntegerField()

    class Meta:
        db_table = "person_key"


class TraitCount(models.Model):
    """How many persons bear a name, a reading, or went to a school: by blind key, as ``PersonKey``; under 0 all."""

    key = models.BigIntegerField(primary_key=True)
    persons = models.IntegerField()

    class Meta:
        db_table = "trait_count"


class MatchCase(models.Model):
    """Something that an officer is asked: whether two are one person.

    Of kind ``name`` it is a row that gave another name for the number of ``person`` (rule E12): ``name`` is the row's.
    Of kind ``pair`` it is two persons known under different documents, ``person`` the longer known and ``other``; the
    row is the one that made the pair known, ``name`` the other's. ``follows_id`` names the case whose answer was this
    one's too, because it was about the same two human beings.
    """

    class Kind(models.TextChoices):
        NAME = "name"
        PAIR = "pair"

    class State(models.TextChoices):
        OPEN = "open"
        SAME = "same"
        DIFFERENT = "different"

    kind = models.CharField(max_length=4, choices=Kind, default=Kind.NAME)
    person = models.ForeignKey(Person, models.PROTECT, related_name="match_cases")
    other = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    submission_id = models.BigIntegerField()
    row = models.IntegerField()
    name = models.TextField()
    name_key = models.TextField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    follows_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(db_default=SqlNow())
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "match_case"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name_key"],
                name="match_case_once_per_name",
                condition=models.Q(kind="name"),
            ),
            models.UniqueConstraint(
                fields=["person", "other"],
                name="match_case_once_per_pair",
                condition=models.Q(kind="pair"),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="name", other=None) | models.Q(kind="pair", other__gt=models.F("person")),
                name="match_case_of_its_kind",
            ),
        ]


class Merge(models.Model):
    """That two persons are one: an edge between their rows, put by an officer's answer and taken away by a split.

    Whoever is joined by edges that stand is one human being. Rows and records stay as they were reported, so that a
    split finds everything in its place. ``person`` is the longer known of the two.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, models.PROTECT, related_name="+")
    case = models.ForeignKey(MatchCase, models.PROTECT, related_name="merges")
    merged_at = models.DateTimeField(db_default=SqlNow())
    merged_by_id = models.BigIntegerField()
    split_at = models.DateTimeField(null=True)
    split_by_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "person_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "other"], condition=models.Q(split_at=None), name="merged_once_at_a_time"
            )
        ]


class PersonChange(models.Model):
    """The table of changed persons: a mark that a person's standing must be settled, with the reason."""

    class Reason(models.TextChoices):
        VERIFIED = "verified"
        REVOKED = "revoked"
        CORRECTED = "corrected"
        REFUTED = "refuted"
        EVIDENCED = "evidenced"
        CONFIRMED = "confirmed"
        REOPENED = "reopened"
        MERGED = "merged"
        SPLIT = "split"
        RULE_CHANGED = "rule_changed"
        RECLASSIFIED = "reclassified"
        UNDONE = "undone"
        DEPARTED = "departed"

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


class PersonLook(models.Model):
    """That somebody of the bureau or of an organisation opened a person's page on a day of the bureau's. Never changed.

    One row for each user, person and day, however often: the trail would be full of nothing else. ``person_id`` is the
    row that was opened.
    """

    person_id = models.BigIntegerField()
    user = models.ForeignKey("backend.User", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    organisation_id = models.BigIntegerField()
    day = models.DateField()
    first_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "person_look"
        constraints = [models.UniqueConstraint(fields=["person_id", "user", "day"], name="person_look_once_a_day")]

    def __str__(self) -> str:
        return str(self.pk)

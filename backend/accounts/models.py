"""Organisations, the people who sign in for them, and their tokens."""

import datetime as dt
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """A body that reports people or, as ``bureau``, verifies them. Named by ``code`` everywhere outside.

    ``sign_off``: what its clerks fill in is taken only once one of its signatories has confirmed it. Names, ``parent``
    and the end are those in force, by ``history``: ``closed_on`` is the first day on which it is no more,
    ``merged_into`` who goes on, where anybody does.
    """

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("Bureau")
        UNIVERSITY = "university", _("University")
        TRAINING_PROVIDER = "training_provider", _("Training provider")
        EMPLOYER = "employer", _("Employer")

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    school_code = models.CharField(max_length=5, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    contacts = models.JSONField(default=list, blank=True)
    sign_off = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "organisation"

    def __str__(self) -> str:
        return self.code


class UserManager(BaseUserManager["User"]):
    """Creates users with hashed passwords."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who signs in, in one of four roles; partners belong to one organisation.

    ``signatory``: answers for what the organisation reports, where it signs off. ``districts``: codes of the districts
    whose records an officer sees and decides; empty: all of them. ``theme`` and ``numbers``: how they want the pages.
    ``first_steps``: the desk still shows them; ``read_changes``: the number of the latest entry of the list of changes
    that was read. ``demo``: a login of the demonstration, made by it alone, which needs no second factor where ``DEMO``
    is set.
    """

    class Role(models.TextChoices):
        PARTNER = "partner", _("Partner")
        OFFICER = "officer", _("Officer")
        MANAGER = "manager", _("Manager")
        ADMIN = "admin", _("Administrator")

    class Language(models.TextChoices):
        ZH = "zh-hans", "简体中文"
        EN = "en", "English"

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the system says")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Numbers(models.TextChoices):
        PLAIN = "plain", _("In full")
        MYRIADS = "myriads", _("In ten thousands and hundred millions")

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role)
    read_only = models.BooleanField(default=False)
    signatory = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="users")
    language = models.CharField(max_length=10, choices=Language, default=Language.ZH)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.AUTO, db_default=Theme.AUTO)
    numbers = models.CharField(max_length=10, choices=Numbers, default=Numbers.PLAIN, db_default=Numbers.PLAIN)
    districts = ArrayField(models.CharField(max_length=20), default=list, db_default=[], blank=True)
    is_active = models.BooleanField(default=True)
    first_steps = models.BooleanField(default=True, db_default=True)
    read_changes = models.IntegerField(default=0, db_default=0)
    demo = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    closed_since: dt.date | None = None
    """Since when the organisation is no more; then the login is read-only for as long as a request lasts."""
    proven_at: dt.datetime | None = None
    """While a request lasts: when its asker last proved who they are, in this session or for this token."""
    parts: frozenset[int] = frozenset()
    """While a request reads: the ids of the organisations that are part of this user's, whose reports it may read."""

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "user_account"

    def __str__(self) -> str:
        return self.username

    @property
    def sees_everything(self) -> bool:
        """Whether this user's role reads across organisations."""
        return self.role in {self.Role.OFFICER, self.Role.MANAGER, self.Role.ADMIN}

    @property
    def sees_several(self) -> bool:
        """Whether this user reads what more than one organisation reports."""
        return self.sees_everything or bool(self.parts)

    def turns_to(self, row: models.Model) -> None:
        """Takes up one row of those that this user may see: what a part reports is read as by a read-only login."""
        whose = row.pk if isinstance(row, Organisation) else getattr(row, "organisation_id", None)
        if whose in self.parts:
            self.read_only = True


class AccessToken(models.Model):
    """A bearer token; only its SHA-256 is kept.

    ``name``: what its owner calls it; empty for one that came of signing in. ``scope``: what it opens.
    ``last_used_at``: to some minutes. ``proven_at``: when its bearer last proved who they are.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("Everything that I may do")
        SUBMIT = "submit", _("Reading, and submissions")
        READ = "read", _("Reading alone")

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=100, blank=True, default="", db_default="")
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.ALL, db_default=Scope.ALL)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_token"

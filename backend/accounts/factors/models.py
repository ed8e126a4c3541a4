"""What somebody has, beside what they know: the secret of their one-time codes, and codes for when it is lost."""

from django.db import models

from backend.accounts.models import User
from backend.clock import SqlNow


class SecondFactor(models.Model):
    """A user's second factor, from its first sight on; in force once ``confirmed_at`` is set.

    ``secret`` is sealed, bound to the user; ``pending`` is one that is shown and not confirmed yet, sealed alike.
    ``last_step`` counts the thirty seconds of the latest code that was taken: neither it nor an earlier one is taken
    again. ``failures``: wrong codes in a row; ``locked_until``: none is looked at before.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="factor")
    secret = models.BinaryField(null=True)
    pending = models.BinaryField(null=True)
    last_step = models.BigIntegerField(default=0, db_default=0)
    failures = models.IntegerField(default=0, db_default=0)
    locked_until = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "second_factor"


class RecoveryCode(models.Model):
    """A code that stands in once for a lost factor; only its SHA-256 is kept, and what is random holds no guess."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField(db_default=SqlNow())
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recovery_code"


class Passkey(models.Model):
    """A key that a device or a browser holds for a user (WebAuthn); it signs in by itself, and only its public half is
    known here.

    ``last_challenge``: the SHA-256 of what it signed last, so that one answer lets in once.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0, db_default=0)
    last_challenge = models.BinaryField(null=True, max_length=32)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=SqlNow())
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "passkey"

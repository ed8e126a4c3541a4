"""The second factor as it is written and answered."""

from rest_framework import serializers

from backend.accounts.serializers import Credentials


class WithPassword(serializers.Serializer):
    """Who sets a second factor up, before they can sign in."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class FactorSecretAnswer(serializers.Serializer):
    """A secret for an app that makes one-time codes: as text, and as the address that such apps read."""

    secret = serializers.CharField()
    address = serializers.CharField()


class Confirmation(Credentials):
    """A code of the secret that was shown."""

    otp = serializers.CharField(max_length=40, write_only=True)


class RecoveryCodesAnswer(serializers.Serializer):
    """Recovery codes, shown this once; each stands in once for a lost factor."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class FactorAnswer(serializers.Serializer):
    """One's second factor."""

    enrolled_at = serializers.DateTimeField(allow_null=True)
    required = serializers.BooleanField()  # type: ignore[assignment]
    recovery_codes_left = serializers.IntegerField()


class ResetBody(serializers.Serializer):
    """Why a second factor is reset."""

    reason = serializers.CharField(max_length=500)

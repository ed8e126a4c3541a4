"""What the API tells of a reminder that is not there yet."""

from rest_framework import serializers

from programs.reminders.models import Kind


class MessageAnswer(serializers.Serializer):
    """What a reminder would be about, and to whom it would go."""

    organisation = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    subject = serializers.CharField()
    obligation = serializers.IntegerField(allow_null=True)
    stage = serializers.CharField()
    channel = serializers.CharField()
    audience = serializers.CharField()
    recipient = serializers.CharField()

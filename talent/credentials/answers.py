"""What is sent and answered of credentials."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from talent.credentials.examining import LONGEST_REASON
from talent.credentials.models import Credential, Evidence, Examination

MOST_IDS = 20_000
LARGEST_ID = 2**63 - 1


class CredentialAnswer(serializers.Serializer):
    """An education or a title as one record claims it."""

    id = serializers.IntegerField()
    person = serializers.IntegerField()
    record = serializers.IntegerField()
    organisation = serializers.CharField()
    kind = serializers.ChoiceField(choices=Credential.Kind.choices)
    code = serializers.CharField()
    label = serializers.CharField(help_text="What the code stands for, in the reader's language.")  # type: ignore[assignment]
    school = serializers.CharField()
    held_from = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=Credential.State.choices)
    number = serializers.CharField(help_text="Of the certificate, masked; empty where none was given.")
    evidence_count = serializers.IntegerField(help_text="Files that show it.")


class EvidenceAnswer(serializers.Serializer):
    """A file that shows a credential."""

    id = serializers.IntegerField()
    credential = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Evidence.State.choices)
    media = serializers.ChoiceField(choices=Evidence.Media.choices, help_text="What it is by its content.")
    size = serializers.IntegerField(help_text="In bytes.")
    width = serializers.IntegerField(allow_null=True, help_text="In pixels, of a PDF's first page in points.")
    height = serializers.IntegerField(allow_null=True)
    pages = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    on_behalf = serializers.BooleanField(help_text="Whether the bureau filed it on the partner's behalf.")
    filed_at = serializers.DateTimeField()
    fault = serializers.CharField(help_text="Why it was refused, as a code.")
    message = serializers.CharField(help_text="Why it was refused, and what to do.")


class ExaminationAnswer(serializers.Serializer):
    """A verdict, or its taking back."""

    verdict = serializers.ChoiceField(choices=Examination.Verdict.choices)
    state = serializers.ChoiceField(choices=Credential.State.choices, help_text="What it made of the credential.")
    reason = serializers.CharField()
    by = serializers.CharField(allow_null=True, help_text="Told to the bureau's staff alone.")
    carried_from = serializers.IntegerField(
        allow_null=True, help_text="The credential on which it was given, where this one bears the same certificate."
    )
    at = serializers.DateTimeField()


class CredentialDetail(CredentialAnswer):
    """A credential with its files and every verdict on it."""

    evidence = EvidenceAnswer(many=True)
    examinations = ExaminationAnswer(many=True)


class VerdictBody(serializers.Serializer):
    """Why; needed for all but a confirmation."""

    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class ExamineBody(VerdictBody):
    """Which credentials, and the verdict on them."""

    filter = serializers.DictField(required=False, help_text="Filters of credentials/.")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        allow_empty=False,
        max_length=MOST_IDS,
    )
    verdict = serializers.ChoiceField(choices=Examination.Verdict.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("filter" in attrs) == ("ids" in attrs):
            message = _("Give either a filter or ids, so that it is plain what is decided on.")
            raise serializers.ValidationError({"filter": message})
        return attrs


class SkippedCredential(serializers.Serializer):
    """A credential that was passed over, and why."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    message = serializers.CharField()


class ExaminedAnswer(serializers.Serializer):
    """What came of a verdict on many credentials."""

    decided = serializers.IntegerField()
    standing = serializers.IntegerField(help_text="On which the verdict stood before.")
    carried = serializers.IntegerField(help_text="Others that bear the same certificate and followed.")
    skipped = SkippedCredential(many=True, help_text="The first hundred.")
    skipped_count = serializers.IntegerField()


class EvidenceBody(serializers.Serializer):
    """A PDF, a JPEG or a PNG."""

    file = serializers.FileField(allow_empty_file=True)

"""What became of organisations, as it is written and answered."""

from typing import Any

from rest_framework import serializers

from backend.accounts import selectors
from backend.accounts.history.models import OrganisationChange
from backend.api.base import CodeField

REASON = 2000


class NameAnswer(serializers.Serializer):
    """What it is called from a day on; null: from the first."""

    name_zh = serializers.CharField()
    name_en = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a word of Python's own, so it cannot be declared as an attribute.
        return {"from": serializers.DateField(source="from_on", allow_null=True), **super().get_fields()}


class ParentAnswer(serializers.Serializer):
    """What it is part of from a day on; null: of nothing."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "from": serializers.DateField(source="from_on", allow_null=True),
            "parent": CodeField(source="other", allow_null=True),
        }


class OrganisationChangeAnswer(serializers.ModelSerializer):
    """An act, withdrawn ones too; ``other`` is what it is part of, or went into."""

    other = CodeField(allow_null=True)
    entered_by = serializers.CharField(
        source="entered_by.username", default=None, allow_null=True, help_text="Shown to staff."
    )
    withdrawn_by = serializers.CharField(
        source="withdrawn_by.username", default=None, allow_null=True, help_text="Shown to staff."
    )

    class Meta:
        model = OrganisationChange
        fields = [
            *("id", "kind", "name_zh", "name_en", "other", "reason", "entered_at", "entered_by"),
            *("withdrawn_at", "withdrawn_by", "withdrawal_reason"),
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(source="from_on", allow_null=True), **super().get_fields()}

    def to_representation(self, instance: OrganisationChange) -> dict[str, Any]:
        answer: dict[str, Any] = super().to_representation(instance)
        if not self.context["view"].actor.sees_everything:
            # Partners hear what the bureau has entered and why, not who did.
            answer |= {"entered_by": None, "withdrawn_by": None}
        return answer


class FromBody(serializers.Serializer):
    """From which day on, and why."""

    reason = serializers.CharField(max_length=REASON)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(source="from_on"), **super().get_fields()}


class RenameBody(FromBody):
    """Other names from a day on."""

    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class NestBody(FromBody):
    """What it is part of from a day on; null: of nothing."""

    parent = CodeField(selectors.organisations, allow_null=True)  # type: ignore[assignment]


class CloseBody(serializers.Serializer):
    """The first day on which it is no more, and why."""

    on = serializers.DateField()
    reason = serializers.CharField(max_length=REASON)


class MergeBody(CloseBody):
    """What it goes into, the first day on which it is no more, and why."""

    into = CodeField(selectors.organisations)


class WithdrawChangeBody(serializers.Serializer):
    """Why an act is taken back; ``correction``: it never was so, though its day has come."""

    reason = serializers.CharField(max_length=REASON)
    correction = serializers.BooleanField(required=False, default=False)


class OnParameters(serializers.Serializer):
    """The first day on which it would be no more."""

    on = serializers.DateField()


class AsOfParameters(serializers.Serializer):
    """The day as of which names, parent and end are told; today if none is given."""

    as_of = serializers.DateField(required=False)


class ConsequenceAnswer(serializers.Serializer):
    """So many of something that would follow."""

    code = serializers.CharField()
    count = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        # "label" is a word of the base class's own.
        return {**super().get_fields(), "label": serializers.CharField()}

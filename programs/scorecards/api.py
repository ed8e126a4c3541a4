"""Scorecards over HTTP."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from backend.api import base
from backend.api.permissions import roles
from programs.scorecards import selectors


class SpreadAnswer(serializers.Serializer):
    """Where the peers lie, by quarters; ``peers`` says how many they are."""

    peers = serializers.IntegerField()
    low = serializers.FloatField()
    median = serializers.FloatField()
    high = serializers.FloatField()


class PeersAnswer(serializers.Serializer):
    """A spread for each measure; null where the others are so few that one could be recognised."""

    on_time = SpreadAnswer(allow_null=True)
    first_pass = SpreadAnswer(allow_null=True)
    duplicates = SpreadAnswer(allow_null=True)
    verified = SpreadAnswer(allow_null=True)
    correction_days = SpreadAnswer(allow_null=True)


class DifferenceAnswer(serializers.Serializer):
    """Each measure less that of the period before."""

    on_time = serializers.FloatField(allow_null=True)
    first_pass = serializers.FloatField(allow_null=True)
    duplicates = serializers.FloatField(allow_null=True)
    verified = serializers.FloatField(allow_null=True)
    correction_days = serializers.FloatField(allow_null=True)


class ScorecardAnswer(serializers.Serializer):
    """How an organisation's reporting for a period went; null where there is nothing that a share could be of."""

    organisation = serializers.CharField()
    organisation_name = serializers.CharField(help_text="What it was called on the period's last day.")
    period = serializers.CharField()
    on_time = serializers.FloatField(allow_null=True)
    first_pass = serializers.FloatField(allow_null=True)
    duplicates = serializers.FloatField(allow_null=True)
    verified = serializers.FloatField(allow_null=True)
    correction_days = serializers.FloatField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    change = DifferenceAnswer()
    peers = PeersAnswer()


class ScorecardParameters(serializers.Serializer):
    """Of which period and organisation; the last periods whose due day has passed, if none is named."""

    period = serializers.CharField(required=False)
    organisation = serializers.CharField(required=False)


class Scorecards(base.ListView):
    """One row for each organisation and period; partners see their own, beside the spread of their peers."""

    permission_classes = [roles({"GET": "partner officer manager"})]
    name = "scorecards"
    serializer_class = ScorecardAnswer
    parameters = ("period", "organisation")
    ordering = ("-period_ends_on", "period", "organisation")

    def get_queryset(self) -> Any:
        given = self.params(ScorecardParameters, known=("limit", "cursor", "count", "format"))
        return selectors.scorecards(self.actor, **given)


urlpatterns = [path("scorecards/", Scorecards.as_view(), name="scorecards")]

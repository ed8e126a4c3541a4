"""Scorecards over HTTP."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from backend.api import base
from backend.api.permissions import roles
from backend.lists.filters import filtered
from backend.lists.keyset import PARAMETERS
from programs.scorecards import selectors
from programs.scorecards.filters import ScorecardFilter


class SpreadAnswer(serializers.Serializer):
    """Where the peers lie, by quarters and on average; ``peers`` says how many they are."""

    peers = serializers.IntegerField()
    low = serializers.FloatField()
    median = serializers.FloatField()
    high = serializers.FloatField()
    mean = serializers.FloatField()


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
    frequency = serializers.CharField()
    on_time = serializers.FloatField(allow_null=True)
    first_pass = serializers.FloatField(allow_null=True)
    duplicates = serializers.FloatField(allow_null=True)
    verified = serializers.FloatField(allow_null=True)
    correction_days = serializers.FloatField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    change = DifferenceAnswer()
    peers = PeersAnswer()


class ScorecardParameters(serializers.Serializer):
    """Of how many of the latest periods whose due day has passed, and in which order."""

    last = serializers.IntegerField(required=False, min_value=1, max_value=selectors.MOST, help_text="4, if not given.")
    sort = serializers.CharField(
        required=False, help_text="One of " + ", ".join(selectors.SORTS) + "; with a minus the other way round."
    )


class Scorecards(base.ListView):
    """One row for each organisation and period; partners see their own, beside the spread of their peers.

    Where a period, due days or the latest are asked for, the periods are those; else the last ones whose due day has
    passed.
    """

    permission_classes = [roles({"GET": "partner officer manager"})]
    from_above = True
    name = "scorecards"
    serializer_class = ScorecardAnswer
    parameters = ("last", "sort", *ScorecardFilter.names())

    def get_queryset(self) -> Any:
        given = self.params(ScorecardParameters, known=(*self.parameters, *PARAMETERS))
        asked = self.request.query_params
        rows = filtered(ScorecardFilter, asked, selectors.owed(self.actor), self.request)
        if asked.get("period"):
            selectors.known_period(self.actor, asked["period"])
        named = any(asked.get(name) for name in selectors.NAMING)
        last = given.get("last", None if named else selectors.LAST)
        return selectors.scorecards(self.actor, rows, last=last, sort=given.get("sort", ""))


urlpatterns = [path("scorecards/", Scorecards.as_view(), name="scorecards")]

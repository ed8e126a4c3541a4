"""The second clock over HTTP."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.lists.keyset import PARAMETERS
from programs.records.lateness import By, late_people


class LatePeopleParameters(serializers.Serializer):
    """What the clock is read for, and what narrows it: codes."""

    by = serializers.ChoiceField(choices=By.choices, default=By.ORGANISATION)
    organisation = serializers.CharField(default="", allow_blank=True)
    period = serializers.CharField(default="", allow_blank=True)
    programme = serializers.CharField(default="", allow_blank=True)


class LatePeopleAnswer(serializers.Serializer):
    """Of the people reported as completed, how many in a later period than theirs, and how late."""

    key = serializers.CharField()
    reported = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Completed before the period began that they were reported in.")
    late_rate = serializers.FloatField()
    median_days = serializers.IntegerField(allow_null=True, help_text="From the completion to that period's beginning.")
    most_days = serializers.IntegerField(allow_null=True)


class LatePeople(base.ListView):
    """People reported in a later period than the one in which they completed; a partner reads its own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "late-people"
    serializer_class = LatePeopleAnswer
    parameters = ("by", "organisation", "period", "programme")

    def get_queryset(self) -> Any:
        return late_people(self.actor, **self.params(LatePeopleParameters, known=PARAMETERS))


urlpatterns = [path("rates/late-people/", LatePeople.as_view(), name="late-people")]

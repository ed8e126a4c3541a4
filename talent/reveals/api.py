"""Who has seen identity numbers, over HTTP, for administrators."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from backend import clock
from backend.api import base
from backend.api.permissions import roles
from talent.reveals import selectors
from talent.reveals.weeks import monday_in


class ReasonCount(serializers.Serializer):
    """A reason, and how often it was given."""

    reason = serializers.CharField()
    times = serializers.IntegerField()


class RevealerAnswer(serializers.Serializer):
    """Somebody who saw numbers in full within a week."""

    user = serializers.CharField()
    role = serializers.CharField()
    reveals = serializers.IntegerField()
    people = serializers.IntegerField()
    usual = serializers.FloatField(help_text="How often a week, in the eight weeks before.")
    unusual = serializers.BooleanField()
    reasons = ReasonCount(many=True)


class Reveals(base.ListView):
    """Who saw identity numbers in full in an ISO week (``week=2026-W48``; this one), unusual counts first."""

    permission_classes = [roles({"GET": "admin"})]
    name = "reveals"
    serializer_class = RevealerAnswer
    parameters = ("week",)

    def get_queryset(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a computed list
        given = self.request.query_params.get("week")
        monday = monday_in(given) if given else selectors.monday_of(clock.today())
        return [
            {
                "user": one.user,
                "role": one.role,
                "reveals": one.count,
                "people": one.people,
                "usual": one.usual,
                "unusual": one.unusual,
                "reasons": [{"reason": reason, "times": times} for reason, times in one.reasons],
            }
            for one in selectors.week(self.actor, monday)
        ]


urlpatterns = [path("reveals/", Reveals.as_view())]

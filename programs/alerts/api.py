"""Alerts over HTTP: what managers were told of, acknowledging it, and from where on they are told."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.alerts import selectors, services, settings, telling
from programs.alerts.filters import AlertFilter
from programs.alerts.models import Alert, AlertSettings


class AlertAnswer(serializers.Serializer):
    """An alert; it lasts until ``cleared_at``."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Alert.Kind.choices)
    subject = serializers.CharField(help_text="A target's or an organisation's code, or books.")
    text = serializers.SerializerMethodField(help_text="What was found, in a sentence.")
    measure = serializers.DictField(help_text="What was found when it was raised.")
    latest = serializers.DictField(help_text="What was found last.")
    raised_at = serializers.DateTimeField()
    cleared_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", allow_null=True, default=None)
    note = serializers.CharField()

    def get_text(self, alert: Alert) -> str:
        return telling.sentence(alert, self.context["things"])


class AcknowledgeBody(serializers.Serializer):
    """What is done about it."""

    note = serializers.CharField(max_length=services.LONGEST_NOTE)


class EvaluationOrderedAnswer(serializers.Serializer):
    """The job that looks for the conditions."""

    id = serializers.IntegerField(help_text="Of the job; see jobs/.")


class AlertSettingsAnswer(serializers.ModelSerializer):
    """From where on managers are told."""

    changed_by = serializers.CharField(source="changed_by.username", allow_null=True, default=None)

    class Meta:
        model = AlertSettings
        fields = [*settings.NAMES, "changed_at", "changed_by"]


class AlertSettingsBody(serializers.ModelSerializer):
    """What shall be set."""

    class Meta:
        model = AlertSettings
        fields = list(settings.NAMES)


def answered(alerts: Sequence[Alert]) -> list[Any]:
    """Alerts as they are answered."""
    return list(AlertAnswer(alerts, many=True, context={"things": telling.things_of(alerts)}).data)


class Alerts(base.ListView):
    """What managers were told of, the latest first."""

    permission_classes = [roles({"GET": "officer manager admin"})]
    name = "alerts"
    serializer_class = AlertAnswer
    filterset_class = AlertFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Alert]:
        return selectors.alerts(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return answered(rows)


class OneAlert(base.View):
    """One alert."""

    permission_classes = [roles({"GET": "officer manager admin"})]

    @documented(responses=AlertAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(answered([self.one(selectors.alerts(self.actor), pk=id)])[0])


class Acknowledge(base.View):
    """Notes that somebody has seen to it."""

    permission_classes = [roles({"POST": "manager admin"})]

    @documented(request=AcknowledgeBody, responses=AlertAnswer)
    def post(self, request: Request, id: int) -> Response:
        self.one(selectors.alerts(self.actor), pk=id)
        services.acknowledge(actor=self.actor, alert_id=id, **self.read(AcknowledgeBody))
        return Response(answered([self.one(selectors.alerts(self.actor), pk=id)])[0])


class Evaluate(base.View):
    """Has the conditions looked for now, by a job."""

    permission_classes = [roles({"POST": "manager admin"})]

    @documented(request=None, responses={202: EvaluationOrderedAnswer})
    def post(self, request: Request) -> Response:
        return Response({"id": services.order(actor=self.actor).pk}, status=202)


class Settings(base.View):
    """From where on managers are told; managers and administrators set it."""

    permission_classes = [roles({"GET": "officer manager admin", "PATCH": "manager admin"})]

    @documented(responses=AlertSettingsAnswer)
    def get(self, request: Request) -> Response:
        return Response(AlertSettingsAnswer(settings.current()).data)

    @documented(request=AlertSettingsBody, responses=AlertSettingsAnswer)
    def patch(self, request: Request) -> Response:
        changes = self.read(AlertSettingsBody, partial=True)
        return Response(AlertSettingsAnswer(services.set_up(actor=self.actor, **changes)).data)


urlpatterns = [
    path("alerts/", Alerts.as_view()),
    path("alerts/evaluate/", Evaluate.as_view()),
    path("alerts/settings/", Settings.as_view()),
    path("alerts/<int:id>/", OneAlert.as_view()),
    path("alerts/<int:id>/acknowledge/", Acknowledge.as_view()),
]

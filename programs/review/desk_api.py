"""The settings of review over HTTP."""

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.review import settings
from programs.review.models import ReviewSettings


class SettingsAnswer(serializers.ModelSerializer):
    """How the bureau decides."""

    changed_by = serializers.CharField(source="changed_by.username", allow_null=True, default=None)

    class Meta:
        model = ReviewSettings
        fields = [*settings.NAMES, "changed_at", "changed_by"]


class SettingsBody(serializers.ModelSerializer):
    """What shall be set."""

    class Meta:
        model = ReviewSettings
        fields = list(settings.NAMES)


class Settings(base.View):
    """How the bureau decides; administrators set it."""

    permission_classes = [roles({"GET": "officer manager admin", "PATCH": "admin"})]

    @documented(responses=SettingsAnswer)
    def get(self, request: Request) -> Response:
        return Response(SettingsAnswer(settings.current()).data)

    @documented(request=SettingsBody, responses=SettingsAnswer)
    def patch(self, request: Request) -> Response:
        changes = self.read(SettingsBody, partial=True)
        return Response(SettingsAnswer(settings.change(actor=self.actor, **changes)).data)


urlpatterns = [
    path("review/settings/", Settings.as_view()),
]

"""Reminders over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend import clock
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.periods.selectors import obligations
from programs.reminders import policies_api, quieting_api, selectors, services
from programs.reminders.answers import MessageAnswer
from programs.reminders.filters import ReminderFilter
from programs.reminders.models import Reminder


class ReminderAnswer(serializers.ModelSerializer):
    """One reminder to one recipient; ``note`` says why it was passed over, called off or refused.

    ``answer`` is what the mail server said, in its own words; ``message_id`` is the same however often it is tried.
    """

    organisation = base.CodeField()
    organisation_name = base.NameField("organisation")
    obligation = serializers.IntegerField(source="obligation_id", allow_null=True)
    note = serializers.CharField(source="get_note_display")
    answer = serializers.CharField(source="delivery.answer", default="")
    message_id = serializers.CharField(source="delivery.message_id", default=None, allow_null=True)

    class Meta:
        model = Reminder
        fields = [
            "id",
            "organisation",
            "organisation_name",
            "kind",
            "subject",
            "obligation",
            "stage",
            "channel",
            "audience",
            "recipient",
            "language",
            "due_at",
            "state",
            "note",
            "answer",
            "attempts",
            "sent_at",
            "message_id",
        ]


class PlannedAnswer(MessageAnswer):
    """A reminder that would go out."""

    due_at = serializers.DateTimeField()


class PreviewParameters(serializers.Serializer):
    """Until when; now, if it is not given. ``from`` leaves out what goes out before."""

    at = serializers.DateTimeField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "from": serializers.DateTimeField(required=False)}


class Reminders(base.ListView):
    """Reminders, the latest due first; partners see those about their own reports."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "reminders"
    serializer_class = ReminderAnswer
    filterset_class = ReminderFilter
    ordering = ("-due_at", "-id")

    def get_queryset(self) -> QuerySet[Reminder]:
        return selectors.reminders(self.actor)


class Preview(base.ListView):
    """What will have gone out by a moment if nothing is reported until then."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "reminders-preview"
    serializer_class = PlannedAnswer
    parameters = ("at", "from")
    ordering = ("due_at",)

    def get_queryset(self) -> Any:
        given = self.params(PreviewParameters, known=("limit", "cursor", "count", "format"))
        return selectors.preview(self.actor, given.get("at") or clock.now(), given.get("from"))


class Remind(base.View):
    """Reminds those who report, now; once a day for each obligation."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=None, responses={200: ReminderAnswer(many=True)})
    def post(self, request: Request, id: int) -> Response:
        obligation = self.one(obligations(self.actor), pk=id)
        sent = services.remind_now(actor=self.actor, obligation=obligation)
        return Response(ReminderAnswer(sent, many=True).data)


urlpatterns = [
    *policies_api.urlpatterns,
    *quieting_api.urlpatterns,
    path("reminders/", Reminders.as_view(), name="reminders"),
    path("reminders/preview/", Preview.as_view(), name="reminders-preview"),
    path("obligations/<int:id>/remind/", Remind.as_view(), name="obligation-remind"),
]

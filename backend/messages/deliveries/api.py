"""What went out, over HTTP."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.base import CodeField
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.messages.answers import told
from backend.messages.deliveries import selectors
from backend.messages.deliveries.filters import DeliveryFilter
from backend.messages.models import Channel, Delivery

READERS = "partner officer admin"


class DeliveryAnswer(serializers.Serializer):
    """One message to one recipient, and what came of it."""

    id = serializers.IntegerField()
    organisation = CodeField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    recipient = serializers.CharField(help_text="An address, a user’s name, or an endpoint’s name.")
    subject = serializers.CharField()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    attempts = serializers.IntegerField()
    answer = serializers.CharField(help_text="What the other side said to the latest attempt.")
    answered_at = serializers.DateTimeField(allow_null=True)
    message_id = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)


class WholeDelivery(DeliveryAnswer):
    """One message with what it says."""

    text = serializers.CharField()


def answers(rows: Sequence[Delivery], serializer: type[DeliveryAnswer] = DeliveryAnswer) -> list[dict[str, Any]]:
    """Deliveries as they are answered."""
    names = selectors.recipients(rows)
    return [{**serializer(row).data, "recipient": names[row.pk], "answer": told(row.answer)} for row in rows]


class Deliveries(base.ListView):
    """Messages that went out or wait, the newest first. Partners see those to their own people and endpoints."""

    permission_classes = [roles({"GET": READERS})]
    name = "deliveries"
    serializer_class = DeliveryAnswer
    filterset_class = DeliveryFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Delivery]:
        # Not the texts, which make a list a hundred times as heavy.
        return selectors.deliveries(self.actor).defer("text", "html")

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return answers(rows)


class OneDelivery(base.View):
    """One message, with what it says."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=WholeDelivery)
    def get(self, request: Request, id: int) -> Response:
        return Response(answers([self.one(selectors.deliveries(self.actor), pk=id)], WholeDelivery)[0])


urlpatterns = [path("deliveries/", Deliveries.as_view()), path("deliveries/<int:id>/", OneDelivery.as_view())]

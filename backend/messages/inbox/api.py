"""One's own inbox, over HTTP."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.messages.inbox import selectors, services
from backend.messages.inbox.filters import InboxFilter
from backend.messages.inbox.models import InboxMessage


class InboxAnswer(serializers.Serializer):
    """A message in the inbox."""

    id = serializers.IntegerField()
    subject = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class Marking(serializers.Serializer):
    """Which messages, all where none are named; ``read: false`` puts them back among the unread."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=500
    )
    read = serializers.BooleanField(required=False, default=True)


class Marked(serializers.Serializer):
    """How many messages were marked, and how many are unread now (a hundred stands for more)."""

    marked = serializers.IntegerField()
    unread = serializers.IntegerField()


class Inbox(base.ListView):
    """What lies in one's own inbox, the newest first."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "inbox"
    serializer_class = InboxAnswer
    filterset_class = InboxFilter
    ordering = ("-id",)
    columns = {
        "id": "id",
        "subject": "delivery__subject",
        "text": "delivery__text",
        "created_at": "created_at",
        "read_at": "read_at",
    }

    def get_queryset(self) -> QuerySet[InboxMessage]:
        return selectors.messages(self.actor)


class Mark(base.View):
    """Messages of one's own inbox marked as read, or as unread."""

    permission_classes = [roles({"POST": EVERYONE})]
    reading = True  # whoever may only read may say that they did

    @documented(request=Marking, responses=Marked)
    def post(self, request: Request) -> Response:
        marked = services.mark(actor=self.actor, **self.read(Marking))
        return Response({"marked": marked, "unread": selectors.unread(self.actor)})


urlpatterns = [path("inbox/", Inbox.as_view()), path("inbox/mark/", Mark.as_view())]

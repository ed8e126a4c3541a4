"""Questions about submissions and records over HTTP."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.problems import FieldError, Invalid
from programs.records import selectors as records
from programs.records.threads import Thread, ThreadMessage
from programs.review import selectors, threads
from programs.review.filters import ThreadFilter
from programs.submissions import selectors as submissions

LARGEST_ID = 2**63 - 1


class ThreadAnswer(serializers.Serializer):
    """A question about a submission or a record."""

    id = serializers.IntegerField()
    organisation = serializers.CharField()
    submission = serializers.IntegerField(allow_null=True)
    record = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Thread.State.choices)
    opened_at = serializers.DateTimeField()
    moved_at = serializers.DateTimeField(help_text="When something was said last.")
    closed_at = serializers.DateTimeField(allow_null=True)
    unread = serializers.BooleanField(
        help_text="Whether the other side has said something that the reader has not read."
    )


class MessageAnswer(serializers.Serializer):
    """What somebody said; identity numbers are masked."""

    id = serializers.IntegerField()
    by_bureau = serializers.BooleanField()
    said_by = serializers.CharField(help_text="Partners read of the bureau's people only that it was the bureau.")
    said_at = serializers.DateTimeField()
    text = serializers.CharField()


class WholeThreadAnswer(ThreadAnswer):
    """A question with all that was said."""

    messages = MessageAnswer(many=True)


class TextBody(serializers.Serializer):
    """What is said."""

    text = serializers.CharField(max_length=threads.LONGEST)


class ThreadBody(TextBody):
    """What is asked, and about what: a submission or a record."""

    submission = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    record = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("submission" in attrs) == ("record" in attrs):
            raise serializers.ValidationError({"record": _("Name either a submission or a record.")})
        return attrs


def said_by(message: ThreadMessage, reader: User) -> str:
    """Who said it, as ``reader`` may know: partners hear the bureau, not which of its officers."""
    if message.by_bureau and not reader.sees_everything:
        return _("The bureau")
    return str(message.said_by.username)


def shown(rows: Sequence[Thread], actor: User) -> list[dict[str, Any]]:
    """Threads as ``actor`` may see them."""
    unread = selectors.unread_among(actor, [row.pk for row in rows])
    return [
        {
            "id": row.pk,
            "organisation": row.organisation.code,
            "submission": row.submission_id,
            "record": row.record_id,
            "state": row.state,
            "opened_at": row.opened_at,
            "moved_at": row.moved_at,
            "closed_at": row.closed_at,
            "unread": row.pk in unread,
        }
        for row in rows
    ]


class _ThreadView(base.View):
    def find(self, id: int) -> Thread:
        """The thread. Raises NotFound."""
        return self.one(records.threads(self.actor), pk=id)

    def answer(self, id: int, status: int = 200) -> Response:
        """The thread with all that was said."""
        thread = self.find(id)
        said = [
            {
                "id": one.pk,
                "by_bureau": one.by_bureau,
                "said_by": said_by(one, self.actor),
                "said_at": one.said_at,
                "text": one.text,
            }
            for one in selectors.messages(self.actor, thread)
        ]
        return Response(shown([thread], self.actor)[0] | {"messages": said}, status=status)


class Threads(base.ListView):
    """Questions, those in which something was said last first. Partners see their own."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "partner officer"})]
    name = "threads"
    serializer_class = ThreadAnswer
    filterset_class = ThreadFilter
    ordering = ("-moved_at", "-id")

    def get_queryset(self) -> QuerySet[Thread]:
        return records.threads(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.actor)

    @documented(request=ThreadBody, responses={201: ThreadAnswer})
    def post(self, request: Request) -> Response:
        body = self.read(ThreadBody)
        about: dict[str, Any] = {}
        if "record" in body:
            about["record"] = records.records(self.actor).filter(pk=body["record"]).first()
        else:
            about["submission"] = submissions.submissions(self.actor).filter(pk=body["submission"]).first()
        if None in about.values():
            [name] = about
            raise Invalid([FieldError(name, "unknown", _("There is none with this number, or none that you may see."))])
        thread = threads.open_thread(actor=self.actor, text=body["text"], **about)
        return Response(shown([thread], self.actor)[0], status=201)


class OneThread(_ThreadView):
    """One question with all that was said."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=WholeThreadAnswer)
    def get(self, request: Request, id: int) -> Response:
        return self.answer(id)


class Messages(_ThreadView):
    """Says something in a thread."""

    permission_classes = [roles({"POST": "partner officer"})]

    @documented(request=TextBody, responses={201: WholeThreadAnswer})
    def post(self, request: Request, id: int) -> Response:
        threads.say(actor=self.actor, thread=self.find(id), text=self.read(TextBody)["text"])
        return self.answer(id, 201)


class Read(_ThreadView):
    """Notes that the reader has read all of it."""

    permission_classes = [roles({"POST": "partner officer"})]
    reading = True

    @documented(request=None, responses=WholeThreadAnswer)
    def post(self, request: Request, id: int) -> Response:
        threads.read(actor=self.actor, thread=self.find(id))
        return self.answer(id)


class Close(_ThreadView):
    """Closes a question that is settled."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=None, responses=WholeThreadAnswer)
    def post(self, request: Request, id: int) -> Response:
        threads.close(actor=self.actor, thread=self.find(id))
        return self.answer(id)


urlpatterns = [
    path("threads/", Threads.as_view()),
    path("threads/<int:id>/", OneThread.as_view()),
    path("threads/<int:id>/messages/", Messages.as_view()),
    path("threads/<int:id>/read/", Read.as_view()),
    path("threads/<int:id>/close/", Close.as_view()),
]

"""Call notes over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.contacting import selectors, services
from programs.contacting.filters import CallNoteFilter
from programs.contacting.models import CallNote, CallSubject
from programs.periods.selectors import obligations

LARGEST_ID = 2**63 - 1
READERS = "officer manager"


class SubjectAnswer(serializers.ModelSerializer):
    """What a call was about: the kind and the period of an obligation of the same organisation."""

    period = base.CodeField()

    class Meta:
        model = CallSubject
        fields = ["kind", "period"]


class CallNoteAnswer(serializers.ModelSerializer):
    """That a partner was called, and what came of it; read by officers and managers alone, and never changed."""

    organisation = base.CodeField()
    organisation_name = base.NameField("organisation")
    about = SubjectAnswer(source="subjects", many=True)
    noted_by = serializers.CharField(source="noted_by.username")

    class Meta:
        model = CallNote
        fields = [
            *("id", "organisation", "organisation_name", "about", "outcome", "promised_on"),
            *("spoke_with", "note", "noted_by", "noted_at"),
        ]


class CallNoteBody(serializers.Serializer):
    """Who was called, about which obligations, and what came of it; a promise with the day."""

    organisation = base.CodeField(accounts.organisations)
    obligations = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), required=False, default=list, max_length=100
    )
    outcome = serializers.ChoiceField(choices=CallNote.Outcome.choices)
    promised_on = serializers.DateField(required=False, allow_null=True, default=None)
    spoke_with = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=services.LONGEST)


class CallNotes(base.ListView):
    """What came of calls, the latest first."""

    permission_classes = [roles({"GET": READERS, "POST": "officer"})]
    name = "call-notes"
    serializer_class = CallNoteAnswer
    filterset_class = CallNoteFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[CallNote]:
        return selectors.call_notes(self.actor)

    @documented(request=CallNoteBody, responses={201: CallNoteAnswer})
    def post(self, request: Request) -> Response:
        given: dict[str, Any] = dict(self.read(CallNoteBody))
        wanted = set(given.pop("obligations"))
        owed = list(obligations(self.actor).filter(pk__in=wanted))
        if len(owed) < len(wanted):
            raise services.no_such_obligation()
        row = services.note_call(actor=self.actor, obligations=owed, **given)
        return Response(CallNoteAnswer(row).data, status=201)


class OneCallNote(base.View):
    """One call note."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=CallNoteAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(CallNoteAnswer(self.one(selectors.call_notes(self.actor), pk=id)).data)


urlpatterns = [
    path("call-notes/", CallNotes.as_view(), name="call-notes"),
    path("call-notes/<int:id>/", OneCallNote.as_view(), name="call-note"),
]

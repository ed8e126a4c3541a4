"""People and match cases over HTTP."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base, idempotency
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.audit.services import enter_audit
from talent.people import selectors, services, sources
from talent.people.filters import MatchFilter
from talent.people.matching import Reason
from talent.people.models import MatchCase
from talent.people.showing import MATCH_COLUMNS, shown_matches, shown_whole


class DocumentAnswer(serializers.Serializer):
    """An identity document, its number masked."""

    id_type = serializers.CharField()
    number = serializers.CharField(help_text="Masked.")


class PersonAnswer(serializers.Serializer):
    """A person; name and day of birth masked for roles that do not read names."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    gender = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True, help_text="Null for roles that do not read names.")
    birth_year = serializers.IntegerField(allow_null=True)
    documents = DocumentAnswer(many=True)


class PersonDetail(PersonAnswer):
    """A person with what others know of them: records, credentials."""

    other_names = serializers.ListField(child=serializers.CharField())
    records = serializers.ListField(child=serializers.DictField(), required=False)
    credentials = serializers.ListField(child=serializers.DictField(), required=False)


class RevealBody(serializers.Serializer):
    """Why a number must be seen."""

    reason = serializers.CharField(max_length=1000)


class RevealAnswer(serializers.Serializer):
    """The numbers in full: the only answer that carries any."""

    id = serializers.IntegerField()
    documents = DocumentAnswer(many=True)


class EventAnswer(serializers.Serializer):
    """Something that happened, with further members by kind of event."""

    at = serializers.DateTimeField()
    event = serializers.CharField()
    detail = serializers.DictField()


class ReasonAnswer(serializers.Serializer):
    """Why a pair may be one person, or not."""

    code = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    message = serializers.CharField()


class MatchAnswer(serializers.Serializer):
    """A pair that may be one person: the one on record, and the name a row gave for the same number."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=MatchCase.State.choices)
    score = serializers.FloatField()
    reasons = ReasonAnswer(many=True)
    person = serializers.IntegerField()
    documents = DocumentAnswer(many=True)
    name_on_record = serializers.CharField()
    name_reported = serializers.CharField()
    organisation = serializers.CharField()
    submission = serializers.IntegerField()
    row = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class OnePerson(base.View):
    """One person with what is known of them, as far as the reader may see it."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=PersonDetail)
    def get(self, request: Request, id: int) -> Response:
        person = self.one(selectors.people(self.actor), pk=id)
        return Response(shown_whole(person, self.actor))


class Reveal(base.View):
    """A person's numbers in full, to an officer who says why; every time it is entered on the audit trail."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=RevealBody, responses=RevealAnswer)
    def post(self, request: Request, id: int) -> Response:
        person = self.one(selectors.people(self.actor), pk=id)
        reason = self.read(RevealBody)["reason"]
        numbers = services.reveal_numbers(person=person, reason=reason, actor=self.actor)
        return Response({"id": person.pk, "documents": numbers})

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, idempotency.Replay):
            # The answer kept for a call sent twice shows the number once more.
            enter_audit(action="person.reveal_again", subject=("person", self.kwargs["id"]), actor=self.actor)
        return super().handle_exception(exc)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class Timeline(base.ListView):
    """What happened to a person's reports and count, in the order of time."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "timeline"
    serializer_class = EventAnswer

    def get_queryset(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a computed list
        person = self.one(selectors.people(self.actor), pk=self.kwargs["id"])
        return [
            {"at": event.at, "event": event.event, "detail": event.detail}
            for event in sources.timeline(person, self.actor)
        ]


class Matches(base.ListView):
    """Pairs that may be one person, the latest first."""

    permission_classes = [roles({"GET": "officer"})]
    name = "matches"
    serializer_class = MatchAnswer
    filterset_class = MatchFilter
    ordering = ("-id",)
    columns = MATCH_COLUMNS

    def get_queryset(self) -> QuerySet[MatchCase]:
        return selectors.matches(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown_matches(rows)

    def header(self) -> list[str]:
        return list(MatchAnswer().fields)


class OneMatch(base.View):
    """One pair."""

    permission_classes = [roles({"GET": "officer"})]

    @documented(responses=MatchAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(self.answer(id))

    def answer(self, id: int) -> dict[str, Any]:
        row = self.one(selectors.matches(self.actor).values(*MATCH_COLUMNS.values()), pk=id)
        return shown_matches([row])[0]


class Settle(OneMatch):
    """Saying whether a pair is one person: settled once, the other answer is a conflict."""

    permission_classes = [roles({"POST": "officer"})]
    http_method_names = ["post"]
    state = ""

    @documented(request=None, responses=MatchAnswer)
    def post(self, request: Request, id: int) -> Response:
        services.settle_match(case_id=id, state=self.state, actor=self.actor)
        return Response(self.answer(id))


urlpatterns = [
    path("people/<int:id>/", OnePerson.as_view()),
    path("people/<int:id>/reveal/", Reveal.as_view()),
    path("people/<int:id>/timeline/", Timeline.as_view()),
    path("matches/", Matches.as_view()),
    path("matches/<int:id>/", OneMatch.as_view()),
    path("matches/<int:id>/same/", Settle.as_view(state=MatchCase.State.SAME)),
    path("matches/<int:id>/different/", Settle.as_view(state=MatchCase.State.DIFFERENT)),
]

"""Match cases over HTTP."""

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
from talent.people import answering, selectors
from talent.people.filters import MatchFilter
from talent.people.matching import Reason
from talent.people.models import MatchCase
from talent.people.pairs import MATCH_COLUMNS, shown_matches


class ReasonAnswer(serializers.Serializer):
    """Why a pair may be one person, or not."""

    code = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    message = serializers.CharField()
    weight = serializers.FloatField(
        allow_null=True, help_text="Of a pair: one for each doubling of the odds, below nought where it speaks against."
    )


class SideDocument(serializers.Serializer):
    """An identity document, its number masked."""

    id_type = serializers.CharField()
    number = serializers.CharField(help_text="Masked.")


class SideAnswer(serializers.Serializer):
    """One of the two, as their row has it; ``now`` is the row that speaks for them by now."""

    person = serializers.IntegerField()
    now = serializers.IntegerField()
    name = serializers.CharField()
    gender = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    documents = SideDocument(many=True)
    schools = serializers.ListField(child=serializers.CharField())
    organisations = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField()


class MatchAnswer(serializers.Serializer):
    """A pair that may be one person: a person on record and the name a row gave for the same number (kind ``name``),
    or two persons under different documents (kind ``pair``)."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=MatchCase.Kind.choices)
    state = serializers.ChoiceField(choices=MatchCase.State.choices)
    score = serializers.FloatField()
    reasons = ReasonAnswer(many=True)
    person = serializers.IntegerField()
    other = serializers.IntegerField(allow_null=True)
    documents = SideDocument(many=True)
    sides = SideAnswer(many=True)
    name_on_record = serializers.CharField()
    name_reported = serializers.CharField()
    organisation = serializers.CharField()
    submission = serializers.IntegerField()
    row = serializers.IntegerField()
    follows = serializers.IntegerField(allow_null=True, help_text="The pair whose answer was this one's as well.")
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


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
        answering.settle_match(case_id=id, state=self.state, actor=self.actor)
        return Response(self.answer(id))


urlpatterns = [
    path("matches/", Matches.as_view()),
    path("matches/<int:id>/", OneMatch.as_view()),
    path("matches/<int:id>/same/", Settle.as_view(state=MatchCase.State.SAME)),
    path("matches/<int:id>/different/", Settle.as_view(state=MatchCase.State.DIFFERENT)),
]

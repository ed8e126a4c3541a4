"""People and match cases over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base, idempotency
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.audit.services import enter_audit
from talent.people import selectors, services, sources
from talent.people.filters import MatchFilter, PersonFilter
from talent.people.matching import Reason
from talent.people.models import MatchCase, Person
from talent.people.naming import may_read_names, shown_name


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


def said(reason: str) -> str:
    """A match's reason in the reader's language."""
    return {
        Reason.SAME_NUMBER: _("Both give the same identity number."),
        Reason.READ_ALIKE: _("The names are read alike."),
        Reason.SAME_CHARACTERS: _("The names hold the same characters in another order."),
        Reason.PART_OF_NAME: _("One name is part of the other."),
        Reason.NAMES_ALIKE: _("The names share half of their characters or more."),
        Reason.NAMES_DIFFER: _("The names share less than half of their characters."),
        Reason.SAME_BIRTH_DATE: _("The days of birth agree."),
        Reason.OTHER_BIRTH_DATE: _("The days of birth differ."),
    }[Reason(reason)]


def shown(rows: Sequence[Mapping[str, Any]], actor: Any) -> list[dict[str, Any]]:
    """Rows of people as ``actor`` may see them, with their documents."""
    documents = selectors.masked_documents(row["id"] for row in rows)
    readable = may_read_names(actor)
    return [
        {
            "id": row["id"],
            "name": shown_name(row["name"], actor),
            "gender": row["gender"],
            "birth_date": row["birth_date"] if readable else None,
            "birth_year": row["birth_date"].year if row["birth_date"] else None,
            "documents": documents.get(row["id"], []),
        }
        for row in rows
    ]


class People(base.ListView):
    """People, the latest known first. Partners see those that they reported."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "people"
    serializer_class = PersonAnswer
    filterset_class = PersonFilter
    ordering = ("-id",)
    columns = {name: name for name in ("id", "name", "gender", "birth_date")}

    def get_queryset(self) -> QuerySet[Person]:
        return selectors.people(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.actor)

    def header(self) -> list[str]:
        return list(PersonAnswer().fields)


class OnePerson(base.View):
    """One person with what is known of them, as far as the reader may see it."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=PersonDetail)
    def get(self, request: Request, id: int) -> Response:
        person = self.one(selectors.people(self.actor), pk=id)
        [answer] = shown([{name: getattr(person, name) for name in People.columns}], self.actor)
        names = person.aliases.order_by("pk").values_list("name", flat=True)
        answer["other_names"] = [shown_name(name, self.actor) for name in names]
        return Response(answer | sources.sections(person, self.actor))


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


MATCH_COLUMNS = {
    "id": "id",
    "state": "state",
    "score": "score",
    "reasons": "reasons",
    "person": "person_id",
    "name_on_record": "person__name",
    "name_reported": "name",
    "organisation": "organisation__code",
    "submission": "submission_id",
    "row": "row",
    "opened_at": "opened_at",
    "decided_at": "decided_at",
}


def shown_matches(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of match cases with the reasons in words and the persons' documents."""
    documents = selectors.masked_documents(row["person_id"] for row in rows)
    return [
        {name: row[source] for name, source in MATCH_COLUMNS.items()}
        | {
            "reasons": [{"code": code, "message": said(code)} for code in row["reasons"]],
            "documents": documents.get(row["person_id"], []),
        }
        for row in rows
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
    path("people/", People.as_view()),
    path("people/<int:id>/", OnePerson.as_view()),
    path("people/<int:id>/reveal/", Reveal.as_view()),
    path("people/<int:id>/timeline/", Timeline.as_view()),
    path("matches/", Matches.as_view()),
    path("matches/<int:id>/", OneMatch.as_view()),
    path("matches/<int:id>/same/", Settle.as_view(state=MatchCase.State.SAME)),
    path("matches/<int:id>/different/", Settle.as_view(state=MatchCase.State.DIFFERENT)),
]

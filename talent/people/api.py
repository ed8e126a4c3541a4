"""People over HTTP: who they are, their numbers to whoever must see them, and splitting who was merged."""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base, idempotency
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.audit.services import enter_audit
from talent.people import merging, selectors, services, sources
from talent.people.looking import note_look
from talent.people.showing import shown_whole


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


class OriginAnswer(serializers.Serializer):
    """Since when something is known of a person, and from which report, as far as that is known to the reader."""

    person = serializers.IntegerField(help_text="The row of the person that it was reported under.")
    since = serializers.DateTimeField(allow_null=True)
    organisation = serializers.CharField(allow_null=True)
    submission = serializers.IntegerField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)


class DocumentSince(DocumentAnswer, OriginAnswer):
    """A document, masked, and its first report."""


class NameSince(OriginAnswer):
    """A name, and its first report."""

    name = serializers.CharField()


class MergeAnswer(serializers.Serializer):
    """Two rows that an officer found to be one person; ``split_at`` and ``reason`` where that was taken back."""

    id = serializers.IntegerField()
    person = serializers.IntegerField()
    other = serializers.IntegerField()
    match = serializers.IntegerField()
    merged_at = serializers.DateTimeField()
    split_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class PersonDetail(PersonAnswer):
    """A person with their names and documents over time, and what others know of them: records, credentials."""

    documents = DocumentSince(many=True)
    names = NameSince(many=True)
    other_names = serializers.ListField(child=serializers.CharField())
    merges = MergeAnswer(many=True, help_text="For staff.")
    records = serializers.ListField(child=serializers.DictField(), required=False)
    credentials = serializers.ListField(child=serializers.DictField(), required=False)


class RevealBody(serializers.Serializer):
    """Why a number must be seen."""

    reason = serializers.CharField(max_length=1000)


class SplitBody(serializers.Serializer):
    """Why two are two after all, and which merge is taken back where the person has several: the latest if left out."""

    reason = serializers.CharField(max_length=1000)
    merge = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class RevealAnswer(serializers.Serializer):
    """The numbers in full: the only answer that carries any."""

    id = serializers.IntegerField()
    documents = DocumentAnswer(many=True)


class EventAnswer(serializers.Serializer):
    """Something that happened, with further members by kind of event."""

    at = serializers.DateTimeField()
    event = serializers.CharField()
    detail = serializers.DictField()


class OnePerson(base.View):
    """One person with what is known of them, as far as the reader may see it: who the row ``id`` is now."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=PersonDetail)
    def get(self, request: Request, id: int) -> Response:
        person = self.one(selectors.now(self.actor, id), named={"pk": id})
        note_look(actor=self.actor, person_id=person.pk)
        return Response(shown_whole(person, self.actor))

    def answer(self, id: int) -> dict[str, Any]:
        """The person whom row ``id`` is now. Raises NotFound."""
        return shown_whole(self.one(selectors.now(self.actor, id), named={"pk": id}), self.actor)


class Reveal(base.View):
    """A person's numbers in full, to an officer who says why; every time it is entered on the audit trail."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=RevealBody, responses=RevealAnswer)
    def post(self, request: Request, id: int) -> Response:
        person = self.one(selectors.now(self.actor, id), named={"pk": id})
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
    from_above = True
    name = "timeline"
    serializer_class = EventAnswer

    def get_queryset(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a computed list
        person = self.one(selectors.now(self.actor, self.kwargs["id"]), named={"pk": self.kwargs["id"]})
        return [
            {"at": event.at, "event": event.event, "detail": event.detail}
            for event in sources.timeline(person, self.actor)
        ]


class Split(OnePerson):
    """Takes a merge back: whoever had been found to be one person are two again, with what was reported of each."""

    permission_classes = [roles({"POST": "officer"})]
    http_method_names = ["post"]

    @documented(request=SplitBody, responses=PersonDetail)
    def post(self, request: Request, id: int) -> Response:
        self.one(selectors.rows(self.actor), pk=id)
        body = self.read(SplitBody)
        merging.split_person(person_id=id, reason=body["reason"], actor=self.actor, merge_id=body.get("merge"))
        return Response(self.answer(id))


urlpatterns = [
    path("people/<int:id>/", OnePerson.as_view()),
    path("people/<int:id>/reveal/", Reveal.as_view()),
    path("people/<int:id>/timeline/", Timeline.as_view()),
    path("people/<int:id>/split/", Split.as_view()),
]

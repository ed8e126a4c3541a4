"""People over HTTP: looking for them by everything that the ledger knows."""

from collections.abc import Sequence
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.lists.filters import narrow
from programs.roster import selectors, services
from programs.roster.filters import FoundFilter, PersonFilter
from programs.roster.finding import RANK, RosterQuerySet
from programs.roster.looking import note_number
from programs.roster.showing import COLUMNS, shown
from talent.people.api import DocumentAnswer

LATEST = ("-person_id",)
BEST = (f"-{RANK}", *LATEST)


class HeadCountAnswer(serializers.Serializer):
    """That a person counts towards a target. To a partner, day, basis and organisation of its own credit alone."""

    target = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    basis = serializers.CharField(allow_null=True)
    organisation = serializers.CharField(allow_null=True)


class PersonAnswer(serializers.Serializer):
    """A person as they are now; name and day of birth masked for roles that do not read names."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    gender = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True, help_text="Null for roles that do not read names.")
    birth_year = serializers.IntegerField(allow_null=True)
    documents = DocumentAnswer(many=True)
    organisations = serializers.ListField(child=serializers.CharField(), help_text="Who reported them, by code.")
    states = serializers.ListField(child=serializers.CharField(), help_text="The states of their records.")
    tier = serializers.CharField()
    reason = serializers.CharField(help_text="Why their count changed last.")
    counts = HeadCountAnswer(many=True)


class FindBody(serializers.Serializer):
    """What is looked for, where it must not stand in an address: a number of a document or of a certificate."""

    q = serializers.CharField(max_length=200)
    filter = serializers.DictField(required=False, help_text="The filters of people/, by name.")


class FoundAnswer(serializers.Serializer):
    """The first people that fit; more are asked for by a narrower search."""

    results = PersonAnswer(many=True)
    more = serializers.BooleanField()


class RosterAnswer(serializers.Serializer):
    """How far the roster, which people are found in, is behind the books."""

    waiting = serializers.IntegerField(help_text="People who changed and have not been looked at again.")
    since = serializers.DateTimeField(allow_null=True, help_text="Since when the first of them waits.")


class People(base.ListView):
    """People, the latest known first; those found by a name, exact ones first. Partners see those they reported."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "people"
    serializer_class = PersonAnswer
    filterset_class = PersonFilter
    columns = COLUMNS

    @property
    def ordering(self) -> Sequence[str]:  # type: ignore[override]  # by what is asked
        return BEST if self.request.query_params.get("q") else LATEST

    def get_queryset(self) -> RosterQuerySet:
        found = selectors.entries(self.actor)
        return found.all() if getattr(self, "swagger_fake_view", False) else found

    def filter_queryset(self, queryset: Any) -> Any:
        narrowed: Any = super().filter_queryset(queryset)
        return narrowed.ranked() if self.ordering is BEST else narrowed

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.actor)

    def header(self) -> list[str]:
        return list(PersonAnswer().fields)


class Find(base.View):
    """People by what somebody typed, a number too: it stands in no address, and on the trail masked."""

    permission_classes = [roles({"POST": EVERYONE})]
    reading = True

    @documented(request=FindBody, responses=FoundAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(FindBody)
        wanted = {**body.get("filter", {}), "q": body["q"]}
        rows = narrow(FoundFilter, wanted, selectors.entries(self.actor), request=request)
        page = selectors.first(rows)
        note_number(actor=self.actor, text=body["q"], found=len(page.rows))
        return Response({"results": shown(page.rows, self.actor), "more": page.next is not None})


class Roster(base.View):
    """How far the roster is behind."""

    permission_classes = [roles({"GET": "officer manager admin"})]

    @documented(responses=RosterAnswer)
    def get(self, request: Request) -> Response:
        behind = services.lag()
        return Response({"waiting": behind.waiting, "since": behind.since})


urlpatterns = [
    path("people/", People.as_view()),
    path("people/find/", Find.as_view()),
    path("people/roster/", Roster.as_view()),
]

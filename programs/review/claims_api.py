"""Claims over HTTP: who is at work on which record."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.lists.filters import narrow
from backend.problems import FieldError, Invalid
from programs.records import selectors
from programs.records.claims import Claim
from programs.records.filters import SORTED_BY, RecordFilter
from programs.review import claims
from programs.review.api import ChosenBody, chosen_by
from programs.review.filters import ClaimFilter


class ClaimAnswer(serializers.Serializer):
    """A record that an officer is at work on."""

    record = serializers.IntegerField(source="record_id")
    organisation = serializers.CharField(source="record.organisation.code")
    submission = serializers.IntegerField(source="record.submission_id")
    officer = serializers.CharField(source="officer.username")
    claimed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Put off while the officer works.")
    note = serializers.CharField()
    handed_by = serializers.CharField(source="handed_by.username", allow_null=True, default=None)


class HeldAnswer(serializers.Serializer):
    """A record that a colleague is at work on."""

    id = serializers.IntegerField()
    by = serializers.CharField()
    since = serializers.DateTimeField()


class ClaimedAnswer(serializers.Serializer):
    """What came of claiming."""

    claimed = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.IntegerField())
    expires_at = serializers.DateTimeField()
    held = HeldAnswer(many=True, help_text="The first hundred that colleagues hold.")
    held_count = serializers.IntegerField()


class CountAnswer(serializers.Serializer):
    """How many records."""

    records = serializers.IntegerField()


class NextBody(serializers.Serializer):
    """From which list, and how many."""

    filter = serializers.DictField(required=False, default=dict, help_text="Filters of records/; sort among them.")
    count = serializers.IntegerField(min_value=1, max_value=claims.MOST_NEXT, default=20)


class HandOverBody(ChosenBody):
    """Which records, to whom, and a word to them."""

    to = serializers.CharField()
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=claims.LONGEST)


class TakeOverBody(ChosenBody):
    """Which records, and why; an administrator may say who gets them."""

    reason = serializers.CharField(max_length=claims.LONGEST)
    to = serializers.CharField(required=False)


class ReleaseBody(ChosenBody):
    """Which records; without a filter or ids all that the officer holds."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return super().validate(attrs) if attrs else attrs


def officer_named(username: str | None) -> User | None:
    """The officer who signs in so. Raises Invalid where there is none."""
    if username is None:
        return None
    found = User.objects.filter(username=username, role=User.Role.OFFICER).first()
    if found is None:
        raise Invalid(
            [FieldError("to", "unknown", _("There is no officer who signs in as “%(to)s”.") % {"to": username})]
        )
    return found


def claimed_answer(outcome: claims.Claimed) -> dict[str, Any]:
    return {
        "claimed": len(outcome.ids),
        "ids": outcome.ids,
        "expires_at": outcome.expires_at,
        "held": outcome.held,
        "held_count": outcome.held_count,
    }


class Claims(base.ListView):
    """Which records officers are at work on, and claiming some."""

    permission_classes = [roles({"GET": "officer manager admin", "POST": "officer"})]
    name = "claims"
    serializer_class = ClaimAnswer
    filterset_class = ClaimFilter
    ordering = ("record_id", "id")

    def get_queryset(self) -> QuerySet[Claim]:
        return claims.claims(self.actor)

    @documented(request=ChosenBody, responses=ClaimedAnswer)
    def post(self, request: Request) -> Response:
        chosen = chosen_by(self, self.read(ChosenBody))
        return Response(claimed_answer(claims.claim(actor=self.actor, ids=chosen.ids)))


class ClaimNext(base.View):
    """Claims the next records of a list that await a decision; two officers never get the same."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=NextBody, responses=ClaimedAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(NextBody)
        rows = narrow(RecordFilter, body["filter"], selectors.records(self.actor), request=request)
        order = SORTED_BY.get(str(body["filter"].get("sort", "")), SORTED_BY["waiting"])
        outcome = claims.claim_next(actor=self.actor, rows=rows, order=order, count=body["count"])
        return Response(claimed_answer(outcome))


class Release(base.View):
    """Gives records back that the officer holds."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=ReleaseBody, responses=CountAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(ReleaseBody)
        ids = chosen_by(self, body).ids if body else None
        return Response({"records": claims.release(actor=self.actor, ids=ids)})


class HandOver(base.View):
    """Hands records that the officer holds over to a colleague."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=HandOverBody, responses=CountAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(HandOverBody)
        to = officer_named(body["to"])
        assert to is not None
        moved = claims.hand_over(actor=self.actor, ids=chosen_by(self, body).ids, to=to, note=body["note"])
        return Response({"records": moved})


class TakeOver(base.View):
    """Takes records from the colleague who holds them, with a reason; an administrator frees or passes them on."""

    permission_classes = [roles({"POST": "officer admin"})]

    @documented(request=TakeOverBody, responses=CountAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(TakeOverBody)
        to = officer_named(body.get("to"))
        ids = chosen_by(self, body).ids
        return Response({"records": claims.take_over(actor=self.actor, ids=ids, reason=body["reason"], to=to)})


class Renew(base.View):
    """Puts off the end of what the officer holds: a page that is open says so now and then."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=None, responses=CountAnswer)
    def post(self, request: Request) -> Response:
        return Response({"records": claims.renew(actor=self.actor)})


urlpatterns = [
    path("claims/", Claims.as_view()),
    path("claims/next/", ClaimNext.as_view()),
    path("claims/release/", Release.as_view()),
    path("claims/hand-over/", HandOver.as_view()),
    path("claims/take-over/", TakeOver.as_view()),
    path("claims/renew/", Renew.as_view()),
]

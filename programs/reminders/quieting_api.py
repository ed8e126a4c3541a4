"""Leaving somebody in peace, and choosing a digest, over HTTP."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend import clock
from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.periods.selectors import obligations
from programs.reminders import digests, quieting, selectors
from programs.reminders.filters import QuietingFilter
from programs.reminders.models import DigestChoice, Quieting

LARGEST_ID = 2**63 - 1


class QuietingAnswer(serializers.ModelSerializer):
    """That nobody is reminded: of an organisation's things, or of one obligation."""

    organisation = base.CodeField()
    obligation = serializers.IntegerField(source="obligation_id", allow_null=True)
    lasting = serializers.SerializerMethodField()
    set_by = serializers.CharField(source="set_by.username")
    lifted_by = serializers.CharField(source="lifted_by.username", default=None, allow_null=True)

    class Meta:
        model = Quieting
        fields = [
            "id",
            "organisation",
            "obligation",
            "until",
            "reason",
            "lasting",
            "set_at",
            "set_by",
            "lifted_at",
            "lifted_by",
            "lift_reason",
        ]

    def get_lasting(self, row: Quieting) -> bool:
        return row.lasts_on(clock.today())


class QuietBody(serializers.Serializer):
    """Whom or what, why, and until which day, on which reminders go out again; without one until it is lifted."""

    organisation = base.CodeField(accounts.organisations)
    obligation = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    until = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=quieting.LONGEST)


class LiftBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=quieting.LONGEST)


class DigestBody(serializers.Serializer):
    """Whether one message a day shall list all, and at what hour of the bureau's."""

    digest = serializers.BooleanField()
    hour = serializers.TimeField(required=False, default=dt.time(9))


class DigestAnswer(serializers.Serializer):
    """What was chosen; without a digest each reminder comes by itself."""

    digest = serializers.BooleanField()
    hour = serializers.TimeField(allow_null=True)


class Quietings(base.ListView):
    """Who is or was left in peace, the latest first."""

    permission_classes = [roles({"GET": "officer manager admin", "POST": "officer"})]
    name = "left-in-peace"
    serializer_class = QuietingAnswer
    filterset_class = QuietingFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Quieting]:
        return selectors.quietings(self.actor)

    @documented(request=QuietBody, responses={201: QuietingAnswer})
    def post(self, request: Request) -> Response:
        given: dict[str, Any] = dict(self.read(QuietBody))
        wanted = given.pop("obligation", None)
        owed = self.one(obligations(self.actor), pk=wanted) if wanted else None
        row = quieting.leave_in_peace(actor=self.actor, obligation=owed, **given)
        return Response(QuietingAnswer(row).data, status=201)


class Lift(base.View):
    """Ends it before its time."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=LiftBody, responses=QuietingAnswer)
    def post(self, request: Request, id: int) -> Response:
        row = self.one(selectors.quietings(self.actor), pk=id)
        quieting.lift(actor=self.actor, quieting=row, **self.read(LiftBody))
        return Response(QuietingAnswer(self.one(selectors.quietings(self.actor), pk=id)).data)


class Digest(base.View):
    """The caller's own choice: one message a day, or each reminder by itself."""

    permission_classes = [roles({"GET": EVERYONE, "POST": EVERYONE})]

    @documented(responses=DigestAnswer)
    def get(self, request: Request) -> Response:
        return Response(_told(digests.choice(self.actor)))

    @documented(request=DigestBody, responses=DigestAnswer)
    def post(self, request: Request) -> Response:
        return Response(_told(digests.choose(actor=self.actor, **self.read(DigestBody))))


def _told(choice: DigestChoice | None) -> dict[str, Any]:
    return DigestAnswer({"digest": choice is not None, "hour": choice.hour if choice else None}).data


urlpatterns = [
    path("reminders/quiet/", Quietings.as_view(), name="quietings"),
    path("reminders/quiet/<int:id>/lift/", Lift.as_view(), name="quieting-lift"),
    path("reminders/digest/", Digest.as_view(), name="reminders-digest"),
]

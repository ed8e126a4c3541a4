"""Obligations over HTTP."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import path
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend import clock
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.periods import obligations, selectors
from programs.periods.filters import ObligationFilter
from programs.periods.models import Obligation


class ObligationAnswer(serializers.ModelSerializer):
    """What an organisation owes for a period. ``overdue``: nothing has come, and the due day is over."""

    organisation = base.CodeField()
    period = base.CodeField()
    submission = serializers.IntegerField(source="submission_id", allow_null=True, help_text="What fulfilled it.")
    overdue = serializers.SerializerMethodField()
    extended = serializers.SerializerMethodField(help_text="It is due later than its period: see extensions/.")

    class Meta:
        model = Obligation
        fields = [
            "id",
            "kind",
            "organisation",
            "period",
            "due_on",
            "extended",
            "state",
            "on_time",
            "overdue",
            "settled_at",
            "submission",
            "reason",
        ]

    def get_overdue(self, obligation: Obligation) -> bool:
        if obligation.state != Obligation.State.MISSING:
            return False
        return obligation.due_on < self._today

    def get_extended(self, obligation: Obligation) -> bool:
        return obligation.due_on > obligation.period.due_on

    @cached_property
    def _today(self) -> dt.date:
        return clock.today()


class ExcuseBody(serializers.Serializer):
    """Why nothing is owed."""

    reason = serializers.CharField(max_length=2000)


class Obligations(base.ListView):
    """Obligations by their due day; partners see their own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "obligations"
    serializer_class = ObligationAnswer
    filterset_class = ObligationFilter
    ordering = ("due_on", "id")

    def get_queryset(self) -> QuerySet[Obligation]:
        return selectors.obligations(self.actor)


class OneObligation(base.View):
    """One obligation."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=ObligationAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(ObligationAnswer(self.one(selectors.obligations(self.actor), pk=id)).data)


class ConfirmZero(base.View):
    """Confirms that there is nothing to report; an officer may do so on the partner's behalf."""

    permission_classes = [roles({"POST": "partner officer"})]

    @documented(request=None, responses=ObligationAnswer)
    def post(self, request: Request, id: int) -> Response:
        obligation = self.one(selectors.obligations(self.actor), pk=id)
        return Response(ObligationAnswer(obligations.confirm_zero(actor=self.actor, obligation=obligation)).data)


class Excuse(base.View):
    """Excuses the organisation, with a reason."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=ExcuseBody, responses=ObligationAnswer)
    def post(self, request: Request, id: int) -> Response:
        obligation = self.one(selectors.obligations(self.actor), pk=id)
        excused = obligations.excuse(actor=self.actor, obligation=obligation, **self.read(ExcuseBody))
        return Response(ObligationAnswer(excused).data)


urlpatterns = [
    path("obligations/", Obligations.as_view(), name="obligations"),
    path("obligations/<int:id>/", OneObligation.as_view(), name="obligation"),
    path("obligations/<int:id>/confirm-zero/", ConfirmZero.as_view(), name="obligation-confirm-zero"),
    path("obligations/<int:id>/excuse/", Excuse.as_view(), name="obligation-excuse"),
]

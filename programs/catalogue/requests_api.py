"""Cohorts that partners ask for, over HTTP."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue import requests, selectors
from programs.catalogue.codes import BAD_CODE, CODE, MOST
from programs.catalogue.filters import CohortRequestFilter
from programs.catalogue.models import CohortRequest


class RequestAnswer(serializers.ModelSerializer):
    """A cohort that a partner asked for, and what the bureau answered."""

    organisation = base.CodeField()
    programme = base.CodeField()
    submission = serializers.IntegerField(source="submission_id", allow_null=True)
    cohort = base.CodeField(allow_null=True)
    asked_by = serializers.CharField(source="asked_by.username")

    class Meta:
        model = CohortRequest
        fields = [
            "id",
            "code",
            "organisation",
            "programme",
            "starts_on",
            "ends_on",
            "capacity",
            "explanation",
            "submission",
            "state",
            "reason",
            "cohort",
            "asked_by",
            "asked_at",
            "decided_at",
        ]


class RequestBody(serializers.Serializer):
    """The cohort that is missing."""

    code = serializers.RegexField(CODE, max_length=40, error_messages={"invalid": BAD_CODE})
    programme = base.CodeField(selectors.programmes)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST)
    explanation = serializers.CharField(required=False, allow_blank=True, max_length=requests.LONGEST)
    submission = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="From whose finding it is asked."
    )


class GrantBody(serializers.Serializer):
    """What shall differ from what was asked."""

    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST)


class RefuseBody(serializers.Serializer):
    """Why not."""

    reason = serializers.CharField(max_length=requests.LONGEST)


class CohortRequests(base.ListView):
    """Cohorts that partners ask for, the latest first; partners see and ask for their own."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "partner"})]
    name = "cohort-requests"
    serializer_class = RequestAnswer
    filterset_class = CohortRequestFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[CohortRequest]:
        return selectors.cohort_requests(self.actor)

    @documented(request=RequestBody, responses={201: RequestAnswer})
    def post(self, request: Request) -> Response:
        values = self.read(RequestBody)
        values["submission_id"] = values.pop("submission", None)
        return Response(self.get_serializer(requests.ask(actor=self.actor, **values)).data, status=201)


class OneRequest(base.View):
    """One request."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=RequestAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(RequestAnswer(self.one(selectors.cohort_requests(self.actor), pk=id)).data)


class Grant(base.View):
    """Opens the cohort; checked submissions that waited for it are checked again."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=GrantBody, responses=RequestAnswer)
    def post(self, request: Request, id: int) -> Response:
        asked = self.one(selectors.cohort_requests(self.actor), pk=id)
        return Response(RequestAnswer(requests.grant(actor=self.actor, request=asked, **self.read(GrantBody))).data)


class Refuse(base.View):
    """Refuses it, with a reason."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=RefuseBody, responses=RequestAnswer)
    def post(self, request: Request, id: int) -> Response:
        asked = self.one(selectors.cohort_requests(self.actor), pk=id)
        return Response(RequestAnswer(requests.refuse(actor=self.actor, request=asked, **self.read(RefuseBody))).data)


urlpatterns = [
    path("cohort-requests/", CohortRequests.as_view(), name="cohort-requests"),
    path("cohort-requests/<int:id>/", OneRequest.as_view(), name="cohort-request"),
    path("cohort-requests/<int:id>/grant/", Grant.as_view(), name="cohort-request-grant"),
    path("cohort-requests/<int:id>/refuse/", Refuse.as_view(), name="cohort-request-refuse"),
]

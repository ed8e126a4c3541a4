"""Endpoints over HTTP: administrators set up all, partners their own webhooks."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.selectors import organisations
from backend.api import base
from backend.api.base import CodeField
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.messages.deliveries.api import DeliveryAnswer, answers
from backend.messages.endpoints import selectors, services
from backend.messages.endpoints.filters import EndpointFilter
from backend.messages.endpoints.models import Endpoint

KEEPERS = "partner admin"
SECRET = "A robot’s own secret, from its settings; of a webhook it is made here."


class EndpointBody(serializers.Serializer):
    """An endpoint as it is written."""

    kind = serializers.ChoiceField(choices=Endpoint.Kind.choices)
    name = serializers.CharField(max_length=100)
    address = serializers.CharField(max_length=500)
    secret = serializers.CharField(max_length=200, required=False, allow_blank=True, write_only=True, help_text=SECRET)
    events = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=100)
    active = serializers.BooleanField(required=False)
    organisation = CodeField(organisations, required=False)


class EndpointChange(serializers.Serializer):
    """What may be changed of an endpoint."""

    name = serializers.CharField(max_length=100)
    address = serializers.CharField(max_length=500)
    secret = serializers.CharField(max_length=200, write_only=True, help_text=SECRET)
    events = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100)
    active = serializers.BooleanField()


class EndpointAnswer(serializers.Serializer):
    """An endpoint; of its address no more than may be seen."""

    id = serializers.IntegerField()
    organisation = CodeField()
    kind = serializers.ChoiceField(choices=Endpoint.Kind.choices)
    name = serializers.CharField()
    address = serializers.CharField(source="shown")
    events = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    previous_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the secret before the present one signs as well."
    )
    created_at = serializers.DateTimeField()


class NewEndpoint(EndpointAnswer):
    """An endpoint, with the secret that is shown this once."""

    secret = serializers.CharField(help_text="Of a webhook; keep it, nobody is told it again.")


class Rotation(serializers.Serializer):
    """How long the old secret goes on signing."""

    hours = serializers.IntegerField(required=False, default=services.ROTATION_HOURS)


class SecretAnswer(serializers.Serializer):
    """A secret, shown this once."""

    secret = serializers.CharField()


class Endpoints(base.ListView):
    """Endpoints, by number."""

    permission_classes = [roles({"GET": KEEPERS, "POST": KEEPERS})]
    name = "endpoints"
    serializer_class = EndpointAnswer
    filterset_class = EndpointFilter
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Endpoint]:
        return selectors.endpoints(self.actor)

    @documented(request=EndpointBody, responses={201: NewEndpoint})
    def post(self, request: Request) -> Response:
        endpoint, secret = services.create_endpoint(actor=self.actor, **self.read(EndpointBody))
        answer = {**EndpointAnswer(endpoint).data, "secret": secret}
        return Response(answer, status=201, headers={"Cache-Control": "no-store"})


class OneEndpoint(base.View):
    """One endpoint."""

    permission_classes = [roles({"GET": KEEPERS, "PATCH": KEEPERS})]

    @documented(responses=EndpointAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(EndpointAnswer(self.one(selectors.endpoints(self.actor), pk=id)).data)

    @documented(request=EndpointChange, responses=EndpointAnswer)
    def patch(self, request: Request, id: int) -> Response:
        endpoint = self.one(selectors.endpoints(self.actor), pk=id)
        changes = self.read(EndpointChange, partial=True)
        return Response(EndpointAnswer(services.update_endpoint(actor=self.actor, endpoint=endpoint, **changes)).data)


class Rotate(base.View):
    """A new secret for a webhook."""

    permission_classes = [roles({"POST": KEEPERS})]

    @documented(request=Rotation, responses=SecretAnswer)
    def post(self, request: Request, id: int) -> Response:
        endpoint = self.one(selectors.endpoints(self.actor), pk=id)
        secret = services.rotate_secret(actor=self.actor, endpoint=endpoint, **self.read(Rotation))
        return Response({"secret": secret}, headers={"Cache-Control": "no-store"})


class Test(base.View):
    """A test message to an endpoint."""

    permission_classes = [roles({"POST": KEEPERS})]

    @documented(request=None, responses={202: DeliveryAnswer})
    def post(self, request: Request, id: int) -> Response:
        endpoint = self.one(selectors.endpoints(self.actor), pk=id)
        delivery = services.send_test(actor=self.actor, endpoint=endpoint)
        return Response(answers([delivery])[0], status=202)


urlpatterns = [
    path("endpoints/", Endpoints.as_view()),
    path("endpoints/<int:id>/", OneEndpoint.as_view()),
    path("endpoints/<int:id>/rotate/", Rotate.as_view()),
    path("endpoints/<int:id>/test/", Test.as_view()),
]

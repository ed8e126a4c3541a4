"""Keys and their rotation over HTTP: which there are, how far a rotation is, and ordering one."""

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
from backend.rotation import selectors, services
from backend.rotation.models import Rotation
from backend.vault.models import VaultKey


class DataKeyAnswer(serializers.ModelSerializer):
    """A data key, without its secret."""

    class Meta:
        model = VaultKey
        fields = ["id", "purpose", "suite", "active", "wrapped_by", "created_at"]


class MasterKeyAnswer(serializers.Serializer):
    """A master key by its name."""

    name = serializers.CharField()
    held = serializers.BooleanField(help_text="FIELD_KEYS holds it.")
    first = serializers.BooleanField(help_text="It wraps new data keys.")
    wraps = serializers.IntegerField(help_text="How many data keys need it.")
    removable = serializers.BooleanField(help_text="It may be taken out of FIELD_KEYS.")


class KeysAnswer(serializers.Serializer):
    """The master keys and the data keys."""

    master_keys = MasterKeyAnswer(many=True)
    data_keys = DataKeyAnswer(many=True)


class RotationAnswer(serializers.ModelSerializer):
    """A rotation: what, how far, and what came of it."""

    started_by = serializers.CharField(source="started_by.username", allow_null=True, default=None)
    job = serializers.IntegerField(source="job_id", allow_null=True, help_text="The job of the present stretch.")

    class Meta:
        model = Rotation
        fields = [
            *("id", "what", "suite", "reason", "state", "stage", "done", "total", "result", "error", "job"),
            *("started_by", "started_at", "finished_at"),
        ]


class RotationBody(serializers.Serializer):
    """What is to be rotated, and why. One that has stopped goes on where it was."""

    what = serializers.ChoiceField(choices=Rotation.What.choices)
    reason = serializers.CharField(max_length=1000)


class Keys(base.View):
    """Which keys there are."""

    permission_classes = [roles({"GET": "admin"})]

    @documented(responses=KeysAnswer)
    def get(self, request: Request) -> Response:
        data = list(selectors.data_keys(self.actor))
        return Response(KeysAnswer({"master_keys": selectors.masters(data), "data_keys": data}).data)


class Rotations(base.ListView):
    """Rotations of keys, the latest first."""

    permission_classes = [roles({"GET": "admin", "POST": "admin"})]
    name = "rotations"
    serializer_class = RotationAnswer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Rotation]:
        return selectors.rotations(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return list(RotationAnswer(rows, many=True).data)

    @documented(request=RotationBody, responses={202: RotationAnswer})
    def post(self, request: Request) -> Response:
        rotation = services.start(actor=self.actor, **self.read(RotationBody))
        return Response(RotationAnswer(rotation).data, status=202)


class OneRotation(base.View):
    """One rotation."""

    permission_classes = [roles({"GET": "admin"})]

    @documented(responses=RotationAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(RotationAnswer(self.one(selectors.rotations(self.actor), pk=id)).data)


urlpatterns = [
    path("keys/", Keys.as_view()),
    path("rotations/", Rotations.as_view()),
    path("rotations/<int:id>/", OneRotation.as_view()),
]

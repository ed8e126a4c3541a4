"""Credentials over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.reference.selectors import label
from talent.credentials import selectors
from talent.credentials.filters import CredentialFilter
from talent.credentials.models import Credential

COLUMNS = {
    "id": "id",
    "person": "person_id",
    "record": "record_id",
    "organisation": "organisation__code",
    "kind": "kind",
    "code": "code",
    "school": "school",
    "held_from": "held_from",
    "state": "state",
}


class CredentialAnswer(serializers.Serializer):
    """An education or a title as one record claims it."""

    id = serializers.IntegerField()
    person = serializers.IntegerField()
    record = serializers.IntegerField()
    organisation = serializers.CharField()
    kind = serializers.ChoiceField(choices=Credential.Kind.choices)
    code = serializers.CharField()
    label = serializers.CharField(help_text="What the code stands for, in the reader's language.")  # type: ignore[assignment]
    school = serializers.CharField()
    held_from = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=Credential.State.choices)


def shown(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of credentials with their codes' names."""
    return [
        {name: row[source] for name, source in COLUMNS.items()} | {"label": label(row["kind"], row["code"])}
        for row in rows
    ]


class Credentials(base.ListView):
    """Education and titles that records claim, the latest first. Partners see their own records'."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "credentials"
    serializer_class = CredentialAnswer
    filterset_class = CredentialFilter
    ordering = ("-id",)
    columns = COLUMNS

    def get_queryset(self) -> QuerySet[Credential]:
        return selectors.credentials(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows)

    def header(self) -> list[str]:
        return list(CredentialAnswer().fields)


class OneCredential(base.View):
    """One credential."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=CredentialAnswer)
    def get(self, request: Request, id: int) -> Response:
        row = self.one(selectors.credentials(self.actor).values(*COLUMNS.values()), pk=id)
        return Response(shown([row])[0])


urlpatterns = [
    path("credentials/", Credentials.as_view()),
    path("credentials/<int:id>/", OneCredential.as_view()),
]

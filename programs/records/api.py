"""Records over HTTP; decisions on them are ``programs.review``'s."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue.models import Path
from programs.records import selectors
from programs.records.filters import RecordFilter
from programs.records.models import Amendment, Decision, Outcome, Record
from programs.records.showing import COLUMNS, HIGH_END, OTHER, shown, shown_whole


class RecordAnswer(serializers.Serializer):
    """A reported enrolment or introduction: what stands of it."""

    id = serializers.IntegerField()
    partner_ref = serializers.CharField()
    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked for roles that do not read names.")
    id_number = serializers.CharField(help_text="Masked.")
    organisation = serializers.CharField()
    programme = serializers.CharField()
    cohort = serializers.CharField(allow_null=True)
    path = serializers.ChoiceField(choices=Path.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    started_on = serializers.DateField()
    completed_on = serializers.DateField(allow_null=True)
    tier = serializers.ChoiceField(choices=[HIGH_END, OTHER])
    basis = serializers.CharField(help_text="The kind of the qualifying credential: education, title or nothing.")
    education = serializers.CharField()
    title = serializers.CharField()
    district = serializers.CharField()
    segment = serializers.CharField()
    state = serializers.ChoiceField(choices=Record.State.choices)
    pending = serializers.BooleanField(help_text="Whether an amendment of a verified record awaits review.")
    reason = serializers.CharField(help_text="Of the latest decision.")
    submission = serializers.IntegerField()
    row = serializers.IntegerField()
    reported_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ChangeAnswer(serializers.Serializer):
    """A column in which an amendment differs."""

    column = serializers.CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()


class AmendmentAnswer(serializers.Serializer):
    """Other values for a verified record."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Amendment.State.choices)
    reason = serializers.CharField()
    submission = serializers.IntegerField()
    row = serializers.IntegerField()
    reported_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class PendingAmendmentAnswer(AmendmentAnswer):
    """The amendment that awaits review."""

    changes = ChangeAnswer(many=True)


class DecisionAnswer(serializers.Serializer):
    """What was decided on a record or on an amendment of it."""

    decision = serializers.ChoiceField(choices=Decision.Kind.choices)
    amendment = serializers.IntegerField(allow_null=True)
    submission = serializers.IntegerField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Shown to staff.")


class RecordDetail(RecordAnswer):
    """A record with everything that is known of it."""

    values = serializers.DictField(help_text="By column; contacts and certificate numbers masked.")
    amendment = PendingAmendmentAnswer(allow_null=True)
    amendments = AmendmentAnswer(many=True)
    decisions = DecisionAnswer(many=True)


class Records(base.ListView):
    """What partners reported, the latest first. Partners see their own."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "records"
    serializer_class = RecordAnswer
    filterset_class = RecordFilter
    ordering = ("-id",)
    columns = COLUMNS

    def get_queryset(self) -> QuerySet[Record]:
        return selectors.records(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.actor)

    def header(self) -> list[str]:
        return list(RecordAnswer().fields)


class RecordView(base.View):
    """An address of one record, which answers with the whole of it."""

    def answer(self, id: int) -> dict[str, Any]:
        """The record ``id`` as the reader may see it. Raises NotFound."""
        found = selectors.records(self.actor)
        row = self.one(found.values(*COLUMNS.values()), pk=id)
        return shown_whole(found.get(pk=id), row, self.actor)


class OneRecord(RecordView):
    """One record with its values, its pending amendment and the decisions on it."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=RecordDetail)
    def get(self, request: Request, id: int) -> Response:
        return Response(self.answer(id))


urlpatterns = [
    path("records/", Records.as_view()),
    path("records/<int:id>/", OneRecord.as_view()),
]

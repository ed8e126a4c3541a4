"""Records over HTTP; decisions on them are ``programs.review``'s."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import scope
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue.models import Path
from programs.records import lateness_api, selectors
from programs.records.asking import asked_of, mended
from programs.records.filters import SORTED_BY, RecordFilter
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
    fields_asked = serializers.DictField(
        child=serializers.CharField(), help_text="Of a return: by column, what is to be mended."
    )
    undone_at = serializers.DateTimeField(allow_null=True)
    run = serializers.IntegerField(allow_null=True, help_text="By which it can be undone; shown to staff.")
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Shown to staff.")


class AskedAnswer(serializers.Serializer):
    """A column that was to be mended when the record was returned."""

    column = serializers.CharField()
    reason = serializers.CharField()
    mended = serializers.BooleanField(
        allow_null=True, help_text="Null: nothing was reported since, or it cannot be told."
    )


class ClaimedByAnswer(serializers.Serializer):
    """Which officer is at work on the record, and since when."""

    officer = serializers.CharField()
    claimed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    note = serializers.CharField()


class FirstAnswer(serializers.Serializer):
    """The first of two officers' verifications."""

    officer = serializers.CharField()
    verified_at = serializers.DateTimeField()


class RecordDetail(RecordAnswer):
    """A record with everything that is known of it."""

    asked = AskedAnswer(many=True)
    mended = ChangeAnswer(
        many=True, allow_null=True, help_text="Old and new values of one reported anew after a return."
    )
    claim = ClaimedByAnswer(allow_null=True, help_text="Shown to staff.")
    first_verification = FirstAnswer(allow_null=True, help_text="Shown to staff.")

    values = serializers.DictField(help_text="By column; contacts and certificate numbers masked.")
    amendment = PendingAmendmentAnswer(allow_null=True)
    amendments = AmendmentAnswer(many=True)
    decisions = DecisionAnswer(many=True)


class Records(base.ListView):
    """What partners reported, the latest first. Partners see their own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "records"
    serializer_class = RecordAnswer
    filterset_class = RecordFilter
    columns = COLUMNS

    @property
    def ordering(self) -> Sequence[str]:  # type: ignore[override]
        return SORTED_BY.get(self.request.query_params.get("sort", ""), SORTED_BY["latest"])

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
        return self._answer(id, selectors.records(self.actor))

    def answer_to_ones_act(self, id: int) -> dict[str, Any]:
        """The record ``id`` after the reader's own act, which may have taken it to a district that is not theirs."""
        if not self.actor.districts:
            return self.answer(id)
        with scope.whole(self.actor):
            return self._answer(id, Record.objects.all())

    def _answer(self, id: int, found: QuerySet[Record]) -> dict[str, Any]:
        row = self.one(found.values(*COLUMNS.values()), pk=id)
        record = found.get(pk=id)
        return shown_whole(record, row, self.actor) | self._beside(record)

    def _beside(self, record: Record) -> dict[str, Any]:
        """What was asked of the partner, and for staff who is at work on the record."""
        claim = selectors.claims_on([record.pk]).get(record.pk)
        first = selectors.first_verified([record.pk]).get(record.pk)
        return {
            "asked": [asdict(one) for one in asked_of(record)],
            "mended": mended(record),
            "claim": claim
            and {
                "officer": claim.officer.username,
                "claimed_at": claim.claimed_at,
                "expires_at": claim.expires_at,
                "note": claim.note,
            },
            "first_verification": first and {"officer": first.officer.username, "verified_at": first.verified_at},
        }


class OneRecord(RecordView):
    """One record with its values, its pending amendment and the decisions on it."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=RecordDetail)
    def get(self, request: Request, id: int) -> Response:
        return Response(self.answer(id))


urlpatterns = [
    path("records/", Records.as_view()),
    path("records/<int:id>/", OneRecord.as_view()),
    *lateness_api.urlpatterns,
]

"""Periods over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue.api import NewCode
from programs.periods import extensions_api, holidays_api, obligations_api, rates_api, schemes_api, selectors, services
from programs.periods.filters import PeriodFilter
from programs.periods.models import Period
from programs.periods.showing import GENERATED, note


class PeriodAnswer(serializers.ModelSerializer):
    """A period. ``note`` says so where its due day is an estimate."""

    note = serializers.SerializerMethodField()
    scheme = base.CodeField(allow_null=True)

    class Meta:
        model = Period
        fields = ["code", "frequency", "starts_on", "ends_on", "due_on", "locked_at", "provisional", "note", "scheme"]

    def get_note(self, period: Period) -> str:
        return note(period)


class PeriodBody(serializers.Serializer):
    """A period to be opened or changed."""

    code = NewCode(max_length=20)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    due_on = serializers.DateField()


class GenerateBody(serializers.Serializer):
    """Which periods to open: all of one frequency that have a day between from and to."""

    frequency = serializers.ChoiceField(GENERATED)
    to = serializers.DateField(source="last")
    working_days_after_end = serializers.IntegerField(min_value=0, max_value=services.DUE_WITHIN, default=10)

    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a word of Python's own, so it cannot be declared as an attribute.
        fields = super().get_fields()
        return {"frequency": fields.pop("frequency"), "from": serializers.DateField(source="first"), **fields}


class Generated(serializers.Serializer):
    """The codes of the periods that were opened, and of those that were there already."""

    created = serializers.ListField(child=serializers.CharField())
    existing = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField(), help_text="On due days that are estimates.")


class ReasonBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=2000)


class Periods(base.ListView):
    """Periods, in the order of their days."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    from_above = True
    name = "periods"
    serializer_class = PeriodAnswer
    filterset_class = PeriodFilter
    ordering = ("starts_on", "ends_on", "code")

    def get_queryset(self) -> QuerySet[Period]:
        return selectors.periods(self.actor)

    @documented(request=PeriodBody, responses={201: PeriodAnswer})
    def post(self, request: Request) -> Response:
        period = services.create_period(actor=self.actor, **self.read(PeriodBody))
        return Response(self.get_serializer(period).data, status=201)


class Generate(base.View):
    """Opens all periods of one frequency in a span, due on working days. Repeating it changes nothing."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=GenerateBody, responses={200: Generated, 201: Generated})
    def post(self, request: Request) -> Response:
        generated = services.generate_periods(actor=self.actor, **self.read(GenerateBody))
        answer: dict[str, Any] = {
            "created": [period.code for period in generated.created],
            "existing": [period.code for period in generated.existing],
            "notes": [
                f"{period.code}: {note(period)}"
                for period in (*generated.created, *generated.existing)
                if period.provisional
            ],
        }
        return Response(answer, status=201 if generated.created else 200)


class OnePeriod(base.View):
    """One period."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer"})]
    from_above = True

    @documented(responses=PeriodAnswer)
    def get(self, request: Request, code: str) -> Response:
        return Response(PeriodAnswer(self.one(selectors.periods(self.actor), code=code)).data)

    @documented(request=PeriodBody(partial=True), responses=PeriodAnswer)
    def patch(self, request: Request, code: str) -> Response:
        period = self.one(selectors.periods(self.actor), code=code)
        changed = services.change_period(actor=self.actor, period=period, **self.read(PeriodBody, partial=True))
        return Response(PeriodAnswer(changed).data)


class Lock(base.View):
    """Closes a period, with a reason: nothing more is submitted for it."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=ReasonBody, responses=PeriodAnswer)
    def post(self, request: Request, code: str) -> Response:
        period = self.one(selectors.periods(self.actor), code=code)
        locked = services.lock_period(actor=self.actor, period=period, **self.read(ReasonBody))
        return Response(PeriodAnswer(locked).data)


class Unlock(base.View):
    """Opens a locked period again, with a reason."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=ReasonBody, responses=PeriodAnswer)
    def post(self, request: Request, code: str) -> Response:
        period = self.one(selectors.periods(self.actor), code=code)
        unlocked = services.unlock_period(actor=self.actor, period=period, **self.read(ReasonBody))
        return Response(PeriodAnswer(unlocked).data)


urlpatterns = [
    path("periods/", Periods.as_view(), name="periods"),
    path("periods/generate/", Generate.as_view(), name="periods-generate"),
    path("periods/<str:code>/", OnePeriod.as_view(), name="period"),
    path("periods/<str:code>/lock/", Lock.as_view(), name="period-lock"),
    path("periods/<str:code>/unlock/", Unlock.as_view(), name="period-unlock"),
    *extensions_api.urlpatterns,
    *holidays_api.urlpatterns,
    *obligations_api.urlpatterns,
    *rates_api.urlpatterns,
    *schemes_api.urlpatterns,
]

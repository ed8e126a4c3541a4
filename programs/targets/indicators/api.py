"""Indicators over HTTP: what the plan's other goals stand at, as officers and managers report it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.targets import books
from programs.targets.books import Moment
from programs.targets.indicators import selectors, services
from programs.targets.indicators.filters import IndicatorFilter, IndicatorValueFilter
from programs.targets.indicators.models import Indicator, IndicatorValue
from programs.targets.indicators.showing import answered, plain
from programs.targets.parameters import MomentParameters, told

READERS: list[Any] = [roles({"GET": "officer manager admin"})]
NAMES = ("as_of", "known_at")


class IndicatorAnswer(serializers.Serializer):
    """An indicator with the latest value known of it."""

    code = serializers.CharField()
    plan = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    unit_zh = serializers.CharField()
    unit_en = serializers.CharField()
    goal = serializers.CharField(help_text="A decimal.")
    direction = serializers.ChoiceField(Indicator.Direction.choices)
    said_zh = serializers.CharField(help_text="The goal in the words in which it was published.")
    said_en = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text="A decimal; null where none was reported.")
    value_as_of = serializers.DateField(allow_null=True)
    value_source = serializers.CharField(allow_blank=True)
    completion_rate = serializers.FloatField(allow_null=True, help_text="Value over goal.")
    reached = serializers.BooleanField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        # "source" is a word of the base class's own, so it cannot be declared as an attribute.
        published = serializers.CharField(help_text="Where the goal was published.")
        return {**super().get_fields(), "source": published}


class OneIndicatorAnswer(IndicatorAnswer):
    """An indicator at a moment."""

    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()


class ValueAnswer(serializers.Serializer):
    """A value that was reported; ``superseded`` where a later one corrects it."""

    id = serializers.IntegerField()
    value = serializers.CharField(help_text="A decimal.")
    as_of = serializers.DateField(help_text="The day that it is of.")
    reported_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    superseded = serializers.BooleanField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "source": serializers.CharField()}


class ValueBody(serializers.Serializer):
    """A value on a day, and where it is from."""

    value = serializers.DecimalField(max_digits=21, decimal_places=6, min_value=0)
    as_of = serializers.DateField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "source": serializers.CharField(max_length=services.LONGEST_SOURCE)}


def value_answer(row: IndicatorValue) -> dict[str, Any]:
    """A value as it is answered."""
    return {
        "id": row.pk,
        "value": plain(row.value),
        "as_of": row.as_of,
        "reported_by": row.reported_by.username,
        "recorded_at": row.recorded_at,
        "superseded": getattr(row, "superseded", False),
        "source": row.source,
    }


class AtAMoment(base.View):
    """What is read of indicators, at a moment."""

    permission_classes = READERS

    @cached_property
    def moment(self) -> Moment:
        asked = self.params(MomentParameters, [*self.request.query_params] if self.listed else ())
        return books.moment(as_of=asked.get("as_of"), known_at=asked.get("known_at"))

    listed = False


@documented(parameters=[MomentParameters])
class Indicators(AtAMoment, base.ListView):
    """The plan's other published goals, each with the latest value known of it."""

    name = "indicators"
    serializer_class = IndicatorAnswer
    filterset_class = IndicatorFilter
    parameters = NAMES
    ordering = ("plan__code", "position")
    listed = True

    def get_queryset(self) -> QuerySet[Indicator]:
        self.moment  # noqa: B018 - refuses what it cannot read before anything is read
        return selectors.indicators(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [answered(one) for one in selectors.known(self.actor, rows, self.moment)]


class OneIndicator(AtAMoment):
    """One indicator with the latest value known of it."""

    @documented(responses=OneIndicatorAnswer, parameters=[MomentParameters])
    def get(self, request: Request, code: str) -> Response:
        moment = self.moment
        indicator = self.one(selectors.indicators(self.actor), code=code)
        [one] = selectors.known(self.actor, [indicator], moment)
        return Response({**answered(one), **told(moment)})


@documented(parameters=[MomentParameters])
class Values(AtAMoment, base.ListView):
    """The values reported of an indicator, the latest day first, corrected ones too; reporting another."""

    permission_classes = [roles({"GET": "officer manager admin", "POST": "officer manager"})]
    name = "indicator-values"
    serializer_class = ValueAnswer
    filterset_class = IndicatorValueFilter
    queryset = IndicatorValue.objects.none()  # what the schema goes by; each indicator has its own
    parameters = NAMES
    ordering = ("-as_of", "-recorded_at")
    listed = True

    def get_queryset(self) -> QuerySet[IndicatorValue]:
        if getattr(self, "swagger_fake_view", False):
            return IndicatorValue.objects.none()
        moment = self.moment
        indicator = self.one(selectors.indicators(self.actor), code=self.kwargs["code"])
        return selectors.reported(self.actor, indicator, moment)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [value_answer(row) for row in rows]

    def header(self) -> list[str]:
        return list(ValueAnswer().fields)

    @documented(request=ValueBody, responses={201: ValueAnswer})
    def post(self, request: Request, code: str) -> Response:
        indicator = self.one(selectors.indicators(self.actor), code=code)
        row = services.report_value(indicator=indicator, actor=self.actor, **self.read(ValueBody))
        return Response(value_answer(row), status=201)


urlpatterns = [
    path("indicators/", Indicators.as_view(), name="indicators"),
    path("indicators/<str:code>/", OneIndicator.as_view(), name="indicator"),
    path("indicators/<str:code>/values/", Values.as_view(), name="indicator-values"),
]

"""The figures of recruitment over HTTP: funnel, time in stage, source yield, demand filled; each as of a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from rest_framework import serializers

from backend.accounts.models import User
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.clock import today
from backend.lists.filters import StrictFilterSet, filtered
from programs.recruitment import demand, figures, selectors
from programs.recruitment.budgets import spent
from programs.recruitment.labels import labels_of
from programs.recruitment.models import Candidate, PositionEdition
from programs.recruitment.stages import WAY
from talent.people.filters import WholeFilter


class FigureFilter(StrictFilterSet):
    """Whom a figure is of: candidates by organisation, campaign, source, position, owner, and the days of entry."""

    organisation = filters.CharFilter(field_name="organisation__code")
    campaign = filters.CharFilter(field_name="campaign__code")
    source = filters.CharFilter()
    position = WholeFilter("position_id")
    owner = filters.CharFilter(field_name="owner__username")
    entered_from = filters.DateFilter(field_name="entered_on", lookup_expr="gte")
    entered_to = filters.DateFilter(field_name="entered_on", lookup_expr="lte")

    class Meta:
        model = Candidate
        fields: list[str] = []


class DemandFilter(StrictFilterSet):
    """Which positions: by organisation, what was asked for on the day, and whether they were open then."""

    organisation = filters.CharFilter(field_name="organisation__code")
    position = WholeFilter("position_id")
    occupation = filters.CharFilter()
    level = filters.CharFilter()
    segment = filters.CharFilter()
    district = filters.CharFilter()
    live = filters.BooleanFilter(method="by_live")

    class Meta:
        model = PositionEdition
        fields: list[str] = []

    def by_live(self, queryset: QuerySet[PositionEdition], name: str, value: bool) -> QuerySet[PositionEdition]:
        return queryset.filter(Q(live=1 if value else 0))


class FunnelParameters(serializers.Serializer):
    """How a figure is split, and as of which day (default: today)."""

    by = serializers.ChoiceField(figures.BY, default="none")
    as_of = serializers.DateField(required=False)


class YieldParameters(FunnelParameters):
    """What yields are told of."""

    by = serializers.ChoiceField(("source", "campaign"), default="source")


class DemandParameters(FunnelParameters):
    """What demand is split by."""

    by = serializers.ChoiceField(demand.BY, default="none")


class KeyedAnswer(serializers.Serializer):
    """One part of a figure; ``unspecified`` are those who have no such key."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the property


class FunnelAnswer(KeyedAnswer):
    """How many reached each stage, and which share of those who reached the one before."""

    sourced = serializers.IntegerField()
    applied = serializers.IntegerField()
    screened = serializers.IntegerField()
    interview = serializers.IntegerField()
    offer = serializers.IntegerField()
    accepted = serializers.IntegerField()
    arrived = serializers.IntegerField()
    verified = serializers.IntegerField()
    declined = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    live = serializers.IntegerField()
    applied_rate = serializers.FloatField(allow_null=True)
    screened_rate = serializers.FloatField(allow_null=True)
    interview_rate = serializers.FloatField(allow_null=True)
    offer_rate = serializers.FloatField(allow_null=True)
    accepted_rate = serializers.FloatField(allow_null=True)
    arrived_rate = serializers.FloatField(allow_null=True)
    verified_rate = serializers.FloatField(allow_null=True, help_text="Of those who arrived.")
    overall_rate = serializers.FloatField(allow_null=True, help_text="Arrived, of those sourced.")


class TimesAnswer(KeyedAnswer):
    """How many days candidates stand in a stage; null: fewer than that share have left, as far as can be told."""

    stage = serializers.ChoiceField(figures.TIMED)
    ended = serializers.IntegerField()
    open = serializers.IntegerField()
    quarter = serializers.IntegerField(allow_null=True)
    median = serializers.IntegerField(allow_null=True)
    three_quarters = serializers.IntegerField(allow_null=True)


class YieldAnswer(KeyedAnswer):
    """What a source or a campaign yields; money in fen."""

    sourced = serializers.IntegerField()
    arrived = serializers.IntegerField()
    verified = serializers.IntegerField()
    arrived_rate = serializers.FloatField(allow_null=True)
    verified_rate = serializers.FloatField(allow_null=True)
    spent = serializers.IntegerField(allow_null=True)
    cost_per_arrival = serializers.IntegerField(allow_null=True)


class DemandAnswer(KeyedAnswer):
    """Places wanted, people arrived and verified, and places that are open still."""

    positions = serializers.IntegerField()
    wanted = serializers.IntegerField()
    arrived = serializers.IntegerField()
    verified = serializers.IntegerField()
    left = serializers.IntegerField()
    filled_rate = serializers.FloatField(allow_null=True)


def funnel_rows(rows: QuerySet[Candidate], day: dt.date, by: str) -> Iterable[dict[str, Any]]:
    """Funnels as they are answered."""
    for one in figures.funnel(rows, day, by):
        yield {
            "key": one.key,
            **one.reached,
            "verified": one.verified,
            "declined": one.declined,
            "withdrawn": one.withdrawn,
            "live": one.live,
            **{f"{stage.value}_rate": one.conversion(stage) for stage in WAY[1:]},
            "verified_rate": figures.ratio(one.verified, one.arrived),
            "overall_rate": figures.ratio(one.arrived, one.sourced),
        }


def times_rows(rows: QuerySet[Candidate], day: dt.date, by: str) -> Iterable[dict[str, Any]]:
    """Times in stage as they are answered."""
    for one in figures.times(rows, day, by):
        quarter, median, three_quarters = one.quartiles
        yield {
            "key": one.key,
            "stage": one.stage,
            "ended": one.ended,
            "open": one.open,
            "quarter": quarter,
            "median": median,
            "three_quarters": three_quarters,
        }


def yield_rows(rows: QuerySet[Candidate], day: dt.date, by: str, actor: User) -> Iterable[dict[str, Any]]:
    """Yields as they are answered, with what ``actor`` may see of the budgets."""
    for one in figures.yields(rows, day, by, spent(actor)):
        yield {
            "key": one.key,
            "sourced": one.sourced,
            "arrived": one.arrived,
            "verified": one.verified,
            "arrived_rate": figures.ratio(one.arrived, one.sourced),
            "verified_rate": figures.ratio(one.verified, one.sourced),
            "spent": one.spent,
            "cost_per_arrival": one.cost_per_arrival,
        }


def demand_rows(rows: QuerySet[PositionEdition], by: str) -> Iterable[dict[str, Any]]:
    """Demand as it is answered."""
    for one in demand.demand(rows, by):
        yield {
            "key": one.key,
            "positions": one.positions,
            "wanted": one.wanted,
            "arrived": one.arrived,
            "verified": one.verified,
            "left": one.left,
            "filled_rate": one.filled,
        }


class FigureView(base.ListView):
    """A figure of the candidates whom the actor may see; filters say of which."""

    permission_classes = [roles({"GET": EVERYONE})]
    filterset_class: ClassVar[Any] = FigureFilter
    parameters = ("by", "as_of")
    asked: type[serializers.Serializer] = FunnelParameters

    def get_queryset(self) -> Any:
        known = self.filterset_class.names()
        asked = self.params(self.asked, known=[*known])
        day = asked.get("as_of") or today()
        rows = filtered(self.filterset_class, self.request.query_params, self.among(day), self.request)
        return self.labelled(list(self.worked_out(rows, day, asked["by"])), asked["by"])

    def among(self, day: dt.date) -> QuerySet:
        """The rows that the figure may be of."""
        return selectors.candidates(self.actor)

    def worked_out(self, rows: QuerySet, day: dt.date, by: str) -> Iterable[Mapping[str, Any]]:
        """The figure's parts."""
        raise NotImplementedError

    def labelled(self, rows: list[Mapping[str, Any]], by: str) -> list[dict[str, Any]]:
        """The parts with what their keys are called."""
        names = labels_of(by, [row["key"] for row in rows])
        return [{"key": row["key"], "label": names[row["key"]]} | dict(row) for row in rows]


class FunnelFigure(FigureView):
    """How many candidates ever reached each stage by a day, split by what is asked."""

    name = "recruitment-funnel"
    serializer_class = FunnelAnswer

    def worked_out(self, rows: QuerySet, day: dt.date, by: str) -> Iterable[Mapping[str, Any]]:
        return funnel_rows(rows, day, by)


class TimesFigure(FigureView):
    """How long candidates stand in each stage: median and quartiles, by Kaplan and Meier's estimate."""

    name = "recruitment-times"
    serializer_class = TimesAnswer

    def worked_out(self, rows: QuerySet, day: dt.date, by: str) -> Iterable[Mapping[str, Any]]:
        return times_rows(rows, day, by)


class SourcesFigure(FigureView):
    """What each source, or campaign, yields, and what an arrival has cost."""

    name = "recruitment-sources"
    serializer_class = YieldAnswer
    asked = YieldParameters

    def worked_out(self, rows: QuerySet, day: dt.date, by: str) -> Iterable[Mapping[str, Any]]:
        return yield_rows(rows, day, by, self.actor)


class DemandFigure(FigureView):
    """Places wanted as of a day, and who has arrived for them."""

    name = "recruitment-demand"
    serializer_class = DemandAnswer
    filterset_class: ClassVar[Any] = DemandFilter
    asked = DemandParameters

    def among(self, day: dt.date) -> QuerySet:
        return demand.as_of(self.actor, day)

    def worked_out(self, rows: QuerySet, day: dt.date, by: str) -> Iterable[Mapping[str, Any]]:
        return demand_rows(rows, by)


urlpatterns = [
    path("recruitment/funnel/", FunnelFigure.as_view()),
    path("recruitment/times/", TimesFigure.as_view()),
    path("recruitment/sources/", SourcesFigure.as_view()),
    path("recruitment/demand/", DemandFigure.as_view()),
]

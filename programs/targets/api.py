"""Plans, targets and their figures over HTTP. For officers, managers and administrators; partners see none of them."""

from collections.abc import Sequence
from dataclasses import asdict
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
from programs.targets import books, previews_api, recounts_api, selectors
from programs.targets.answers import (
    ChangesAnswer,
    FigureAnswer,
    HeadAnswer,
    PartAnswer,
    PlanAnswer,
    PointAnswer,
    TargetAnswer,
)
from programs.targets.books import Moment
from programs.targets.filters import HeadFilter
from programs.targets.models import LedgerEntry, Plan, Target
from programs.targets.pagination import MomentPagination
from programs.targets.parameters import (
    BreakdownParameters,
    ChangesParameters,
    MomentParameters,
    SeriesParameters,
    told,
)
from programs.targets.readings import Reading, between
from programs.targets.showing import HEAD_COLUMNS, shown_heads

READERS: list[Any] = [roles({"GET": "officer manager admin"})]


class Plans(base.ListView):
    """The loaded plans, with their tiers and the rule of who counts."""

    permission_classes = READERS
    name = "plans"
    serializer_class = PlanAnswer
    ordering = ("code",)

    def get_queryset(self) -> QuerySet[Plan]:
        return selectors.plans(self.actor)


class OnePlan(base.View):
    """One plan."""

    permission_classes = READERS

    @documented(responses=PlanAnswer)
    def get(self, request: Request, code: str) -> Response:
        return Response(PlanAnswer(self.one(selectors.plans(self.actor), code=code)).data)


class Targets(base.ListView):
    """The targets of every plan; a target's own address has its figure."""

    permission_classes = READERS
    name = "targets"
    serializer_class = TargetAnswer
    ordering = ("plan__code", "position")

    def get_queryset(self) -> QuerySet[Target]:
        return selectors.targets(self.actor)


class AtAMoment(base.View):
    """What every reading of a target's ledger has: the target, the moment, and the entries it is made of."""

    permission_classes = READERS
    parameters_class: type[serializers.Serializer] = MomentParameters
    filterset_class: type[HeadFilter] | None = HeadFilter

    @cached_property
    def target(self) -> Target:
        return self.one(selectors.targets(self.actor), code=self.kwargs["code"])

    @cached_property
    def asked(self) -> dict[str, Any]:
        return self.params(self.parameters_class, self.filterset_class.names() if self.filterset_class else ())

    @cached_property
    def moment(self) -> Moment:
        return books.moment(as_of=self.asked.get("as_of"), known_at=self.asked.get("known_at"))

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that the address gives."""
        given, names = self.request.query_params, self.filterset_class.names() if self.filterset_class else ()
        return {name: given[name] for name in names if name in given}

    @cached_property
    def ledger(self) -> Reading:
        moment = self.moment  # first, so that a bad parameter is told before a target that is not there
        return Reading(self.actor, self.target, moment, self.chosen)


class ListAtAMoment(AtAMoment, base.ListView):
    """A list read at a moment."""

    pagination_class = MomentPagination
    queryset = LedgerEntry.objects.none()  # what the schema goes by; each list has its own

    def heads(self) -> int:
        """How many heads the entries come to."""
        return self.ledger.achieved()


class OneTarget(AtAMoment):
    """A target's figure: what is achieved, at what pace, and where it will land."""

    filterset_class = None

    @documented(responses=FigureAnswer, parameters=[MomentParameters])
    def get(self, request: Request, code: str) -> Response:
        figure = asdict(self.ledger.figure())
        return Response({**TargetAnswer(self.target).data, **told(self.moment), **figure})


@documented(parameters=[SeriesParameters])
class Series(ListAtAMoment):
    """A target's course by month, quarter or year: increments, sums, the plan's line, and both comparisons."""

    name = "series"
    serializer_class = PointAnswer
    parameters_class = SeriesParameters
    parameters = ("by", "as_of", "known_at")

    def get_queryset(self) -> Any:
        return [asdict(point) for point in self.ledger.course(self.asked["by"])]


@documented(parameters=[BreakdownParameters])
class Breakdown(ListAtAMoment):
    """A target's figure taken apart; the parts sum to the figure, blanks stand under ``unspecified``."""

    name = "breakdown"
    serializer_class = PartAnswer
    parameters_class = BreakdownParameters
    parameters = ("by", "as_of", "known_at")

    def get_queryset(self) -> Any:
        return [asdict(part) for part in self.ledger.parts(self.asked["by"])]


@documented(parameters=[MomentParameters])
class People(ListAtAMoment):
    """Exactly the people behind the figure; names masked for roles that do not read names."""

    name = "people"
    serializer_class = HeadAnswer
    parameters = ("as_of", "known_at")
    ordering = ("person_id",)
    columns = HEAD_COLUMNS

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        self.asked  # noqa: B018 - refuses what it does not know before anything is read
        return selectors.counted(self.actor, self.target, self.moment)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown_heads(rows, self.actor)

    def header(self) -> list[str]:
        return list(HeadAnswer().fields)


class Changes(AtAMoment):
    """Why the figure moved between two moments: the same day, as the books stood then and then."""

    parameters_class = ChangesParameters

    @documented(responses=ChangesAnswer, parameters=[ChangesParameters])
    def get(self, request: Request, code: str) -> Response:
        asked = self.asked
        movement = between(
            self.actor,
            self.target,
            since=asked.get("from"),
            until=asked.get("to"),
            as_of=asked.get("as_of"),
            chosen=self.chosen,
        )
        answer = {
            "as_of": movement.until.as_of,
            "from": told(movement.since)["known_at"],
            "to": told(movement.until)["known_at"],
            "opening": movement.opening,
            "entries": [
                {
                    "reason": one.reason,
                    "delta": one.delta,
                    "counted": one.counted,
                    "taken_back": one.taken_back,
                }
                for one in movement.moved
            ],
            "closing": movement.closing,
        }
        return Response(answer)


urlpatterns = [
    *previews_api.urlpatterns,
    *recounts_api.urlpatterns,
    path("plans/", Plans.as_view(), name="plans"),
    path("plans/<str:code>/", OnePlan.as_view(), name="plan"),
    path("targets/", Targets.as_view(), name="targets"),
    path("targets/<str:code>/", OneTarget.as_view(), name="target"),
    path("targets/<str:code>/series/", Series.as_view(), name="target-series"),
    path("targets/<str:code>/breakdown/", Breakdown.as_view(), name="target-breakdown"),
    path("targets/<str:code>/people/", People.as_view(), name="target-people"),
    path("targets/<str:code>/changes/", Changes.as_view(), name="target-changes"),
]

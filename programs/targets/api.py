"""Plans, targets and their figures over HTTP. For officers, managers and administrators; partners see none of them."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.lists.filters import narrow
from backend.problems import Invalid
from programs.targets import books, figures, selectors, series
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
from programs.targets.parameters import (
    BreakdownParameters,
    ChangesParameters,
    MomentPagination,
    MomentParameters,
    SeriesParameters,
    told,
)
from talent.people.naming import shown_name

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
    def span(self) -> figures.Span:
        return figures.Span(self.target.starts_on, self.target.ends_on)

    def entries(self, moment: Moment) -> QuerySet[LedgerEntry]:
        """The entries known by ``moment``, narrowed as the address asks."""
        found = selectors.entries(self.actor, self.target, moment)
        if self.filterset_class is None:
            return found
        given = self.request.query_params
        wanted = {name: given[name] for name in self.filterset_class.names() if name in given}
        return narrow(self.filterset_class, wanted, found, request=self.request)


class ListAtAMoment(AtAMoment, base.ListView):
    """A list read at a moment."""

    pagination_class = MomentPagination
    queryset = LedgerEntry.objects.none()  # what the schema goes by; each list has its own

    def heads(self) -> int:
        """How many heads the entries come to."""
        return selectors.achieved(self.entries(self.moment))


class OneTarget(AtAMoment):
    """A target's figure: what is achieved, at what pace, and where it will land."""

    filterset_class = None

    @documented(responses=FigureAnswer, parameters=[MomentParameters])
    def get(self, request: Request, code: str) -> Response:
        heads = selectors.heads_by_day(self.entries(self.moment))
        figure = figures.figure(goal=self.target.goal, span=self.span, heads=heads, as_of=self.moment.as_of)
        return Response({**TargetAnswer(self.target).data, **told(self.moment), **asdict(figure)})


@documented(parameters=[SeriesParameters])
class Series(ListAtAMoment):
    """A target's course by month, quarter or year: increments, sums, the plan's line, and both comparisons."""

    name = "series"
    serializer_class = PointAnswer
    parameters_class = SeriesParameters
    parameters = ("by", "as_of", "known_at")

    def get_queryset(self) -> Any:
        heads = selectors.heads_by_day(self.entries(self.moment))
        points = series.course(
            by=self.asked["by"], goal=self.target.goal, span=self.span, heads=heads, as_of=self.moment.as_of
        )
        return [asdict(point) for point in points]


@documented(parameters=[BreakdownParameters])
class Breakdown(ListAtAMoment):
    """A target's figure taken apart; the parts sum to the figure, blanks stand under ``unspecified``."""

    name = "breakdown"
    serializer_class = PartAnswer
    parameters_class = BreakdownParameters
    parameters = ("by", "as_of", "known_at")

    def get_queryset(self) -> Any:
        return [asdict(part) for part in selectors.breakdown(self.entries(self.moment), self.asked["by"])]


@documented(parameters=[MomentParameters])
class People(ListAtAMoment):
    """Exactly the people behind the figure; names masked for roles that do not read names."""

    name = "people"
    serializer_class = HeadAnswer
    parameters = ("as_of", "known_at")
    ordering = ("person_id",)
    columns = {
        "person": "person_id",
        "name": "person__name",
        "effective_on": "effective_on",
        "organisation": "organisation__code",
        "programme": "programme__code",
        "path": "path",
        "basis": "basis",
        "district": "district",
        "segment": "segment",
        "record": "record_id",
    }

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        self.asked  # noqa: B018 - refuses what it does not know before anything is read
        return selectors.counted(self.actor, self.target, self.moment)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        shown = super().present(rows)
        contributors = selectors.contributors(row["person"] for row in shown)
        return [
            {
                **row,
                "name": shown_name(row["name"], self.actor),
                "contributors": contributors.get(row["person"], []),
            }
            for row in shown
        ]

    def header(self) -> list[str]:
        return list(HeadAnswer().fields)


class Changes(AtAMoment):
    """Why the figure moved between two moments: the same day, as the books stood then and then."""

    parameters_class = ChangesParameters

    @documented(responses=ChangesAnswer, parameters=[ChangesParameters])
    def get(self, request: Request, code: str) -> Response:
        since, until = self.asked.get("from"), self.asked.get("to")
        if since and until and since > until:
            raise Invalid([("from", "invalid", _("The first moment lies after the second: exchange from and to."))])
        closing = books.moment(as_of=self.asked.get("as_of"), known_at=until)
        start = books.start_of(self.target.starts_on)
        opening = Moment(closing.as_of, min(since or start, closing.known_at))
        opened_with = selectors.achieved(self.entries(opening))
        moved = selectors.moved(self.entries(closing), opening.known_at)
        entries = [
            {"reason": reason, "delta": counted - taken_back, "counted": counted, "taken_back": taken_back}
            for reason, (counted, taken_back) in sorted(moved.items())
        ]
        answer = {
            "as_of": closing.as_of,
            "from": told(opening)["known_at"],
            "to": told(closing)["known_at"],
            "opening": opened_with,
            "entries": entries,
            "closing": opened_with + sum(counted - taken_back for counted, taken_back in moved.values()),
        }
        return Response(answer)


urlpatterns = [
    path("plans/", Plans.as_view(), name="plans"),
    path("plans/<str:code>/", OnePlan.as_view(), name="plan"),
    path("targets/", Targets.as_view(), name="targets"),
    path("targets/<str:code>/", OneTarget.as_view(), name="target"),
    path("targets/<str:code>/series/", Series.as_view(), name="target-series"),
    path("targets/<str:code>/breakdown/", Breakdown.as_view(), name="target-breakdown"),
    path("targets/<str:code>/people/", People.as_view(), name="target-people"),
    path("targets/<str:code>/changes/", Changes.as_view(), name="target-changes"),
]

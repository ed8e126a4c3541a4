"""Plans, targets and their figures over HTTP. For officers, managers and administrators; partners see none of them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import path, reverse
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.schema import documented
from programs.targets import (
    amending,
    books,
    elapsed,
    gap_api,
    gaps,
    previews_api,
    recounts_api,
    selectors,
    waterfall_api,
)
from programs.targets.answers import (
    ChangesAnswer,
    FigureAnswer,
    HeadAnswer,
    PartAnswer,
    PlanAnswer,
    PointAnswer,
    TargetAnswer,
)
from programs.targets.at_a_moment import READERS, AtAMoment, ListAtAMoment
from programs.targets.landing.showing import landed
from programs.targets.models import LedgerEntry, Plan, Target
from programs.targets.parameters import (
    BreakdownParameters,
    ChangesParameters,
    MomentParameters,
    PeopleParameters,
    SeriesParameters,
    told,
)
from programs.targets.readings import Movement, between
from programs.targets.showing import HEAD_COLUMNS, shown_heads
from programs.targets.staying import selectors as staying


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

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return super().present([terms.target for terms in amending.terms(rows, books.moment())])


class OneTarget(AtAMoment):
    """A target's figure: what is achieved, at what pace, and where it will land."""

    filterset_class = None

    @documented(responses=FigureAnswer, parameters=[MomentParameters])
    def get(self, request: Request, code: str) -> Response:
        figure, judged = self.ledger.figure(), self.ledger.judged()
        terms = self.ledger.terms
        since = {"in_force_from": terms.version.valid_from, "amendment": terms.version.source}
        answer = {**TargetAnswer(terms.target).data, **told(self.moment), **since, **asdict(figure)}
        finished = judged and {**asdict(judged), "ahead": judged.ahead}
        answer |= {"landing": landed(figure.landing), "ahead": elapsed.ahead(figure), "finished": finished}
        answer["still_here"] = self.ledger.still_here()
        return Response(answer)


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
    """A target's figure taken apart; the parts sum to the figure, blanks stand under ``unspecified``.

    By organisation it tells beside the credit how many of those who count each has contributed to: has a verified
    record of. Null where that cannot be told exactly: narrowed, or at a moment at which the gap was not worked out.
    Rolled up it tells ``members`` instead: whose heads stand under the part, to be looked up among the people.
    """

    name = "breakdown"
    serializer_class = PartAnswer
    parameters_class = BreakdownParameters
    parameters = ("by", "roll_up", "as_of", "known_at")

    def get_queryset(self) -> Any:
        by, roll_up = self.asked["by"], self.asked.get("roll_up")
        if roll_up is not None:
            parts = self.ledger.parts(by, roll_up)
            return [
                {name: getattr(part, name) for name in ("key", "label", "achieved", "still_here")}
                | {"members": list(part.members)}
                for part in parts
            ]
        if by == "organisation":
            names = self.header()
            return [{name: getattr(part, name) for name in names} for part in gaps.contributions(self.ledger)]
        return [{name: getattr(part, name) for name in self.header()} for part in self.ledger.parts(by)]

    def header(self) -> list[str]:
        names = ["key", "label", "achieved", "still_here"]
        if self.asked.get("roll_up") is not None:
            return [*names, "members"]
        return [*names, "contributed"] if self.asked["by"] == "organisation" else names


@documented(parameters=[PeopleParameters])
class People(ListAtAMoment):
    """Exactly the people behind the figure; names masked for roles that do not read names.

    ``left=true`` gives those of them who have left, ``left=false`` those who are still here.
    """

    name = "people"
    serializer_class = HeadAnswer
    parameters_class = PeopleParameters
    parameters = ("as_of", "known_at", "left")
    ordering = ("person_id",)
    columns = HEAD_COLUMNS

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        self.asked  # noqa: B018 - refuses what it does not know before anything is read
        found = selectors.counted(self.actor, self.target, self.moment)
        return staying.narrowed(found, self.target, self.moment, left=self.asked["left"])

    def heads(self) -> int:
        if self.actor.districts:
            return int(self.filter_queryset(self.get_queryset()).count())
        left, departed = self.asked["left"], -sum(self.ledger.departures.values())
        return departed if left else super().heads() - (0 if left is None else departed)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        away = staying.away(self.target, self.moment, [row["person_id"] for row in rows])
        return [one | {"left_on": away.get(one["person"])} for one in shown_heads(rows, self.actor)]

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
                    "moved_in": one.moved_in,
                    "moved_out": one.moved_out,
                    "people": self.people(movement, one.reason),
                }
                for one in movement.moved
            ],
            "closing": movement.closing,
        }
        return Response(answer)

    def people(self, movement: Movement, reason: str) -> str:
        """The address of whom the figure moved by for one reason."""
        query = {
            "reason": reason,
            "from": told(movement.since)["known_at"],
            "to": told(movement.until)["known_at"],
            "as_of": told(movement.until)["as_of"],
            **{name: value for name, value in self.chosen.items() if value},
        }
        address = reverse("target-changes-people", args=[self.target.code])
        return self.request.build_absolute_uri(f"{address}?{urlencode(query)}")


urlpatterns = [
    *previews_api.urlpatterns,
    *gap_api.urlpatterns,
    *waterfall_api.urlpatterns,
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

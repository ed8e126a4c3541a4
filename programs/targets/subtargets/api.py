"""Sub-targets, and the versions of a target, over HTTP."""

from dataclasses import asdict
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.schema import documented
from backend.clock import BUREAU
from programs.targets import amending
from programs.targets.at_a_moment import ListAtAMoment
from programs.targets.pagination import MomentPagination
from programs.targets.parameters import MomentParameters, SubTargetParameters
from programs.targets.planparts import BY, Sum
from programs.targets.subtargets import selectors


class SubTargetAnswer(serializers.Serializer):
    """A part of a target, by organisation, district, segment or year, with its figure."""

    by = serializers.ChoiceField(list(BY))
    key = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    goal = serializers.IntegerField()
    achieved = serializers.IntegerField()
    remaining = serializers.IntegerField(help_text="Heads still missing; 0 once the goal is reached.")
    completion_rate = serializers.FloatField(help_text="Achieved over goal.")
    elapsed_rate = serializers.FloatField(help_text="Elapsed over total days of the part.")
    pace = serializers.FloatField(allow_null=True, help_text="Heads in 30 days, over the last twelve finished months.")
    ahead = serializers.FloatField(help_text="Completion less elapsed time, in percentage points.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # "label" is a word of the base class's own, so it cannot be declared as an attribute.
        fields = super().get_fields()
        return {"by": fields.pop("by"), "key": fields.pop("key"), "label": serializers.CharField(), **fields}


class SumAnswer(serializers.Serializer):
    """The parts of one dimension and the same days together, against the goal that they part."""

    by = serializers.ChoiceField(list(BY))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    of = serializers.CharField(allow_blank=True, help_text="The year whose goal is parted; empty: the target's.")
    goal = serializers.IntegerField()
    allotted = serializers.IntegerField()
    not_allotted = serializers.IntegerField()
    exceeds = serializers.IntegerField(help_text="By how many heads the parts are more than what they part.")


class VersionAnswer(serializers.Serializer):
    """What a target is to reach from ``valid_from`` on, until the next version."""

    valid_from = serializers.DateField()
    goal = serializers.IntegerField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    amendment = serializers.CharField(allow_blank=True, help_text="The paper of an amendment; empty: the plan itself.")
    in_force = serializers.BooleanField(help_text="Whether it is the one in force on as_of.")
    edition = serializers.IntegerField()
    recorded_at = serializers.DateTimeField(help_text="Since when its edition is known; the first from ever.")


VERSIONED = ("valid_from", "goal", "name_zh", "name_en", "starts_on", "ends_on", "edition")


class SubTargetPagination(MomentPagination):
    """Sub-targets, and what they come to against the goals that they part."""

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data["sums"] = SumAnswer(self.view.sums(), many=True).data
        return response

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.view = view
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        names = {"by": "string", "of": "string", "starts_on": "string", "ends_on": "string"}
        heads = dict.fromkeys(("goal", "allotted", "not_allotted", "exceeds"), "integer")
        properties = {name: {"type": kind} for name, kind in {**names, **heads}.items()}
        described["properties"]["sums"] = {"type": "array", "items": {"type": "object", "properties": properties}}
        return described


@documented(parameters=[SubTargetParameters])
class SubTargets(ListAtAMoment):
    """A target's parts by organisation, district, segment and year; those furthest behind the elapsed time first."""

    name = "subtargets"
    filterset_class = None  # type: ignore[misc]  # settable for the one base, fixed for the other
    serializer_class = SubTargetAnswer
    pagination_class = SubTargetPagination
    parameters_class = SubTargetParameters
    parameters = ("by", "as_of", "known_at")

    def get_queryset(self) -> Any:
        return [asdict(one) for one in selectors.subtargets(self.ledger, self.asked.get("by", ""))]

    def sums(self) -> list[Sum]:
        """What the parts come to."""
        return selectors.allotted(self.ledger, self.asked.get("by", ""))


@documented(parameters=[MomentParameters])
class Versions(ListAtAMoment):
    """What a target is to reach from which day on, as known at a moment: the plan, and its amendments."""

    name = "versions"
    filterset_class = None  # type: ignore[misc]  # settable for the one base, fixed for the other
    serializer_class = VersionAnswer
    parameters = ("as_of", "known_at")

    def get_queryset(self) -> Any:
        self.asked  # noqa: B018 - refuses what it does not know before anything is read
        [terms] = amending.terms([self.target], self.moment)
        return [
            {
                **{name: getattr(one, name) for name in VERSIONED},
                "amendment": one.source,
                "in_force": one is terms.version,
                "recorded_at": one.recorded_at.astimezone(BUREAU),
            }
            for one in (*terms.versions, *terms.coming)
        ]


urlpatterns = [
    path("targets/<str:code>/subtargets/", SubTargets.as_view(), name="target-subtargets"),
    path("targets/<str:code>/versions/", Versions.as_view(), name="target-versions"),
]

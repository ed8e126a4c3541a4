"""What is answered of plans and targets."""

from typing import Any

from rest_framework import serializers

from backend.api import base
from programs.targets.landing.answers import LandingAnswer
from programs.targets.models import Basis, Plan, Target
from talent.people.models import PersonChange


class PlanAnswer(serializers.ModelSerializer):
    """A plan: its days, its tiers with what qualifies, its targets and indicators by code, and its amendments."""

    evidence = serializers.SerializerMethodField()
    tiers = serializers.SerializerMethodField()
    targets = base.CodeField(many=True)
    indicators = serializers.SerializerMethodField()
    amendments = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields = [
            *("code", "name_zh", "name_en", "starts_on", "ends_on", "evidence", "tiers", "targets"),
            *("indicators", "amendments"),
        ]

    def get_evidence(self, plan: Plan) -> str:
        return plan.source["evidence"]

    def get_tiers(self, plan: Plan) -> list[dict[str, Any]]:
        return [{"qualifying": [], **tier} for tier in plan.source["tiers"]]

    def get_indicators(self, plan: Plan) -> list[str]:
        return [one["code"] for one in plan.source.get("indicators", ())]

    def get_amendments(self, plan: Plan) -> list[dict[str, Any]]:
        """As the plan file in force states them."""
        return list(plan.source.get("amendments", ()))


class TargetAnswer(serializers.ModelSerializer):
    """A target."""

    plan = base.CodeField()
    counts = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Target
        fields = ["code", "plan", "name_zh", "name_en", "goal", "counts", "starts_on", "ends_on"]


class JudgedAnswer(serializers.Serializer):
    """Where the target stood at the end of the last finished month, against the plan's line there."""

    through = serializers.DateField()
    achieved = serializers.IntegerField()
    plan = serializers.FloatField()
    completion_rate = serializers.FloatField()
    elapsed_rate = serializers.FloatField()
    ahead = serializers.FloatField(help_text="Completion less elapsed time, in percentage points.")


class FigureAnswer(TargetAnswer):
    """A target with its figure at a moment."""

    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    in_force_from = serializers.DateField(help_text="The day from which this goal has been in force.")
    amendment = serializers.CharField(
        allow_blank=True, help_text="The paper it was amended by; empty: the plan itself."
    )
    achieved = serializers.IntegerField()
    still_here = serializers.IntegerField(help_text="Achieved, less those who are known to have left.")
    remaining = serializers.IntegerField(help_text="Heads still missing; 0 once the goal is reached.")
    completion_rate = serializers.FloatField(help_text="Achieved over goal.")
    elapsed_rate = serializers.FloatField(help_text="Elapsed over total days.")
    ahead = serializers.FloatField(help_text="Completion less elapsed time, in percentage points.")
    finished = JudgedAnswer(allow_null=True, help_text="Null before any month of the target had ended.")
    pace = serializers.FloatField(allow_null=True, help_text="Heads in 30 days, over the last twelve finished months.")
    required_pace = serializers.FloatField(allow_null=True, help_text="Heads in 30 days that would reach the goal.")
    landing = LandingAnswer()

    class Meta(TargetAnswer.Meta):
        fields = [
            *TargetAnswer.Meta.fields,
            "as_of",
            "known_at",
            "in_force_from",
            "amendment",
            "achieved",
            "still_here",
            "remaining",
            "completion_rate",
            "elapsed_rate",
            "ahead",
            "finished",
            "pace",
            "required_pace",
            "landing",
        ]


class PointAnswer(serializers.Serializer):
    """One period of a target's course."""

    period = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    finished = serializers.BooleanField()
    increment = serializers.IntegerField()
    cumulative = serializers.IntegerField()
    plan = serializers.FloatField(help_text="Where the straight line to the goal stands at the period's end.")
    plan_increment = serializers.FloatField()
    year_on_year = serializers.FloatField(allow_null=True, help_text="0.25 for a quarter more; null on a zero base.")
    period_on_period = serializers.FloatField(allow_null=True)
    still_here = serializers.IntegerField(help_text="The sum, less those who had left by the period's end.")


class PartAnswer(serializers.Serializer):
    """One part of a figure."""

    key = serializers.CharField()
    achieved = serializers.IntegerField()
    contributed = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="By organisation: of those who count, how many it has a verified record of, whoever has the credit.",
    )
    still_here = serializers.IntegerField(help_text="Achieved, less those who are known to have left.")
    members = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Rolled up: whose heads stand under it."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # "label" is a word of the base class's own, so it cannot be declared as an attribute.
        fields = super().get_fields()
        return {"key": fields.pop("key"), "label": serializers.CharField(), **fields}


class HeadAnswer(serializers.Serializer):
    """One person behind a figure, and where they are counted."""

    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked for roles that do not read names.")
    effective_on = serializers.DateField(help_text="The day from which the person counts.")
    organisation = serializers.CharField(help_text="Which has the credit.")
    programme = serializers.CharField()
    path = serializers.CharField()
    basis = serializers.ChoiceField(Basis.choices)
    district = serializers.CharField(allow_blank=True)
    segment = serializers.CharField(allow_blank=True)
    record = serializers.IntegerField(help_text="The record that made the person count.")
    contributors = serializers.ListField(
        child=serializers.CharField(), help_text="All organisations with a verified record of the person now."
    )
    left_on = serializers.DateField(allow_null=True, help_text="Since when the person is away; null: still here.")


class MovementAnswer(serializers.Serializer):
    """What one reason did to a figure."""

    reason = serializers.ChoiceField(PersonChange.Reason.choices)
    delta = serializers.IntegerField()
    counted = serializers.IntegerField()
    taken_back = serializers.IntegerField()


class MovedAnswer(MovementAnswer):
    """The same of heads that may be chosen, with whom it was."""

    moved_in = serializers.IntegerField(
        allow_null=True, help_text="Where heads are chosen: of those counted, taken over from outside the choice."
    )
    moved_out = serializers.IntegerField(
        allow_null=True, help_text="Where heads are chosen: of those taken back, counted outside the choice instead."
    )
    people = serializers.URLField(help_text="The list of whom it was.")


class ChangesAnswer(serializers.Serializer):
    """Why a figure moved: ``closing`` is ``opening`` and every ``delta``."""

    as_of = serializers.DateField()
    to = serializers.DateTimeField()
    opening = serializers.IntegerField()
    entries = MovedAnswer(many=True)
    closing = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}

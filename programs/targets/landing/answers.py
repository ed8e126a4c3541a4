"""What is answered of landings."""

from rest_framework import serializers


class LandingReasonAnswer(serializers.Serializer):
    """Why no landing is told."""

    code = serializers.ChoiceField(choices=["not_begun", "too_few_months", "narrowed"])
    message = serializers.CharField()


class LandingAnswer(serializers.Serializer):
    """Where the target will stand at its end; null where too little is known, for the reason given."""

    low = serializers.IntegerField(allow_null=True, help_text="Nine chances in ten that it is more.")
    median = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True, help_text="Nine chances in ten that it is less.")
    probability = serializers.FloatField(allow_null=True, help_text="Of reaching the goal, 0 to 1.")
    reason = LandingReasonAnswer(allow_null=True)


class StoredLandingAnswer(LandingAnswer):
    """A landing as it was worked out."""

    id = serializers.IntegerField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    computed_at = serializers.DateTimeField()
    method = serializers.CharField(help_text="Which way of reckoning.")
    pace = serializers.FloatField(allow_null=True, help_text="Heads in 30 days, over the last twelve months completed.")
    required_pace = serializers.FloatField(allow_null=True, help_text="Heads in 30 days that would reach the goal.")
    late = serializers.IntegerField(allow_null=True, help_text="Heads expected from reports still to come.")
    reviewed = serializers.IntegerField(allow_null=True, help_text="Heads expected from what awaits review.")
    awaiting = serializers.IntegerField(help_text="People who would count if their records were verified.")


class RunOffCellAnswer(serializers.Serializer):
    """A cell of the run-off triangle; months as 2019-03."""

    effective_in = serializers.CharField()
    posted_in = serializers.CharField()
    heads = serializers.IntegerField()


class DevelopmentAnswer(serializers.Serializer):
    """Which share of a month is in hand so many months after it, and how far one month's may be off."""

    age = serializers.IntegerField()
    share = serializers.FloatField()
    spread = serializers.FloatField(help_text="Standard deviation.")
    watched = serializers.IntegerField(help_text="Months that it was measured on.")


class AwaitingAnswer(serializers.Serializer):
    """Who awaits review, by the month from which they would count."""

    effective_in = serializers.CharField()
    awaiting = serializers.IntegerField()


class MonthDecidedAnswer(serializers.Serializer):
    """Records decided in one month, and how many of them became a new head."""

    decided_in = serializers.CharField()
    decided = serializers.IntegerField()
    counted = serializers.IntegerField()


class YieldAnswer(serializers.Serializer):
    """The share of decided records that became a new head."""

    share = serializers.FloatField()
    spread = serializers.FloatField()
    decided = serializers.IntegerField()


class AheadAnswer(serializers.Serializer):
    """Where the target stands at the end of a month: as counted, and as it will come to be."""

    ends_on = serializers.DateField()
    counted = serializers.IntegerField(allow_null=True)
    low = serializers.IntegerField()
    median = serializers.IntegerField()
    high = serializers.IntegerField()


class WholeLandingAnswer(StoredLandingAnswer):
    """A landing with everything that it was worked out from."""

    goal = serializers.IntegerField()
    triangle = RunOffCellAnswer(many=True)
    development = DevelopmentAnswer(many=True)
    backlog = AwaitingAnswer(many=True)
    decided = MonthDecidedAnswer(many=True)
    months_watched = serializers.IntegerField(help_text="Months of regular reporting.")
    seed = serializers.IntegerField()
    fan = AheadAnswer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        # "yield" is a word of Python's own, so it cannot be declared as an attribute.
        return {**super().get_fields(), "yield": YieldAnswer(allow_null=True)}


class LandingJobAnswer(serializers.Serializer):
    """The job that works a landing out."""

    id = serializers.IntegerField()
    status = serializers.CharField()

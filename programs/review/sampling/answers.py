"""What is answered about lots over HTTP, and what is taken."""

from rest_framework import serializers

from backend.accounts import selectors as accounts
from backend.api import base
from programs.catalogue import selectors as catalogue
from programs.periods import selectors as periods
from programs.review.sampling.judging import LONGEST_NOTE, MOST_DEFECTS
from programs.review.sampling.models import DefectClass, Lot, LotUnit, SamplingAct, SamplingSetting
from programs.review.sampling.plans import Severity
from programs.review.sampling.settings import LONGEST_REASON


class LotPlanAnswer(serializers.Serializer):
    """Where a lot's plan stands in the standard."""

    standard = serializers.CharField()
    table = serializers.CharField()
    severity = serializers.ChoiceField(Severity.choices)
    level = serializers.CharField()
    aql = serializers.CharField(help_text="Percent nonconforming, as the tables write it.")
    code_letter = serializers.CharField()
    reject_number = serializers.IntegerField()
    whole = serializers.BooleanField(help_text="Every record is looked at, the plan asking for no fewer.")
    counted = serializers.ListField(child=serializers.ChoiceField(DefectClass.choices))
    critical_fails = serializers.BooleanField()


class LotAnswer(serializers.Serializer):
    """A lot."""

    id = serializers.IntegerField()
    organisation = serializers.CharField()
    programme = serializers.CharField()
    cohort = serializers.CharField(allow_null=True)
    period = serializers.CharField()
    resubmission = serializers.BooleanField(help_text="Comes back after a lot that was not accepted.")
    plan = LotPlanAnswer()
    lot_size = serializers.IntegerField()
    sample_size = serializers.IntegerField()
    accept_number = serializers.IntegerField()
    nonconforming = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(Lot.State.choices)
    reason = serializers.CharField(help_text="Why it was called off.")
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True, help_text="When every member was verified or returned.")
    job = serializers.IntegerField(allow_null=True)


class LotDefectAnswer(serializers.Serializer):
    """What is wrong with a record, in which column of the template, and how grave."""

    column = serializers.CharField()
    defect_class = serializers.ChoiceField(DefectClass.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE, default="")


class SampledRecordAnswer(serializers.Serializer):
    """A record of the sample; ``rank`` is its place in the draw, ``outcome`` empty until the lot is decided."""

    record = serializers.IntegerField()
    rank = serializers.IntegerField()
    conforming = serializers.BooleanField(allow_null=True)
    defects = LotDefectAnswer(many=True)
    judged_at = serializers.DateTimeField(allow_null=True)
    judged_by = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(LotUnit.Outcome.choices, allow_blank=True)


class CurvePointAnswer(serializers.Serializer):
    """Of a lot with this share of errors, how likely it is let through."""

    share = serializers.FloatField()
    accepted = serializers.FloatField()


class LotCurveAnswer(serializers.Serializer):
    """The operating characteristic; shares of errors at which a lot is let through 95, 50 and 10 times in 100."""

    points = CurvePointAnswer(many=True)
    accepted_95 = serializers.FloatField(allow_null=True)
    accepted_50 = serializers.FloatField(allow_null=True)
    accepted_10 = serializers.FloatField(allow_null=True)
    producer_risk = serializers.FloatField(help_text="How likely a lot just as good as the AQL is not accepted.")


class WholeLotAnswer(LotAnswer):
    """A lot with its sample and draw, which its partner learns once it is decided."""

    sample = SampledRecordAnswer(many=True)
    sample_shown = serializers.BooleanField()
    seed = serializers.CharField(allow_null=True)
    left = serializers.IntegerField(
        allow_null=True, help_text="Members withdrawn or reported anew before they were looked at."
    )
    apart = serializers.IntegerField(
        allow_null=True,
        help_text="Members that the verdict did not decide: a second officer or their credentials come first.",
    )
    characteristic = LotCurveAnswer()


class MemberAnswer(serializers.Serializer):
    """A member of a lot; whoever ranks all of them by the seed comes to the same ranks."""

    record = serializers.IntegerField()
    submission = serializers.IntegerField(help_text="Whose values are presented.")
    rank = serializers.IntegerField()
    conforming = serializers.BooleanField(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(LotUnit.Outcome.choices, allow_blank=True)


class LotBody(serializers.Serializer):
    """Whose records, reported when."""

    organisation = base.CodeField(accounts.organisations)
    programme = base.CodeField(catalogue.programmes)
    cohort = base.CodeField(catalogue.cohorts, required=False, allow_null=True, default=None)
    period = base.CodeField(periods.periods)
    resubmission = serializers.BooleanField(required=False, default=False)


class LotReasonBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class JudgeBody(serializers.Serializer):
    """What was found: nothing, or each defect."""

    conforming = serializers.BooleanField()
    defects = serializers.ListField(child=LotDefectAnswer(), required=False, default=list, max_length=MOST_DEFECTS)


class WaitingLotAnswer(serializers.Serializer):
    """Records that await review and can be opened as one lot."""

    organisation = serializers.CharField()
    programme = serializers.CharField()
    cohort = serializers.CharField(allow_null=True)
    period = serializers.CharField()
    resubmission = serializers.BooleanField()
    count = serializers.IntegerField()
    since = serializers.DateTimeField()


class SwitchingAnswer(serializers.Serializer):
    """Where a partner stands: severity, switching score, and what counts towards the next switch."""

    severity = serializers.ChoiceField(Severity.choices)
    score = serializers.IntegerField(help_text="From 30 on reduced inspection may begin.")
    accepted_in_a_row = serializers.IntegerField(help_text="Under tightened inspection; five lead back to normal.")
    not_accepted = serializers.IntegerField(help_text="Under tightened inspection; five discontinue sampling.")
    stopped = serializers.BooleanField()
    awaits_consent = serializers.BooleanField()


class SwitchingTurnAnswer(serializers.Serializer):
    """A lot that was decided, or what an officer ruled, and where the partner stood then."""

    lot = serializers.IntegerField(required=False)
    result = serializers.CharField(required=False)
    resubmission = serializers.BooleanField(required=False)
    act = serializers.ChoiceField(SamplingAct.Kind.choices, required=False)
    reason = serializers.CharField(required=False)
    at = serializers.DateTimeField()
    then = SwitchingAnswer()


class StandingAnswer(SwitchingAnswer):
    """Where a partner stands in switching and the history that has led there."""

    organisation = serializers.CharField()
    history = SwitchingTurnAnswer(many=True)


class RulingBody(LotReasonBody):
    """What is ruled, and why."""

    act = serializers.ChoiceField(SamplingAct.Kind.choices)


class SamplingSettingAnswer(serializers.ModelSerializer):
    """What was set about sampling, for one organisation or for all."""

    organisation = base.CodeField(allow_null=True)
    set_by = serializers.CharField(source="set_by.username")

    class Meta:
        model = SamplingSetting
        fields = [
            *("id", "organisation", "mode", "aql", "level", "reduced", "outside", "counted", "critical_fails"),
            *("from_on", "reason", "set_by", "set_at"),
        ]


class SamplingSettingBody(LotReasonBody):
    """Whether and how records are sampled, from a day on."""

    organisation = base.CodeField(accounts.organisations, required=False, allow_null=True, default=None)
    mode = serializers.ChoiceField(SamplingSetting.Mode.choices)
    aql = serializers.CharField(required=False, default="1.0", max_length=5)
    level = serializers.CharField(required=False, default="II", max_length=3)
    reduced = serializers.ChoiceField(SamplingSetting.Reduced.choices, required=False, default="asks")
    outside = serializers.ChoiceField(SamplingSetting.Outside.choices, required=False, default="refused")
    counted = serializers.ListField(
        child=serializers.ChoiceField(DefectClass.choices), required=False, default=list(DefectClass.values)
    )
    critical_fails = serializers.BooleanField(required=False, default=False)
    from_on = serializers.DateField()

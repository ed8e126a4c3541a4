"""Questions of who has stayed over HTTP: lists, answers, rules and rates."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.lists.filters import filtered
from backend.lists.keyset import PARAMETERS
from programs.catalogue import naming
from programs.catalogue.models import Path
from programs.retention import answering, examining, rates, rules, selectors, sheets_api
from programs.retention.examining import Answer
from programs.retention.filters import CheckFilter
from programs.retention.models import Channel, RetentionAnswer, RetentionCheck, RetentionRule, Said
from programs.retention.showing import COLUMNS, shown

MOST = 5_000
"""Answers that are taken in one call at most."""


class AnswerBody(serializers.Serializer):
    """What is answered to a question."""

    answer = serializers.ChoiceField(
        choices=Said.choices,
        help_text="Of who was introduced stays, left, came_back; of who was trained employed_here, employed_elsewhere,"
        " not_employed, came_back; unknown of both.",
    )
    left_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="The first day on which they were not there any more."
    )
    returned_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="With came_back: the first day on which they were."
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=20, help_text="A code of leaving_reason."
    )
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=examining.LONGEST_NOTE)


class PlacedBody(AnswerBody):
    """The same, with the question it answers."""

    check = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ManyBody(serializers.Serializer):
    """Answers to many questions: all are taken, or none."""

    answers = PlacedBody(many=True, allow_empty=False)

    def validate_answers(self, answers: list[Any]) -> list[Any]:
        if len(answers) > MOST:
            raise serializers.ValidationError(_("Send %(most)d answers at most at once.") % {"most": MOST})
        return answers


class CheckAnswer(serializers.Serializer):
    """A question, and the answer that holds."""

    id = serializers.IntegerField()
    record = serializers.IntegerField()
    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked for roles that do not read names.")
    id_number = serializers.CharField(help_text="Masked.")
    partner_ref = serializers.CharField()
    programme = serializers.CharField()
    programme_name = serializers.CharField(help_text="In the reader's language.")
    employer = serializers.CharField()
    organisation = serializers.CharField(help_text="Who is asked: who reported them, or the one that went into.")
    organisation_name = serializers.CharField()
    path = serializers.ChoiceField(Path.choices)
    months = serializers.IntegerField()
    since = serializers.DateField(help_text="The day of arrival, or of completion.")
    falls_on = serializers.DateField(help_text="The day that is asked of.")
    period = serializers.CharField(allow_null=True, help_text="With which it is owed; null: no period has its day yet.")
    state = serializers.ChoiceField(RetentionCheck.State.choices)
    answer = serializers.ChoiceField([*Said.choices, ("", "")])
    left_on = serializers.DateField(allow_null=True)
    returned_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    reason_name = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True, help_text="When it was answered first.")


class SaidAnswer(serializers.ModelSerializer):
    """One answer that was given; the first holds, each of the others was corrected by the one before it."""

    answer = serializers.CharField(source="said")
    submission = serializers.IntegerField(source="submission_id", allow_null=True)
    supersedes = serializers.IntegerField(source="supersedes_id", allow_null=True)

    class Meta:
        model = RetentionAnswer
        fields = [
            *("id", "answer", "left_on", "returned_on", "reason", "note", "channel", "submission"),
            *("supersedes", "answered_at"),
        ]


class CheckDetail(CheckAnswer):
    """A question with all that was answered to it."""

    answers = SaidAnswer(many=True)


class AnsweredAnswer(serializers.Serializer):
    """What came of many answers."""

    answered = serializers.IntegerField(help_text="Questions that had no answer.")
    corrected = serializers.IntegerField(help_text="Questions that had another one.")
    unchanged = serializers.IntegerField(help_text="Questions that had this one.")


class RuleBody(serializers.Serializer):
    """After how many months it is asked, from a day on."""

    path = serializers.ChoiceField(Path.choices)
    valid_from = serializers.DateField(help_text="Of who arrives or completes on this day or later.")
    months = serializers.ListField(child=serializers.IntegerField(), max_length=50)
    reason = serializers.CharField(max_length=2000)


class RetentionRuleAnswer(serializers.ModelSerializer):
    """After how many months it is asked, from a day on; of two with one day the later made holds."""

    class Meta:
        model = RetentionRule
        fields = ["id", "path", "valid_from", "months", "reason", "made_at"]


NAMED = {"programme": naming.PROGRAMME, "organisation": naming.ORGANISATION, "reason": answering.REASONS}
"""Beside which codes of a question their names stand."""


class RateParameters(serializers.Serializer):
    """What the rates are taken for."""

    by = serializers.ChoiceField(choices=rates.By.choices, default=rates.By.MONTHS)


class RetentionRateAnswer(serializers.Serializer):
    """Counts and rates of questions whose day has come, by the formulas of docs/staying.md."""

    key = serializers.CharField()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="Answered with unknown.")
    stayed = serializers.IntegerField(help_text="There on the day that was asked of.")
    gone = serializers.IntegerField(help_text="Away on that day.")
    answer_rate = serializers.FloatField(allow_null=True, help_text="Answered over asked; null on none.")
    retention_rate = serializers.FloatField(allow_null=True, help_text="Stayed over stayed and gone; null on none.")


class Checks(base.ListView):
    """Questions by the day that they are asked of; partners see their own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "retention-checks"
    serializer_class = CheckAnswer
    filterset_class = CheckFilter
    ordering = ("falls_on", "id")
    columns = COLUMNS

    def get_queryset(self) -> QuerySet[RetentionCheck]:
        return selectors.checks(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return naming.beside(shown(rows, self.actor), self.actor, NAMED)

    def header(self) -> list[str]:
        return list(CheckAnswer().fields)


class CheckView(base.View):
    """What every address of one question has."""

    def answer(self, id: int) -> dict[str, Any]:
        """A question as it is now."""
        found = selectors.checks(self.actor).filter(pk=id)
        row = self.one(found, named={"pk": id})
        [told] = naming.beside(shown(list(found.values(*COLUMNS.values())), self.actor), self.actor, NAMED)
        return told | {"answers": SaidAnswer(selectors.answers(self.actor, row), many=True).data}


class OneCheck(CheckView):
    """One question, with every answer that was given to it."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=CheckDetail)
    def get(self, request: Request, id: int) -> Response:
        return Response(self.answer(id))


class AnswerOne(CheckView):
    """Answers one question, or corrects its answer; an officer may do so on the partner's behalf."""

    permission_classes = [roles({"POST": "partner officer"})]
    acts_from_above = True

    @documented(request=AnswerBody, responses=CheckDetail)
    def post(self, request: Request, id: int) -> Response:
        self.one(selectors.checks(self.actor), pk=id)
        answering.answer_one(actor=self.actor, check_id=id, given=answer_of(self.read(AnswerBody)), channel=Channel.API)
        return Response(self.answer(id))


class AnswerMany(base.View):
    """Answers many questions at once: all are taken, or none, and then it is told what is wrong with which."""

    permission_classes = [roles({"POST": "partner officer"})]

    @documented(operation_id="retention_checks_answer_many", request=ManyBody, responses=AnsweredAnswer)
    def post(self, request: Request) -> Response:
        given = [(one.pop("check"), answer_of(one)) for one in self.read(ManyBody)["answers"]]
        outcome = answering.answer_many(actor=self.actor, given=given, channel=Channel.API)
        return Response(asdict(outcome))


class Rules(base.ListView):
    """After how many months it is asked: every rule that was ever made."""

    permission_classes = [roles({"GET": "officer manager admin", "POST": "officer"})]
    name = "retention-rules"
    serializer_class = RetentionRuleAnswer
    ordering = ("path", "valid_from", "id")

    def get_queryset(self) -> QuerySet[RetentionRule]:
        return rules.rules(self.actor)

    @documented(request=RuleBody, responses={201: RetentionRuleAnswer})
    def post(self, request: Request) -> Response:
        made = rules.make_rule(actor=self.actor, **self.read(RuleBody))
        return Response(RetentionRuleAnswer(made).data, status=201)


class Rates(base.ListView):
    """How many were asked after, answered for, and have stayed; a partner reads its own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "retention-rates"
    serializer_class = RetentionRateAnswer
    parameters = ("by", *CheckFilter.names())

    def get_queryset(self) -> Any:
        given = self.params(RateParameters, known=(*self.parameters, *PARAMETERS))
        rows = filtered(CheckFilter, self.request.query_params, selectors.checks(self.actor), self.request)
        return rates.rates(rows, given["by"])


def answer_of(given: dict[str, Any]) -> Answer:
    """A body's answer."""
    return Answer(given["answer"], given["left_on"], given["returned_on"], given["reason"], given["note"])


urlpatterns = [
    *sheets_api.urlpatterns,
    path("retention/checks/", Checks.as_view(), name="retention-checks"),
    path("retention/checks/answer/", AnswerMany.as_view(), name="retention-answers"),
    path("retention/checks/<int:id>/", OneCheck.as_view(), name="retention-check"),
    path("retention/checks/<int:id>/answer/", AnswerOne.as_view(), name="retention-answer"),
    path("retention/rules/", Rules.as_view(), name="retention-rules"),
    path("retention/rates/", Rates.as_view(), name="retention-rates"),
]

"""The rules over HTTP: the catalogue, what the bureau sets, replays, and exceptions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.problems import NotFound
from programs.intake import selectors, services
from programs.intake.answers import language
from programs.intake.filters import OverrideFilter, ReplayFilter, ReplayHitFilter, RuleSettingFilter
from programs.intake.models import Override, Replay, ReplayHit, RuleSetting, Severity
from programs.intake.services import LONGEST_REASON
from programs.submissions import selectors as submissions


class RuleAnswer(serializers.Serializer):
    """A check: ``severity`` is the catalogue's, ``in_force`` that of a period beginning today."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(["fatal", "error", "warning", "off"])
    in_force = serializers.ChoiceField(["fatal", "error", "warning", "off"])
    gate = serializers.ChoiceField(["file", "columns", "cells", "rows"])
    templates = serializers.ListField(child=serializers.CharField(), help_text="Whose rows may raise it.")
    columns = serializers.ListField(child=serializers.CharField())
    title = serializers.CharField()
    messages = serializers.ListField(child=serializers.CharField(), help_text="Params stand in braces.")
    intent = serializers.CharField()
    guidance = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    adjustable = serializers.BooleanField(help_text="Whether its severity may be set, and exceptions asked for.")


class Rules(base.ListView):
    """Every check, in the reader's language; ``?template=`` leaves those of one template."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "rules"
    parameters = ("template",)
    serializer_class = RuleAnswer

    def get_queryset(self) -> Any:
        fields: Any = RuleAnswer().fields
        template = self.request.query_params.get("template", "")
        return [{name: rule[name] for name in fields} for rule in selectors.rules(language(), template)]


class OneRule(base.View):
    """One check."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=RuleAnswer)
    def get(self, request: Request, code: str) -> Response:
        found = next((one for one in selectors.rules(language()) if one["code"] == code), None)
        if found is None:
            raise NotFound
        return Response(RuleAnswer(found).data)


class SettingAnswer(serializers.ModelSerializer):
    """How grave a rule is for the periods that begin from one day until another (none: for good)."""

    set_by = serializers.CharField(source="set_by.username")

    class Meta:
        model = RuleSetting
        fields = ["id", "rule", "severity", "from_on", "until_on", "reason", "set_by", "set_at"]


class SettingBody(serializers.Serializer):
    """How grave, for the periods that begin when, and why."""

    severity = serializers.ChoiceField(Severity.choices)
    from_on = serializers.DateField()
    until_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class SetSeverity(base.View):
    """Sets how grave a rule is by period; of several settings the latest stands."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=SettingBody, responses={201: SettingAnswer})
    def post(self, request: Request, code: str) -> Response:
        setting = services.set_severity(actor=self.actor, rule=code, **self.read(SettingBody))
        return Response(SettingAnswer(setting).data, status=201)


class Settings(base.ListView):
    """What the bureau has set about the rules, the latest first."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "rule-settings"
    serializer_class = SettingAnswer
    filterset_class = RuleSettingFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[RuleSetting]:
        return selectors.settings(self.actor)


class ReplayAnswer(serializers.ModelSerializer):
    """A rule tried on past submissions; ``status`` is that of its job."""

    asked_by = serializers.CharField(source="asked_by.username")
    status = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Replay
        fields = [
            *("id", "rule", "severity", "from_on", "until_on", "status", "progress", "submissions", "rows"),
            *("asked_by", "asked_at", "done_at"),
        ]

    def get_status(self, replay: Replay) -> str:
        return replay.job.state if replay.job else "done"

    def get_progress(self, replay: Replay) -> dict[str, int]:
        job = replay.job
        return {"done": job.done, "total": job.total} if job else {"done": 0, "total": 0}


class ReplayBody(serializers.Serializer):
    """Which rule, how grave, on the submissions of the periods that begin when."""

    rule = serializers.CharField(max_length=3)
    severity = serializers.ChoiceField(Severity.choices)
    from_on = serializers.DateField()
    until_on = serializers.DateField()


class Replays(base.ListView):
    """Replays, the latest first."""

    permission_classes = [roles({"GET": "officer", "POST": "officer"})]
    name = "replays"
    serializer_class = ReplayAnswer
    filterset_class = ReplayFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Replay]:
        return selectors.replays(self.actor)

    @documented(request=ReplayBody, responses={202: ReplayAnswer})
    def post(self, request: Request) -> Response:
        replay = services.start_replay(actor=self.actor, **self.read(ReplayBody))
        return Response(ReplayAnswer(replay).data, status=202)


class OneReplay(base.View):
    """One replay and how far it is."""

    permission_classes = [roles({"GET": "officer"})]

    @documented(responses=ReplayAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(ReplayAnswer(self.one(selectors.replays(self.actor), pk=id)).data)


class CancelReplay(base.View):
    """Calls a replay off; what it has found so far stays."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=None, responses=ReplayAnswer)
    def post(self, request: Request, id: int) -> Response:
        replay = self.one(selectors.replays(self.actor), pk=id)
        return Response(ReplayAnswer(services.cancel_replay(actor=self.actor, replay=replay)).data)


class ExampleAnswer(serializers.Serializer):
    """A row that the rule finds, and its columns; never their values."""

    row = serializers.IntegerField()
    columns = serializers.ListField(child=serializers.CharField())


class HitAnswer(serializers.ModelSerializer):
    """How a submission would have fared."""

    organisation = base.CodeField()
    period = serializers.CharField(source="submission.period.code", default=None)
    submission = serializers.IntegerField(source="submission_id")
    examples = ExampleAnswer(many=True)

    class Meta:
        model = ReplayHit
        fields = ["organisation", "period", "submission", "found", "newly_refused", "newly_accepted", "examples"]


class Hits(base.ListView):
    """Whom a replay would hit, the hardest hit first."""

    permission_classes = [roles({"GET": "officer"})]
    name = "replay-hits"
    serializer_class = HitAnswer
    filterset_class = ReplayHitFilter
    ordering = ("-newly_refused", "-found", "id")

    def get_queryset(self) -> QuerySet[ReplayHit]:
        replay = self.one(selectors.replays(self.actor), pk=self.kwargs["id"])
        return selectors.hits(self.actor, replay)

    def present(self, rows: Sequence[ReplayHit]) -> list[Any]:
        return list(HitAnswer(rows, many=True).data)


class OverrideAnswer(serializers.ModelSerializer):
    """An exception that a partner has asked for, and the answer."""

    organisation = base.CodeField()
    period = serializers.CharField(source="submission.period.code", default=None)
    submission = serializers.IntegerField(source="submission_id")
    asked_by = serializers.CharField(source="asked_by.username")
    decided_by = serializers.CharField(source="decided_by.username", default=None, allow_null=True)

    class Meta:
        model = Override
        fields = [
            *("id", "organisation", "period", "submission", "rule", "explanation", "state", "reason"),
            *("asked_by", "asked_at", "decided_by", "decided_at"),
        ]


class Overrides(base.ListView):
    """Exceptions, the latest first; a partner sees its own organisation's."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "overrides"
    serializer_class = OverrideAnswer
    filterset_class = OverrideFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Override]:
        return selectors.overrides(self.actor)


class OverrideBody(serializers.Serializer):
    """From which rule, and why the rows are right all the same."""

    rule = serializers.CharField(max_length=3)
    explanation = serializers.CharField(max_length=LONGEST_REASON)


class AskOverride(base.View):
    """Asks for an exception from a rule for one checked submission."""

    permission_classes = [roles({"POST": "partner"})]

    @documented(request=OverrideBody, responses={201: OverrideAnswer})
    def post(self, request: Request, id: int) -> Response:
        submission = self.one(submissions.with_practice(self.actor), pk=id)
        override = services.ask_override(actor=self.actor, submission=submission, **self.read(OverrideBody))
        return Response(OverrideAnswer(override).data, status=201)


class Grant(base.View):
    """Grants an exception: the rule's findings there become warnings. The same again answers alike."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=None, responses=OverrideAnswer)
    def post(self, request: Request, id: int) -> Response:
        override = self.one(selectors.overrides(self.actor), pk=id)
        return Response(OverrideAnswer(services.grant_override(actor=self.actor, override=override)).data)


class RefusalBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class Refuse(base.View):
    """Refuses an exception, with a reason that the partner reads."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=RefusalBody, responses=OverrideAnswer)
    def post(self, request: Request, id: int) -> Response:
        override = self.one(selectors.overrides(self.actor), pk=id)
        reason = self.read(RefusalBody)["reason"]
        return Response(
            OverrideAnswer(services.refuse_override(actor=self.actor, override=override, reason=reason)).data
        )


urlpatterns = [
    path("rules/", Rules.as_view(), name="rules"),
    path("rules/<str:code>/", OneRule.as_view(), name="rule"),
    path("rules/<str:code>/severity/", SetSeverity.as_view(), name="rule-severity"),
    path("rule-settings/", Settings.as_view(), name="rule-settings"),
    path("replays/", Replays.as_view(), name="replays"),
    path("replays/<int:id>/", OneReplay.as_view(), name="replay"),
    path("replays/<int:id>/cancel/", CancelReplay.as_view(), name="replay-cancel"),
    path("replays/<int:id>/hits/", Hits.as_view(), name="replay-hits"),
    path("overrides/", Overrides.as_view(), name="overrides"),
    path("submissions/<int:id>/overrides/", AskOverride.as_view(), name="submission-overrides"),
    path("overrides/<int:id>/grant/", Grant.as_view(), name="override-grant"),
    path("overrides/<int:id>/refuse/", Refuse.as_view(), name="override-refuse"),
]

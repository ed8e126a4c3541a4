"""Ladders over HTTP: their versions, what each would send, and switching one on."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend import clock
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.messages.models import Channel
from programs.reminders import foretelling, policies, selectors
from programs.reminders.answers import MessageAnswer
from programs.reminders.filters import PolicyFilter
from programs.reminders.models import Audience, Counting, Kind, LadderPolicy, LadderStage
from programs.reminders.stage_values import FIELDS
from programs.reminders.templates import LONGEST

READERS = "officer manager admin"
ACTORS = "officer admin"
LARGEST = 2**31 - 1


class StageAnswer(serializers.ModelSerializer):
    """A rung: so many days from the day on which the clock starts. A text that is empty is the shipped one."""

    class Meta:
        model = LadderStage
        fields = list(FIELDS)


class PolicyAnswer(serializers.ModelSerializer):
    """A version of a ladder."""

    state = serializers.SerializerMethodField(help_text="draft, planned, in_force or retired.")
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    switched_on_by = serializers.CharField(source="switched_on_by.username", default=None, allow_null=True)
    stages = serializers.SerializerMethodField()

    class Meta:
        model = LadderPolicy
        fields = [
            "id",
            "kind",
            "version",
            "state",
            "note",
            "shipped",
            "in_force_from",
            "retired_at",
            "reason",
            "created_at",
            "created_by",
            "switched_on_by",
            "stages",
        ]

    def get_state(self, policy: LadderPolicy) -> str:
        return policy.state_at(clock.now())

    def get_stages(self, policy: LadderPolicy) -> list[Any]:
        return list(StageAnswer(sorted(policy.stages.all(), key=lambda one: one.pk), many=True).data)


class StageBody(serializers.Serializer):
    """A rung; what is not given is as shipped."""

    code = serializers.CharField(max_length=30)
    days = serializers.IntegerField(min_value=-LARGEST, max_value=LARGEST)
    audience = serializers.ChoiceField(Audience.choices)
    counting = serializers.ChoiceField(Counting.choices, required=False)
    contact_role = serializers.CharField(max_length=30, required=False, allow_blank=True)
    channel = serializers.ChoiceField(Channel.choices, required=False)
    endpoint = serializers.CharField(max_length=20, required=False, allow_blank=True)
    hour = serializers.TimeField(required=False)
    quiet_from = serializers.TimeField(required=False, allow_null=True)
    quiet_until = serializers.TimeField(required=False, allow_null=True)
    working_days_only = serializers.BooleanField(required=False)
    digest = serializers.BooleanField(required=False)
    subject_zh = serializers.CharField(max_length=LONGEST["subject_zh"], required=False, allow_blank=True)
    text_zh = serializers.CharField(max_length=LONGEST["text_zh"], required=False, allow_blank=True)
    subject_en = serializers.CharField(max_length=LONGEST["subject_en"], required=False, allow_blank=True)
    text_en = serializers.CharField(max_length=LONGEST["text_en"], required=False, allow_blank=True)


class DraftBody(serializers.Serializer):
    """What the new version is of, and what it begins from: the one that is in force, where nothing is named."""

    kind = serializers.ChoiceField(Kind.choices)
    based_on = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    note = serializers.CharField(max_length=policies.LONGEST_NOTE, required=False, allow_blank=True)


class ChangeBody(serializers.Serializer):
    """The whole ladder anew, or its note."""

    stages = StageBody(many=True, required=False)
    note = serializers.CharField(max_length=policies.LONGEST_NOTE, required=False, allow_blank=True)


class SwitchOnBody(serializers.Serializer):
    """Why, and from which day; now, if none is given."""

    reason = serializers.CharField(max_length=policies.LONGEST_REASON)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class SwitchOffBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=policies.LONGEST_REASON)


class SpanParameters(serializers.Serializer):
    """From which day through which; today and thirty days from it, if they are not given. One change, or all."""

    to = serializers.DateField(required=False)
    change = serializers.ChoiceField([(one, one) for one in foretelling.CHANGES], required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(required=False), **super().get_fields()}


class ComparedAnswer(MessageAnswer):
    """One message: when it goes out by what is in force, and when if this version were; null where it does not."""

    change = serializers.ChoiceField([(one, one) for one in foretelling.CHANGES])
    in_force = serializers.DateTimeField(allow_null=True)
    here = serializers.DateTimeField(allow_null=True)


class Policies(base.ListView):
    """Every version of every ladder, the latest first; a new one begins as a draft."""

    permission_classes = [roles({"GET": READERS, "POST": ACTORS})]
    name = "ladders"
    serializer_class = PolicyAnswer
    filterset_class = PolicyFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[LadderPolicy]:
        return selectors.policies(self.actor)

    @documented(request=DraftBody, responses={201: PolicyAnswer})
    def post(self, request: Request) -> Response:
        given = self.read(DraftBody)
        based_on = given.pop("based_on", None)
        source = self.one(selectors.policies(self.actor), pk=based_on) if based_on else None
        made = policies.draft(actor=self.actor, based_on=source, **given)
        return Response(PolicyAnswer(made).data, status=201)


class _PolicyView(base.View):
    def find(self, id: int) -> LadderPolicy:
        """The version. Raises NotFound."""
        return self.one(selectors.policies(self.actor), pk=id)

    def answer(self, id: int) -> Response:
        """The version as it is now."""
        return Response(PolicyAnswer(self.find(id)).data)


class OnePolicy(_PolicyView):
    """One version; drafts can be changed and thrown away."""

    permission_classes = [roles({"GET": READERS, "PATCH": ACTORS, "DELETE": ACTORS})]

    @documented(responses=PolicyAnswer)
    def get(self, request: Request, id: int) -> Response:
        return self.answer(id)

    @documented(request=ChangeBody, responses=PolicyAnswer)
    def patch(self, request: Request, id: int) -> Response:
        policies.change(actor=self.actor, policy=self.find(id), **self.read(ChangeBody))
        return self.answer(id)

    @documented(request=None, responses={204: None})
    def delete(self, request: Request, id: int) -> Response:
        policies.discard(actor=self.actor, policy=self.find(id))
        return Response(status=204)


class SwitchOn(_PolicyView):
    """Puts a draft into force."""

    permission_classes = [roles({"POST": ACTORS})]

    @documented(request=SwitchOnBody, responses=PolicyAnswer)
    def post(self, request: Request, id: int) -> Response:
        given = self.read(SwitchOnBody)
        policies.switch_on(actor=self.actor, policy=self.find(id), reason=given["reason"], from_day=given.get("from"))
        return self.answer(id)


class SwitchOff(_PolicyView):
    """Ends a ladder without another one."""

    permission_classes = [roles({"POST": ACTORS})]

    @documented(request=SwitchOffBody, responses=PolicyAnswer)
    def post(self, request: Request, id: int) -> Response:
        policies.switch_off(actor=self.actor, policy=self.find(id), **self.read(SwitchOffBody))
        return self.answer(id)


class Compared(base.ListView):
    """What goes out between two days and to whom, by what is in force and by this version."""

    permission_classes = [roles({"GET": READERS})]
    name = "ladder-preview"
    serializer_class = ComparedAnswer
    parameters = ("from", "to", "change")

    def get_queryset(self) -> Any:
        given = self.params(SpanParameters, known=("limit", "cursor", "count", "format"))
        policy = self.one(selectors.policies(self.actor), pk=self.kwargs["id"])
        first, last = foretelling.span(given.get("from"), given.get("to"))
        found = foretelling.beside(self.actor, policy, first, last)
        return [compared(one) for one in found if given.get("change") in (None, one.change)]


def compared(one: foretelling.Foretold) -> dict[str, Any]:
    """A foretold message as it is answered."""
    row = foretelling.told(one.row)
    row.pop("due_at")
    return {"change": one.change, **row, "in_force": one.before, "here": one.after}


urlpatterns = [
    path("reminders/policies/", Policies.as_view(), name="ladders"),
    path("reminders/policies/<int:id>/", OnePolicy.as_view(), name="ladder"),
    path("reminders/policies/<int:id>/preview/", Compared.as_view(), name="ladder-preview"),
    path("reminders/policies/<int:id>/switch-on/", SwitchOn.as_view(), name="ladder-switch-on"),
    path("reminders/policies/<int:id>/switch-off/", SwitchOff.as_view(), name="ladder-switch-off"),
]

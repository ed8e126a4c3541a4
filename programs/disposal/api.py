"""Legal holds, disposal rules and certificates over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.accounts.scope import refuse_bound
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.disposal import certificates, holds, services
from programs.disposal.filters import CertificateFilter, HoldFilter, RuleFilter
from programs.disposal.kinds import Kind
from programs.disposal.models import DisposalCertificate, DisposalRule, LegalHold
from programs.submissions import selectors as submissions
from talent.people import selectors as people

READERS = "officer admin"
LARGEST_ID = 2**63 - 1


class HoldAnswer(serializers.ModelSerializer):
    """A legal hold on a person, an organisation or a submission."""

    person = serializers.IntegerField(source="person_id", allow_null=True)
    organisation = base.CodeField(allow_null=True)
    submission = serializers.IntegerField(source="submission_id", allow_null=True)
    placed_by = serializers.CharField(source="placed_by.username")
    lifted_by = serializers.CharField(source="lifted_by.username", default=None, allow_null=True)

    class Meta:
        model = LegalHold
        fields = [
            *("id", "person", "organisation", "submission", "reason", "placed_at", "placed_by"),
            *("lifted_at", "lifted_by", "lift_reason"),
        ]


class HoldBody(serializers.Serializer):
    """One person, organisation or submission, and why nothing of theirs may be destroyed."""

    person = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    organisation = base.CodeField(accounts.organisations, required=False)
    submission = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    reason = serializers.CharField(max_length=holds.LONGEST)


class DisposalReasonBody(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=services.LONGEST)


class DisposalRuleAnswer(serializers.ModelSerializer):
    """One version of a disposal rule."""

    state = serializers.ChoiceField(choices=["draft", "in_force", "retired"])
    switched_on_by = serializers.CharField(source="switched_on_by.username", default=None, allow_null=True)

    class Meta:
        model = DisposalRule
        fields = [
            *("id", "kind", "version", "months", "basis", "shipped", "state", "in_force_from", "retired_at"),
            *("reason", "switched_on_by", "created_at"),
        ]


class DisposalRuleBody(serializers.Serializer):
    """Of what, how many months it is kept after its event, and on which legal basis."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    months = serializers.IntegerField(min_value=1, max_value=services.LONGEST_KEPT)
    basis = serializers.CharField(max_length=services.LONGEST)


class DueAnswer(serializers.Serializer):
    """How many things the rule would destroy now, and how many are due and held."""

    free = serializers.IntegerField()
    held = serializers.IntegerField()


class CertificateAnswer(serializers.ModelSerializer):
    """What a run destroyed, in numbers and digests."""

    class Meta:
        model = DisposalCertificate
        fields = ["number", "issued_at", "content", "previous", "digest"]


class WrongAnswer(serializers.Serializer):
    """Whether every certificate is what it was when it was issued; the numbers of those that are not."""

    sound = serializers.BooleanField()
    wrong = serializers.ListField(child=serializers.IntegerField())


class Holds(base.ListView):
    """Legal holds, the latest first, lifted ones too."""

    permission_classes = [roles({"GET": READERS, "POST": "officer"})]
    name = "legal-holds"
    serializer_class = HoldAnswer
    filterset_class = HoldFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[LegalHold]:
        return holds.legal_holds(self.actor)

    @documented(request=HoldBody, responses={201: HoldAnswer})
    def post(self, request: Request) -> Response:
        given: dict[str, Any] = dict(self.read(HoldBody))
        if "person" in given:
            given["person"] = self.one(people.now(self.actor, given["person"]))
        if "submission" in given:
            given["submission"] = self.one(submissions.submissions(self.actor), pk=given["submission"])
        row = holds.place(actor=self.actor, **given)
        return Response(HoldAnswer(row).data, status=201)


class Lift(base.View):
    """Ends a hold."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=DisposalReasonBody, responses=HoldAnswer)
    def post(self, request: Request, id: int) -> Response:
        row = self.one(holds.legal_holds(self.actor), pk=id)
        return Response(HoldAnswer(holds.lift(actor=self.actor, hold=row, **self.read(DisposalReasonBody))).data)


class Rules(base.ListView):
    """All versions of the disposal rules, by kind, the latest first."""

    permission_classes = [roles({"GET": READERS, "POST": READERS})]
    name = "disposal-rules"
    serializer_class = DisposalRuleAnswer
    filterset_class = RuleFilter
    ordering = ("kind", "-version")

    def get_queryset(self) -> QuerySet[DisposalRule]:
        return services.rules(self.actor)

    @documented(request=DisposalRuleBody, responses={201: DisposalRuleAnswer})
    def post(self, request: Request) -> Response:
        return Response(
            DisposalRuleAnswer(services.draft(actor=self.actor, **self.read(DisposalRuleBody))).data, status=201
        )


class RulePreview(base.View):
    """What a rule would destroy if its night were now."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=DueAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(DueAnswer(services.due(self.one(services.rules(self.actor), pk=id))).data)


class SwitchOn(base.View):
    """Puts a draft into force."""

    permission_classes = [roles({"POST": READERS})]

    @documented(request=DisposalReasonBody, responses=DisposalRuleAnswer)
    def post(self, request: Request, id: int) -> Response:
        row = self.one(services.rules(self.actor), pk=id)
        return Response(
            DisposalRuleAnswer(services.switch_on(actor=self.actor, rule=row, **self.read(DisposalReasonBody))).data
        )


class SwitchOff(base.View):
    """Ends a rule."""

    permission_classes = [roles({"POST": READERS})]

    @documented(request=DisposalReasonBody, responses=DisposalRuleAnswer)
    def post(self, request: Request, id: int) -> Response:
        row = self.one(services.rules(self.actor), pk=id)
        return Response(
            DisposalRuleAnswer(services.switch_off(actor=self.actor, rule=row, **self.read(DisposalReasonBody))).data
        )


class Certificates(base.ListView):
    """Disposal certificates, the latest first."""

    permission_classes = [roles({"GET": READERS})]
    name = "disposal-certificates"
    serializer_class = CertificateAnswer
    filterset_class = CertificateFilter
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[DisposalCertificate]:
        return certificates.certificates(self.actor)


class OneCertificate(base.View):
    """One certificate."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=CertificateAnswer)
    def get(self, request: Request, number: int) -> Response:
        return Response(CertificateAnswer(self.one(certificates.certificates(self.actor), number=number)).data)


class Verify(base.View):
    """Examines the chain of certificates and the digests of everything they tell of."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=WrongAnswer)
    def get(self, request: Request) -> Response:
        # Whoever is bound to districts does not see everything that the digests are of.
        refuse_bound(self.actor)
        wrong = certificates.wrong()
        return Response({"sound": not wrong, "wrong": wrong})


urlpatterns = [
    path("legal-holds/", Holds.as_view(), name="legal-holds"),
    path("legal-holds/<int:id>/lift/", Lift.as_view()),
    path("disposal/rules/", Rules.as_view(), name="disposal-rules"),
    path("disposal/rules/<int:id>/preview/", RulePreview.as_view()),
    path("disposal/rules/<int:id>/switch-on/", SwitchOn.as_view()),
    path("disposal/rules/<int:id>/switch-off/", SwitchOff.as_view()),
    path("disposal/certificates/", Certificates.as_view(), name="disposal-certificates"),
    path("disposal/certificates/verify/", Verify.as_view()),
    path("disposal/certificates/<int:number>/", OneCertificate.as_view()),
]

"""Credentials over HTTP: what is claimed, the files that show it, and officers' verdicts."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.parsers import JSONParser, MultiPartParser
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.vault.files.media import TYPES
from talent.credentials import choosing, downloads, examining, selectors
from talent.credentials import evidence as filing
from talent.credentials.answers import (
    CredentialAnswer,
    CredentialDetail,
    EvidenceAnswer,
    EvidenceBody,
    ExamineBody,
    ExaminedAnswer,
    VerdictBody,
)
from talent.credentials.filters import CredentialFilter
from talent.credentials.models import Credential, Evidence, Examination
from talent.credentials.showing import COLUMNS, EVIDENCE_COLUMNS, shown, shown_evidence, shown_whole


class Credentials(base.ListView):
    """Education and titles that records claim, the latest first. Partners see their own records'."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "credentials"
    serializer_class = CredentialAnswer
    filterset_class = CredentialFilter
    ordering = ("-id",)
    columns = COLUMNS

    def get_queryset(self) -> QuerySet[Credential]:
        return selectors.credentials(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.actor)

    def header(self) -> list[str]:
        return list(CredentialAnswer().fields)


class CredentialView(base.View):
    """What every address of one credential needs."""

    def found(self, id: int) -> Credential:
        """The credential, if the actor may see it. Raises NotFound."""
        return self.one(selectors.credentials(self.actor), pk=id)

    def whole(self, id: int) -> dict[str, Any]:
        """The credential as it is answered."""
        return shown_whole(self.one(selectors.credentials(self.actor).values(*COLUMNS.values()), pk=id), self.actor)

    def file(self, id: int, evidence: int) -> Evidence:
        """One of its files; a file that a verdict rests on outlives the claim. Raises NotFound."""
        own = selectors.evidence(self.actor).select_related("file", "thumbnail")
        return self.one(own, credential_id=id, pk=evidence)


class OneCredential(CredentialView):
    """One credential with its files and every verdict on it."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=CredentialDetail)
    def get(self, request: Request, id: int) -> Response:
        return Response(self.whole(id))


class ExamineOne(CredentialView):
    """A verdict on one credential, or its taking back. The same again answers alike; the other one is a 409."""

    permission_classes = [roles({"POST": "officer"})]
    verdict = Examination.Verdict.CONFIRM

    @documented(request=VerdictBody, responses=CredentialDetail)
    def post(self, request: Request, id: int) -> Response:
        reason = self.read(VerdictBody)["reason"]
        examining.examine_one(credential_id=id, verdict=self.verdict, reason=reason, actor=self.actor)
        return Response(self.whole(id))


class ExamineMany(base.View):
    """One verdict on many credentials; where another stands it is passed over and listed."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=ExamineBody, responses=ExaminedAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(ExamineBody)
        if "filter" in body:
            ids, asked = choosing.by_filter(body["filter"], actor=self.actor, request=request)
        else:
            ids, asked = choosing.by_ids(body["ids"], actor=self.actor)
        outcome = examining.examine_many(
            ids=ids, verdict=body["verdict"], reason=body["reason"], actor=self.actor, asked=asked
        )
        return Response(outcome.as_dict())


class EvidenceList(CredentialView, base.ListView):
    """The files that show one credential; sending another one."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "partner officer"})]
    parser_classes = [MultiPartParser, FormParser, JSONParser]
    name = "evidence"
    queryset = Evidence.objects.none()  # what the schema goes by; each credential has its own
    serializer_class = EvidenceAnswer
    ordering = ("id",)
    columns = EVIDENCE_COLUMNS

    def get_queryset(self) -> QuerySet[Evidence]:
        if getattr(self, "swagger_fake_view", False):
            return Evidence.objects.none()
        credential = self.found(self.kwargs["id"])
        return selectors.evidence(self.actor).filter(credential_id=credential.pk)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown_evidence(rows)

    def header(self) -> list[str]:
        return list(EvidenceAnswer().fields)

    @documented(request={"multipart/form-data": EvidenceBody}, responses={202: EvidenceAnswer})
    def post(self, request: Request, id: int) -> Response:
        credential = self.found(id)
        data = self.read(EvidenceBody)["file"].read()
        row = filing.file_evidence(credential_id=credential.pk, data=data, actor=self.actor)
        [answer] = shown_evidence(Evidence.objects.filter(pk=row.pk).values(*EVIDENCE_COLUMNS.values()))
        return Response(answer, status=202)


class OneEvidence(CredentialView):
    """One file: taking it away, as long as nobody has judged by it."""

    permission_classes = [roles({"DELETE": "partner officer"})]

    @documented(responses={204: None})
    def delete(self, request: Request, id: int, evidence: int) -> Response:
        filing.take_away(evidence_id=self.file(id, evidence).pk, actor=self.actor)
        return Response(status=204)


class EvidenceFile(CredentialView):
    """A file as it was sent, or a small picture of it. Each look at it is entered on the audit trail."""

    permission_classes = [roles({"GET": "partner officer"})]
    fixed_type = True
    thumbnail = False

    @documented(responses={(200, media): OpenApiTypes.BINARY for media in TYPES.values()})
    def get(self, request: Request, id: int, evidence: int) -> HttpResponse:
        row = self.file(id, evidence)
        return downloads.answer(evidence=row, actor=self.actor, thumbnail=self.thumbnail)


urlpatterns = [
    path("credentials/", Credentials.as_view()),
    path("credentials/examine/", ExamineMany.as_view()),
    path("credentials/<int:id>/", OneCredential.as_view()),
    *(
        path(f"credentials/<int:id>/{one.value}/", ExamineOne.as_view(verdict=one), name=f"credential-{one.value}")
        for one in Examination.Verdict
    ),
    path("credentials/<int:id>/evidence/", EvidenceList.as_view()),
    path("credentials/<int:id>/evidence/<int:evidence>/", OneEvidence.as_view()),
    path("credentials/<int:id>/evidence/<int:evidence>/file/", EvidenceFile.as_view()),
    path("credentials/<int:id>/evidence/<int:evidence>/thumbnail/", EvidenceFile.as_view(thumbnail=True)),
]

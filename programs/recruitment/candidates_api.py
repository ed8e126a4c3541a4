"""Candidates over HTTP: entering, changing, moving, arriving, their files."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api import base, idempotency
from backend.api.parsers import JSONParser, MultiPartParser
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.problems import FieldError, Invalid
from backend.vault.files.media import TYPES
from programs.catalogue import naming
from programs.recruitment import arriving, choosing, documents, entering, moving, selectors, showing
from programs.recruitment.bodies import (
    NAMED,
    ArrivedAnswer,
    CandidateAnswer,
    CandidateBody,
    CandidateDetail,
    CandidateDocumentAnswer,
    CandidateDocumentBody,
    ContactsAnswer,
    ContactsBody,
    ManyArrivalsBody,
    ManyMovedAnswer,
    ManyMovesBody,
    MoveAnswer,
    NewCandidateBody,
    OneArrivalBody,
    OneMoveBody,
)
from programs.recruitment.filters import CandidateFilter, DocumentFilter, MoveFilter
from programs.recruitment.models import Candidate, Document, Move
from programs.recruitment.positions import owner_of

USERS = "partner officer"


def told_whole(candidate: Candidate, actor: User) -> dict[str, Any]:
    """One candidate with everything that is known of them, names beside codes."""
    [told] = naming.beside([showing.shown_whole(candidate, actor)], actor, NAMED)
    return told


class CandidateView(base.View):
    """What concerns one candidate."""

    def found(self, id: int) -> Candidate:
        """The candidate, if the actor may see them. Raises NotFound."""
        candidate: Candidate = self.one(selectors.candidates(self.actor), pk=id)
        return candidate

    def whole(self, id: int, status: int = 200) -> Response:
        """The candidate as they are answered."""
        return Response(CandidateDetail(told_whole(self.found(id), self.actor)).data, status=status)


class Candidates(base.ListView):
    """Candidates, the latest first; partners see and enter their own."""

    permission_classes = [roles({"GET": USERS, "POST": USERS})]
    name = "candidates"
    serializer_class = CandidateAnswer
    filterset_class = CandidateFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Candidate]:
        return selectors.candidates(self.actor)

    def ordered(self, rows: Any) -> Any:
        return rows.order_by("-id").values(*showing.PATHS)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return list(CandidateAnswer(naming.beside(showing.shown(rows, self.actor), self.actor, NAMED), many=True).data)

    @documented(request=NewCandidateBody, responses={201: CandidateDetail})
    def post(self, request: Request) -> Response:
        body = self.read(NewCandidateBody)
        owner = owner_of(self.actor, body.pop("organisation", None))
        candidate = entering.enter_candidate(actor=self.actor, organisation=owner, **body)
        found = self.one(self.get_queryset(), pk=candidate.pk)
        return Response(CandidateDetail(told_whole(found, self.actor)).data, status=201)


class OneCandidate(CandidateView):
    """One candidate."""

    permission_classes = [roles({"GET": USERS, "PATCH": USERS})]

    @documented(responses=CandidateDetail)
    def get(self, request: Request, id: int) -> Response:
        return self.whole(id)

    @documented(request=CandidateBody(partial=True), responses=CandidateDetail)
    def patch(self, request: Request, id: int) -> Response:
        candidate = self.found(id)
        entering.change_candidate(actor=self.actor, candidate=candidate, **self.read(CandidateBody, partial=True))
        return self.whole(id)


class MoveOne(CandidateView):
    """Moves a candidate; whoever moved them meanwhile has it, and the other one is answered 409.

    Having arrived is told at ``arrive/``.
    """

    permission_classes = [roles({"POST": USERS})]

    @documented(request=OneMoveBody, responses=CandidateDetail)
    def post(self, request: Request, id: int) -> Response:
        self.found(id)
        body = self.read(OneMoveBody)
        expected = body.pop("expected")
        moving.move(actor=self.actor, candidate_id=id, expected=expected, wished=moving.wish(**body))
        return self.whole(id)


class MoveMany(base.View):
    """Moves many candidates at once; who cannot be moved is left alone and listed."""

    permission_classes = [roles({"POST": USERS})]

    @documented(operation_id="candidates_move_many", request=ManyMovesBody, responses=ManyMovedAnswer)
    def post(self, request: Request) -> Response:
        body = self.read(ManyMovesBody)
        ids, chosen, expected = body.pop("ids", None), body.pop("filter", None), body.pop("expected", "")
        wished = moving.wish(**body)
        if chosen is not None:
            ids = choosing.by_filter(chosen, actor=self.actor, request=request)
        else:
            ids = choosing.by_ids(ids or (), actor=self.actor)
        asked = {"filter": chosen} if chosen is not None else {"ids": len(ids)}
        done = moving.move_many(actor=self.actor, ids=ids, wished=wished, expected=expected, asked=asked)
        return Response(done.as_dict())


class Arrive(CandidateView):
    """A candidate has arrived: the introduction is reported, as a submission that is checked as any other."""

    permission_classes = [roles({"POST": USERS})]

    @documented(request=OneArrivalBody, responses={202: CandidateDetail})
    def post(self, request: Request, id: int) -> Response:
        self.found(id)
        arriving.arrive(actor=self.actor, arriving=arriving.Arriving(candidate=id, **self.read(OneArrivalBody)))
        return self.whole(id, status=202)


class ArriveMany(base.View):
    """Many candidates have arrived: one submission for each organisation and period; who cannot be is listed."""

    permission_classes = [roles({"POST": USERS})]

    @documented(operation_id="candidates_arrive_many", request=ManyArrivalsBody, responses={202: ArrivedAnswer})
    def post(self, request: Request) -> Response:
        told = [arriving.Arriving(**one) for one in self.read(ManyArrivalsBody)["arrivals"]]
        ids = [one.candidate for one in told]
        if len(set(ids)) != len(ids):
            raise Invalid([FieldError("arrivals", "duplicate", _("A candidate is named twice."))])
        choosing.by_ids(ids, actor=self.actor)
        return Response(arriving.arrive_many(actor=self.actor, arriving=told).as_dict(), status=202)


class Moves(CandidateView, base.ListView):
    """The moves of one candidate, the earliest first."""

    permission_classes = [roles({"GET": USERS})]
    name = "moves"
    queryset = Move.objects.none()  # what the schema goes by; each candidate has their own
    serializer_class = MoveAnswer
    filterset_class = MoveFilter
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Move]:
        if getattr(self, "swagger_fake_view", False):
            return Move.objects.none()
        candidate = self.found(self.kwargs["id"])
        return selectors.moves(self.actor).filter(candidate=candidate)

    def ordered(self, rows: Any) -> Any:
        return rows.order_by("id").values(*showing.MOVE_COLUMNS.values(), "by_id")

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return showing.shown_moves(rows, self.actor)


class Documents(CandidateView, base.ListView):
    """The files of one candidate; sending another one."""

    permission_classes = [roles({"GET": USERS, "POST": USERS})]
    parser_classes = [MultiPartParser, FormParser, JSONParser]
    name = "documents"
    queryset = Document.objects.none()  # what the schema goes by; each candidate has their own
    serializer_class = CandidateDocumentAnswer
    filterset_class = DocumentFilter
    ordering = ("id",)
    columns = showing.DOCUMENT_COLUMNS

    def get_queryset(self) -> QuerySet[Document]:
        if getattr(self, "swagger_fake_view", False):
            return Document.objects.none()
        candidate = self.found(self.kwargs["id"])
        return selectors.documents(self.actor).filter(candidate=candidate)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return showing.shown_documents(rows)

    def header(self) -> list[str]:
        return list(CandidateDocumentAnswer().fields)

    @documented(request={"multipart/form-data": CandidateDocumentBody}, responses={202: CandidateDocumentAnswer})
    def post(self, request: Request, id: int) -> Response:
        candidate = self.found(id)
        body = self.read(CandidateDocumentBody)
        row = documents.file_document(
            actor=self.actor, candidate_id=candidate.pk, kind=body["kind"], data=body["file"].read()
        )
        [answer] = showing.shown_documents(
            Document.objects.filter(pk=row.pk).values(*showing.DOCUMENT_COLUMNS.values())
        )
        return Response(answer, status=202)


class OneDocument(CandidateView):
    """One file: taking away what was filed in error."""

    permission_classes = [roles({"DELETE": USERS})]

    @documented(responses={204: None})
    def delete(self, request: Request, id: int, document: int) -> Response:
        documents.take_away(actor=self.actor, document=self.file(id, document))
        return Response(status=204)

    def file(self, id: int, document: int) -> Document:
        """The file of the candidate. Raises NotFound."""
        candidate = self.found(id)
        row: Document = self.one(selectors.documents(self.actor).filter(candidate=candidate), pk=document)
        return row


class DocumentFile(OneDocument):
    """A file as it was sent. Each look at it is entered on the audit trail."""

    permission_classes = [roles({"GET": USERS})]
    http_method_names = ["get", "head"]
    fixed_type = True

    @documented(responses={(200, media): OpenApiTypes.BINARY for media in TYPES.values()})
    def get(self, request: Request, id: int, document: int) -> HttpResponse:
        return documents.answer(actor=self.actor, document=self.file(id, document))


class Reveal(CandidateView):
    """A candidate's number and contacts in full, to whoever says why; every time it is entered on the audit trail."""

    permission_classes = [roles({"POST": USERS})]

    @documented(request=ContactsBody, responses=ContactsAnswer)
    def post(self, request: Request, id: int) -> Response:
        candidate = self.found(id)
        told = choosing.reveal(actor=self.actor, candidate=candidate, **self.read(ContactsBody))
        response = Response(told)
        response["Cache-Control"] = "no-store"
        return response

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, idempotency.Replay):
            choosing.note_again(actor=self.actor, candidate_id=self.kwargs["id"])
        return super().handle_exception(exc)


urlpatterns = [
    path("candidates/", Candidates.as_view()),
    path("candidates/move/", MoveMany.as_view()),
    path("candidates/arrive/", ArriveMany.as_view()),
    path("candidates/<int:id>/", OneCandidate.as_view()),
    path("candidates/<int:id>/move/", MoveOne.as_view()),
    path("candidates/<int:id>/arrive/", Arrive.as_view()),
    path("candidates/<int:id>/moves/", Moves.as_view()),
    path("candidates/<int:id>/documents/", Documents.as_view()),
    path("candidates/<int:id>/documents/<int:document>/", OneDocument.as_view()),
    path("candidates/<int:id>/documents/<int:document>/file/", DocumentFile.as_view()),
    path("candidates/<int:id>/reveal/", Reveal.as_view()),
]

"""Requests of persons over HTTP, and who has looked at one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.scope import refuse_bound
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.audit.services import enter_audit
from backend.problems import NotFound
from programs.privacy import access_report, answers, downloads, selectors, services
from programs.privacy.filters import RequestFilter
from programs.privacy.models import PrivacyRequest
from programs.privacy.whose import known
from programs.records import selectors as records
from talent.people import selectors as people

READERS = "officer admin"


class Requests(base.ListView):
    """Requests of persons, the latest first; names are masked, in downloads too."""

    permission_classes = [roles({"GET": READERS, "POST": "officer"})]
    name = "privacy-requests"
    serializer_class = answers.PrivacyRequestAnswer
    filterset_class = RequestFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[PrivacyRequest]:
        return selectors.requests(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return answers.answered(rows)

    @documented(request=answers.ReceiveBody, responses={201: answers.RequestDetail})
    def post(self, request: Request) -> Response:
        # Before anybody is looked for: whoever is bound to districts hears why, and not that nobody is there.
        refuse_bound(self.actor)
        given = self.read(answers.ReceiveBody)
        person = self.one(people.now(self.actor, given.pop("person")))
        row = services.receive(actor=self.actor, person=person, **given)
        return Response(_one(self, row.pk), status=201)


class OneRequest(base.View):
    """One request, and how far it is."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=answers.RequestDetail)
    def get(self, request: Request, id: int) -> Response:
        return Response(_one(self, id))


class Preview(base.View):
    """What erasing the person would come to: what goes, what stays and why, and which holds stand in the way."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=answers.ErasurePreviewAnswer)
    def get(self, request: Request, id: int) -> Response:
        row = self.one(selectors.requests(self.actor), pk=id)
        return Response(selectors.preview(row).told())


class _Step(base.View):
    """One step of the guided job: an officer's."""

    permission_classes = [roles({"POST": "officer"})]
    body: type[serializers.Serializer] | None = None
    status = 200

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        """Takes the step."""
        raise NotImplementedError

    def post(self, request: Request, id: int) -> Response:
        row = self.one(selectors.requests(self.actor), pk=id)
        self.act(row, **(self.read(self.body) if self.body else {}))
        return Response(_one(self, id), status=self.status)


class Identity(_Step):
    """Notes how it was found out that whoever asks is the person."""

    body = answers.IdentityBody

    @documented(request=answers.IdentityBody, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.confirm_identity(actor=self.actor, request=row, **given)


class Assign(_Step):
    """Gives the request to an officer."""

    body = answers.AssignBody

    @documented(request=answers.AssignBody, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.assign(actor=self.actor, request=row, **given)


class Copy(_Step):
    """Has everything that is held put together as two files."""

    body = answers.CopyBody
    status = 202

    @documented(request=answers.CopyBody, responses={202: answers.RequestDetail})
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.order_copy(actor=self.actor, request=row, **given)


class Correction(_Step):
    """Asks whoever reported a record to look at it."""

    body = answers.CorrectionBody

    @documented(request=answers.CorrectionBody, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        record = self.one(records.records(self.actor), pk=given["record"])
        services.ask_correction(actor=self.actor, request=row, record=record, text=given["text"])


class Propose(_Step):
    """Proposes the deletion to a second officer."""

    @documented(request=None, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.propose_deletion(actor=self.actor, request=row)


class Approve(_Step):
    """Has a proposed deletion carried out; another officer than the one who proposed it."""

    status = 202

    @documented(request=None, responses={202: answers.RequestDetail})
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.approve_deletion(actor=self.actor, request=row)


class Answer(_Step):
    """Closes the request as answered."""

    body = answers.PrivacyTextBody

    @documented(request=answers.PrivacyTextBody, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.answer(actor=self.actor, request=row, **given)


class Refuse(_Step):
    """Refuses it, with the reason that the person is told."""

    body = answers.PrivacyReasonBody

    @documented(request=answers.PrivacyReasonBody, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.refuse(actor=self.actor, request=row, **given)


class Withdraw(_Step):
    """Notes that the person does not ask any more."""

    body = answers.PrivacyReasonBody

    @documented(request=answers.PrivacyReasonBody, responses=answers.RequestDetail)
    def post(self, request: Request, id: int) -> Response:
        return super().post(request, id)

    def act(self, row: PrivacyRequest, **given: Any) -> None:
        services.withdraw(actor=self.actor, request=row, **given)


class File(base.View):
    """The copy, for machines (json) or for people (xlsx), while it may be fetched; audited."""

    permission_classes = [roles({"GET": "officer"})]
    fixed_type = True

    @documented(
        responses={(200, "application/json"): OpenApiTypes.BINARY, (200, downloads.XLSX): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, id: int, form: str) -> HttpResponse:
        row = self.one(selectors.requests(self.actor), pk=id)
        return downloads.answer(actor=self.actor, request=row, form=form)


class AccessReport(base.View):
    """Who has looked at a person, when and by which act; that this was read is itself a look."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=answers.LooksAnswer)
    def get(self, request: Request, id: int) -> Response:
        if not access_report.of_role(self.actor):
            raise NotFound
        person = self.one(people.now(self.actor, id), named={"pk": id})
        found = access_report.looks(known(person.pk))
        enter_audit(action="privacy.report", subject=person, actor=self.actor)
        return Response({"person": person.pk, "looks": [one.told() for one in found]})


def _one(view: base.View, id: int) -> dict[str, Any]:
    return answers.answered_whole(view.one(selectors.requests(view.actor), pk=id))


urlpatterns = [
    path("privacy-requests/", Requests.as_view(), name="privacy-requests"),
    path("privacy-requests/<int:id>/", OneRequest.as_view(), name="privacy-request"),
    path("privacy-requests/<int:id>/preview/", Preview.as_view()),
    path("privacy-requests/<int:id>/confirm-identity/", Identity.as_view()),
    path("privacy-requests/<int:id>/assign/", Assign.as_view()),
    path("privacy-requests/<int:id>/copy/", Copy.as_view()),
    path("privacy-requests/<int:id>/copy.<str:form>", File.as_view()),
    path("privacy-requests/<int:id>/ask/", Correction.as_view()),
    path("privacy-requests/<int:id>/propose/", Propose.as_view()),
    path("privacy-requests/<int:id>/approve/", Approve.as_view()),
    path("privacy-requests/<int:id>/answer/", Answer.as_view()),
    path("privacy-requests/<int:id>/refuse/", Refuse.as_view()),
    path("privacy-requests/<int:id>/withdraw/", Withdraw.as_view()),
    path("people/<int:id>/access-report/", AccessReport.as_view()),
]

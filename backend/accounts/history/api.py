"""What became of organisations, over HTTP."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import rules, selectors
from backend.accounts.history import consequences, services
from backend.accounts.history import selectors as history
from backend.accounts.history.models import OrganisationChange
from backend.accounts.history.serializers import (
    CloseBody,
    ConsequenceAnswer,
    MergeBody,
    NestBody,
    OnParameters,
    OrganisationChangeAnswer,
    RenameBody,
    WithdrawChangeBody,
)
from backend.accounts.models import Organisation
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented


class OfAnOrganisation(base.View):
    """An address below an organisation's."""

    @property
    def organisation(self) -> Organisation:
        """The organisation that the address names. Raises NotFound."""
        found: Organisation = self.one(selectors.organisations(self.actor), code=self.kwargs["code"])
        return found


class Changes(OfAnOrganisation, base.ListView):
    """What became of an organisation, the latest entered first; what was withdrawn is marked so."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "changes"
    serializer_class = OrganisationChangeAnswer
    ordering = ("-id",)
    queryset = OrganisationChange.objects.none()

    def get_queryset(self) -> QuerySet[OrganisationChange]:
        return history.changes(self.actor).filter(organisation=self.organisation)


class Act(OfAnOrganisation):
    """An act on an organisation, by officers and administrators; never on the bureau's own by an officer."""

    permission_classes = [roles({"POST": "officer admin"})]
    does: ClassVar[Callable[..., OrganisationChange]]

    def act(self, **values: Any) -> Response:
        change = type(self).does(actor=self.actor, organisation=self.organisation, **values)
        return Response(OrganisationChangeAnswer(change, context=self.get_serializer_context()).data, status=201)


class Rename(Act):
    """Other names from a day on; figures as of earlier days keep the old ones."""

    @documented(request=RenameBody, responses={201: OrganisationChangeAnswer})
    def post(self, request: Request, code: str) -> Response:
        return self.act(**self.read(RenameBody))

    does = staticmethod(services.rename)


class Nest(Act):
    """What it is part of from a day on; of any depth, and never of itself."""

    @documented(request=NestBody, responses={201: OrganisationChangeAnswer})
    def post(self, request: Request, code: str) -> Response:
        return self.act(**self.read(NestBody))

    does = staticmethod(services.nest)


class Close(Act):
    """It is no more from a day on: it owes nothing, its users read and send nothing, its people stay counted."""

    @documented(request=CloseBody, responses={201: OrganisationChangeAnswer})
    def post(self, request: Request, code: str) -> Response:
        return self.act(**self.read(CloseBody))

    does = staticmethod(services.close)


class Merge(Act):
    """It goes into another from a day on; what it reported stays its own, what is new is reported by the other."""

    @documented(request=MergeBody, responses={201: OrganisationChangeAnswer})
    def post(self, request: Request, code: str) -> Response:
        return self.act(**self.read(MergeBody))

    does = staticmethod(services.merge)


class Withdraw(OfAnOrganisation):
    """Takes an act back: freely before its day, as a correction after it. It stays on the list, with who and why."""

    permission_classes = [roles({"POST": "officer admin"})]

    @documented(request=WithdrawChangeBody, responses=OrganisationChangeAnswer)
    def post(self, request: Request, code: str, id: int) -> Response:
        mine = history.changes(self.actor).filter(organisation=self.organisation)
        withdrawn = services.withdraw(actor=self.actor, change=self.one(mine, pk=id), **self.read(WithdrawChangeBody))
        return Response(OrganisationChangeAnswer(withdrawn, context=self.get_serializer_context()).data)


class Foretold(OfAnOrganisation, base.ListView):
    """What would follow if it were no more from a day on; nothing is changed by asking."""

    permission_classes = [roles({"GET": "officer admin"})]
    name = "foretold"
    serializer_class = ConsequenceAnswer
    parameters = ("on",)
    queryset = OrganisationChange.objects.none()

    def get_queryset(self) -> Any:
        organisation = self.organisation
        day = self.params(OnParameters, known=("limit", "cursor", "count", "format"))["on"]
        rules.may_manage(self.actor, organisation.kind)
        found = consequences.foretell(organisation, day)
        return [{"code": one.code, "count": one.count, "label": str(one.label)} for one in found]


urlpatterns = [
    path("organisations/<str:code>/changes/", Changes.as_view(), name="organisation-changes"),
    path("organisations/<str:code>/changes/<int:id>/withdraw/", Withdraw.as_view(), name="organisation-withdraw"),
    path("organisations/<str:code>/foretold/", Foretold.as_view(), name="organisation-foretold"),
    path("organisations/<str:code>/rename/", Rename.as_view(), name="organisation-rename"),
    path("organisations/<str:code>/nest/", Nest.as_view(), name="organisation-nest"),
    path("organisations/<str:code>/close/", Close.as_view(), name="organisation-close"),
    path("organisations/<str:code>/merge/", Merge.as_view(), name="organisation-merge"),
]

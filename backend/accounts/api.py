"""Signing in, organisations and users over HTTP."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors, services, tokens
from backend.accounts.factors import api as factors_api
from backend.accounts.filters import OrganisationFilter, UserFilter
from backend.accounts.history import api as history_api
from backend.accounts.history.serializers import AsOfParameters
from backend.accounts.history.showing import with_history
from backend.accounts.models import AccessToken, Organisation, User
from backend.accounts.serializers import (
    Credentials,
    OrganisationAnswer,
    OrganisationBody,
    OrganisationDetail,
    TokenAnswer,
    UserAnswer,
    UserBody,
    UserChange,
)
from backend.accounts.sessions import api as sessions_api
from backend.api import base
from backend.api.faults import ProblemResponse
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import PROBLEM_TYPE, ProblemAnswer, documented
from backend.lists.keyset import PARAMETERS
from backend.problems import Problem


class Token(base.View):
    """The token that every other call carries as ``Authorization: Token …``."""

    reading = True  # signing out is no writing: a read-only login may

    def get_authenticators(self) -> list[BaseAuthentication]:
        # Whoever signs in may still send a token that has ended.
        if self.request is not None and self.request.method == "POST":
            return []
        return super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        if self.request.method == "POST":
            return [AllowAny()]
        return [roles({"DELETE": EVERYONE})()]

    @documented(
        request=Credentials,
        responses={200: TokenAnswer, (401, PROBLEM_TYPE): ProblemAnswer},
        auth=[],
        summary="Sign in",
    )
    def post(self, request: Request) -> HttpResponse | Response:
        outcome = tokens.sign_in(**self.read(Credentials))
        if isinstance(outcome, Problem):
            return ProblemResponse(outcome)
        return Response(TokenAnswer(outcome).data, headers={"Cache-Control": "no-store"})

    @documented(request=None, responses={204: None}, summary="Sign out")
    def delete(self, request: Request) -> Response:
        tokens.sign_out(actor=self.actor, token=cast(AccessToken, request.auth))
        return Response(status=204)


@documented(parameters=[AsOfParameters])
class Organisations(base.ListView):
    """Organisations, by code, as they are called now or as of a day. Partners see their own."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer admin"})]
    from_above = True
    name = "organisations"
    serializer_class = OrganisationDetail
    filterset_class = OrganisationFilter
    parameters = ("as_of",)
    ordering = ("code",)
    columns = {
        "code": "code",
        "name_zh": "name_zh",
        "name_en": "name_en",
        "kind": "kind",
        "parent": "parent__code",
        "school_code": "school_code",
        "uscc": "uscc",
        "sign_off": "sign_off",
        "contacts": "contacts",
        "closed_on": "closed_on",
        "merged_into": "merged_into__code",
        "created_at": "created_at",
    }

    def get_queryset(self) -> QuerySet[Organisation]:
        self.params(AsOfParameters, known=(*OrganisationFilter.names(), *PARAMETERS))
        return selectors.organisations(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        asked = self.params(AsOfParameters, known=(*OrganisationFilter.names(), *PARAMETERS))
        return with_history(super().present(rows), asked.get("as_of"))

    @documented(request=OrganisationBody, responses={201: OrganisationDetail})
    def post(self, request: Request) -> Response:
        organisation = services.create_organisation(actor=self.actor, **self.read(OrganisationBody))
        return Response(shown(organisation), status=201)


class OneOrganisation(base.View):
    """One organisation."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer admin"})]
    from_above = True

    @documented(responses=OrganisationDetail, parameters=[AsOfParameters])
    def get(self, request: Request, code: str) -> Response:
        asked = self.params(AsOfParameters)
        return Response(shown(self.one(selectors.organisations(self.actor), code=code), asked.get("as_of")))

    @documented(request=OrganisationBody, responses=OrganisationDetail)
    def patch(self, request: Request, code: str) -> Response:
        organisation = self.one(selectors.organisations(self.actor), code=code)
        changes = self.read(OrganisationBody, partial=True)
        changed = services.update_organisation(actor=self.actor, organisation=organisation, **changes)
        return Response(shown(changed))


def shown(organisation: Organisation, day: dt.date | None = None) -> dict[str, Any]:
    """An organisation with its history, as it is in force or as of a day."""
    plain = OrganisationAnswer(organisation).data | {"closed_on": organisation.closed_on}
    return with_history([plain], day)[0]


class Users(base.ListView):
    """Everybody who may sign in."""

    permission_classes = [roles({"GET": "admin", "POST": "admin"})]
    name = "users"
    serializer_class = UserAnswer
    filterset_class = UserFilter
    ordering = ("username",)
    columns = {
        "id": "id",
        "username": "username",
        "email": "email",
        "role": "role",
        "read_only": "read_only",
        "signatory": "signatory",
        "districts": "districts",
        "organisation": "organisation__code",
        "language": "language",
        "is_active": "is_active",
        "created_at": "created_at",
    }

    def get_queryset(self) -> QuerySet[User]:
        return selectors.users(self.actor)

    @documented(request=UserBody, responses={201: UserAnswer})
    def post(self, request: Request) -> Response:
        user = services.create_user(actor=self.actor, **self.read(UserBody))
        return Response(UserAnswer(user).data, status=201)


class OneUser(base.View):
    """One user, by name or by id."""

    permission_classes = [roles({"GET": "admin", "PATCH": "admin"})]

    @documented(responses=UserAnswer)
    def get(self, request: Request, username: str) -> Response:
        return Response(UserAnswer(self._user(username)).data)

    @documented(request=UserChange, responses=UserAnswer)
    def patch(self, request: Request, username: str) -> Response:
        changes = self.read(UserChange, partial=True)
        changed = services.update_user(actor=self.actor, user=self._user(username), **changes)
        return Response(UserAnswer(changed).data)

    def _user(self, username: str) -> User:
        # No user name is digits alone, so the two cannot be taken for each other.
        lookup: dict[str, Any] = (
            {"pk": username} if username.isascii() and username.isdigit() else {"username": username}
        )
        return self.one(selectors.users(self.actor), **lookup)


urlpatterns = [
    *history_api.urlpatterns,
    *factors_api.urlpatterns,
    *sessions_api.urlpatterns,
    path("auth/token/", Token.as_view()),
    path("organisations/", Organisations.as_view()),
    path("organisations/<str:code>/", OneOrganisation.as_view()),
    path("users/", Users.as_view()),
    path("users/<str:username>/", OneUser.as_view()),
]

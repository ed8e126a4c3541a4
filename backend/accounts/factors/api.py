"""The second factor over HTTP: setting it up before one can sign in, and what one has."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors, signing
from backend.accounts.factors import selectors as factors
from backend.accounts.factors import services
from backend.accounts.factors.serializers import (
    Confirmation,
    FactorAnswer,
    FactorSecretAnswer,
    RecoveryCodesAnswer,
    ResetBody,
    WithPassword,
)
from backend.accounts.models import User
from backend.api import base
from backend.api.faults import ProblemResponse
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import PROBLEM_TYPE, ProblemAnswer, documented
from backend.problems import Problem

UNSEEN = {"Cache-Control": "no-store"}


class _ByPassword(base.View):
    """For whoever knows their password and cannot sign in yet."""

    permission_classes = [AllowAny]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return []

    def known(self, given: dict[str, Any], act: Callable[[User], HttpResponse | Response]) -> HttpResponse | Response:
        """What ``act`` answers to whoever knows the password; the refusal, which stands on the trail, to others."""
        user = signing.know(username=given["username"], password=given["password"])
        if isinstance(user, Problem):
            user.headers["WWW-Authenticate"] = "Token"
            return ProblemResponse(user)
        return act(user)


class Totp(_ByPassword):
    """A secret for one-time codes, for whoever has no second factor yet."""

    @documented(
        request=WithPassword,
        responses={200: FactorSecretAnswer, (401, PROBLEM_TYPE): ProblemAnswer},
        auth=[],
        summary="Begin setting up a second factor",
    )
    def post(self, request: Request) -> HttpResponse | Response:
        def begin(user: User) -> Response:
            return Response(FactorSecretAnswer(services.begin(user=user)).data, headers=UNSEEN)

        return self.known(self.read(WithPassword), begin)


class ConfirmTotp(_ByPassword):
    """Puts the secret in force by a code of it. Every session and token of the user ends."""

    @documented(
        request=Confirmation,
        responses={200: RecoveryCodesAnswer, (401, PROBLEM_TYPE): ProblemAnswer},
        auth=[],
        summary="Set up a second factor",
    )
    def post(self, request: Request) -> HttpResponse | Response:
        given = self.read(Confirmation)

        def confirm(user: User) -> Response:
            codes = services.confirm(user=user, code=given["otp"])
            return Response({"recovery_codes": codes}, headers=UNSEEN)

        return self.known(given, confirm)


class Factor(base.View):
    """One's own second factor. Taking it away, for whoever may be without, ends every session and token."""

    permission_classes = [roles({"GET": EVERYONE, "DELETE": EVERYONE})]
    reading = True

    @documented(responses=FactorAnswer)
    def get(self, request: Request) -> Response:
        factor = factors.factor_of(self.actor)
        found = {
            "enrolled_at": factor.confirmed_at if factor else None,
            "required": factors.required(self.actor),
            "recovery_codes_left": factors.codes_left(self.actor),
        }
        return Response(FactorAnswer(found).data)

    @documented(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        services.remove(actor=self.actor)
        return Response(status=204)


class RecoveryCodes(base.View):
    """New recovery codes in the place of the old ones."""

    permission_classes = [roles({"POST": EVERYONE})]
    reading = True

    @documented(request=None, responses=RecoveryCodesAnswer)
    def post(self, request: Request) -> Response:
        return Response({"recovery_codes": services.renew_codes(actor=self.actor)}, headers=UNSEEN)


class ResetFactor(base.View):
    """Takes a user's second factor away, who has lost it; they are signed out everywhere and set up another."""

    permission_classes = [roles({"POST": "admin"})]

    @documented(request=ResetBody, responses={204: None})
    def post(self, request: Request, username: str) -> Response:
        user = self.one(selectors.users(self.actor), username=username)
        services.reset(actor=self.actor, user=user, **self.read(ResetBody))
        return Response(status=204)


urlpatterns = [
    path("auth/totp/", Totp.as_view()),
    path("auth/totp/confirm/", ConfirmTotp.as_view()),
    path("auth/factor/", Factor.as_view()),
    path("auth/recovery-codes/", RecoveryCodes.as_view()),
    path("users/<str:username>/reset-factor/", ResetFactor.as_view()),
]

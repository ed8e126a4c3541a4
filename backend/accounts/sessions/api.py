"""Tokens, sessions, and proving who one is, over HTTP."""

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors, signing, tokens
from backend.accounts.filters import TokenFilter
from backend.accounts.models import AccessToken
from backend.accounts.sessions import selectors as sessions
from backend.accounts.sessions import services
from backend.api import base
from backend.api.faults import ProblemResponse
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.problems import Problem

UNSEEN = {"Cache-Control": "no-store"}


class TokenRow(serializers.Serializer):
    """A token, as it is listed; what it is itself is kept nowhere."""

    id = serializers.IntegerField()
    user = serializers.CharField()
    name = serializers.CharField(help_text="Empty for one that came of signing in.")
    scope = serializers.ChoiceField(choices=AccessToken.Scope.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class TokenBody(serializers.Serializer):
    """A token that is to be made."""

    name = serializers.CharField(max_length=100)
    scope = serializers.ChoiceField(choices=AccessToken.Scope.choices)
    days = serializers.IntegerField(min_value=1)


class MadeToken(serializers.Serializer):
    """A token, shown this once."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ProofBody(serializers.Serializer):
    """Who one is."""

    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)
    otp = serializers.CharField(max_length=40, required=False, allow_blank=True, write_only=True)


class ProofAnswer(serializers.Serializer):
    """Until when the proof lasts, for the token that it was sent with."""

    until = serializers.DateTimeField()


class SessionRow(serializers.Serializer):
    """A session of the pages."""

    id = serializers.CharField()
    began_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    address = serializers.CharField()
    agent = serializers.CharField()


class Tokens(base.ListView):
    """One's tokens; an administrator sees everybody's."""

    permission_classes = [roles({"GET": EVERYONE, "POST": EVERYONE})]
    reading = True  # whoever may only read has programs that read
    name = "tokens"
    serializer_class = TokenRow
    filterset_class = TokenFilter
    ordering = ("expires_at", "id")
    columns = {
        "id": "id",
        "user": "user__username",
        "name": "name",
        "scope": "scope",
        "created_at": "created_at",
        "expires_at": "expires_at",
        "last_used_at": "last_used_at",
    }

    def get_queryset(self) -> QuerySet[AccessToken]:
        return selectors.tokens(self.actor)

    @documented(request=TokenBody, responses={201: MadeToken})
    def post(self, request: Request) -> Response:
        made = tokens.make(actor=self.actor, **self.read(TokenBody))
        return Response(MadeToken(made).data, status=201, headers=UNSEEN)


class OneToken(base.View):
    """Ends a token: one's own or, for an administrator, anybody's."""

    permission_classes = [roles({"DELETE": EVERYONE})]
    reading = True

    @documented(request=None, responses={204: None})
    def delete(self, request: Request, id: int) -> Response:
        tokens.revoke(actor=self.actor, token=self.one(selectors.tokens(self.actor), pk=id))
        return Response(status=204)


class Proof(base.View):
    """Proves for some minutes who the bearer of the token is, for acts that ask for it."""

    permission_classes = [roles({"POST": EVERYONE})]
    reading = True

    @documented(request=ProofBody, responses=ProofAnswer)
    def post(self, request: Request) -> HttpResponse | Response:
        refused: Problem | None = signing.prove(user=self.actor, **self.read(ProofBody))
        if refused is not None:
            return ProblemResponse(refused)
        until = tokens.prove(actor=self.actor, token=cast(AccessToken, request.auth))
        return Response(ProofAnswer({"until": until}).data)


class Sessions(base.ListView):
    """One's sessions of the pages; ``DELETE`` ends them all."""

    permission_classes = [roles({"GET": EVERYONE, "DELETE": EVERYONE})]
    reading = True
    name = "sessions"
    serializer_class = SessionRow
    ordering = ("-seen_at", "session_key")
    columns = {
        "id": "session_key",
        "began_at": "began_at",
        "seen_at": "seen_at",
        "ends_at": "expire_date",
        "address": "address",
        "agent": "agent",
    }

    def get_queryset(self) -> QuerySet:
        return sessions.sessions(self.actor)

    @documented(request=None, responses={204: None}, operation_id="auth_sessions_end_all")
    def delete(self, request: Request) -> Response:
        services.end_others(actor=self.actor, keeping=None)
        return Response(status=204)


class OneSession(base.View):
    """Ends one of one's sessions."""

    permission_classes = [roles({"DELETE": EVERYONE})]
    reading = True

    @documented(request=None, responses={204: None})
    def delete(self, request: Request, id: str) -> Response:
        services.end(actor=self.actor, session=self.one(sessions.sessions(self.actor), pk=id))
        return Response(status=204)


urlpatterns = [
    path("auth/tokens/", Tokens.as_view()),
    path("auth/tokens/<int:id>/", OneToken.as_view()),
    path("auth/proof/", Proof.as_view()),
    path("auth/sessions/", Sessions.as_view()),
    path("auth/sessions/<str:id>/", OneSession.as_view()),
]

"""Later due days over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.periods import selectors
from programs.periods.extensions import extend, extensions, withdraw_extension
from programs.periods.filters import ExtensionFilter
from programs.periods.models import Extension


class ExtensionAnswer(serializers.ModelSerializer):
    """A later due day; ``organisation`` is null where it was granted to all. In force until it is withdrawn."""

    period = base.CodeField()
    organisation = base.CodeField(allow_null=True)
    granted_by = serializers.SerializerMethodField(help_text="Told to the bureau's staff alone.")
    withdrawn_by = serializers.SerializerMethodField(help_text="Told to the bureau's staff alone.")

    class Meta:
        model = Extension
        fields = [
            *("id", "period", "organisation", "due_on", "reason", "granted_by", "granted_at"),
            *("withdrawn_at", "withdrawn_by", "withdrawal_reason"),
        ]

    def get_granted_by(self, row: Extension) -> str | None:
        return self._named(row.granted_by)

    def get_withdrawn_by(self, row: Extension) -> str | None:
        return self._named(row.withdrawn_by)

    def _named(self, user: Any) -> str | None:
        told = user is not None and self.context["request"].user.sees_everything
        return user.username if told else None


class ExtendBody(serializers.Serializer):
    """Until when, for whom, and why. Without an organisation it is granted to all."""

    period = base.CodeField(selectors.periods)
    organisation = base.CodeField(accounts.organisations, required=False, allow_null=True, default=None)
    due_on = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class WithdrawExtensionBody(serializers.Serializer):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=2000)


class Extensions(base.ListView):
    """Later due days, those withdrawn too, the latest first."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    from_above = True
    name = "extensions"
    serializer_class = ExtensionAnswer
    filterset_class = ExtensionFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Extension]:
        return extensions(self.actor)

    @documented(request=ExtendBody, responses={201: ExtensionAnswer})
    def post(self, request: Request) -> Response:
        row = extend(actor=self.actor, **self.read(ExtendBody))
        return Response(self.get_serializer(row).data, status=201)


class OneExtension(base.View):
    """One later due day."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=ExtensionAnswer)
    def get(self, request: Request, id: int) -> Response:
        row = self.one(extensions(self.actor), pk=id)
        return Response(ExtensionAnswer(row, context=self.get_serializer_context()).data)


class Withdraw(base.View):
    """Takes a later due day back, with a reason; what is owed is due as it was before."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=WithdrawExtensionBody, responses=ExtensionAnswer)
    def post(self, request: Request, id: int) -> Response:
        row = self.one(extensions(self.actor), pk=id)
        withdrawn = withdraw_extension(actor=self.actor, extension=row, **self.read(WithdrawExtensionBody))
        return Response(ExtensionAnswer(withdrawn, context=self.get_serializer_context()).data)


urlpatterns = [
    path("extensions/", Extensions.as_view(), name="extensions"),
    path("extensions/<int:id>/", OneExtension.as_view(), name="extension"),
    path("extensions/<int:id>/withdraw/", Withdraw.as_view(), name="extension-withdraw"),
]

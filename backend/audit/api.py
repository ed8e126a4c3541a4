"""The audit trail over HTTP, for administrators."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from backend.api import base
from backend.api.permissions import roles
from backend.audit import selectors
from backend.audit.filters import AuditFilter
from backend.audit.models import AuditEntry


class AuditAnswer(serializers.Serializer):
    """One action, or one of the entries that share its action_id."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    action_id = serializers.UUIDField()
    actor = serializers.CharField()
    role = serializers.CharField()
    organisation = serializers.CharField(allow_null=True)
    action = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.CharField()
    detail = serializers.DictField()
    address = serializers.IPAddressField(allow_null=True)


class Audit(base.ListView):
    """Who did what to which subject, the newest first."""

    permission_classes = [roles({"GET": "admin"})]
    name = "audit"
    serializer_class = AuditAnswer
    filterset_class = AuditFilter
    ordering = ("-id",)
    columns = {name: name for name in AuditAnswer._declared_fields}

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return selectors.entries(self.actor)


urlpatterns = [path("audit/", Audit.as_view())]

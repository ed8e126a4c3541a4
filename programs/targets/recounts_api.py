"""Recounts over HTTP: what they came to, and having one made."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.lists.filters import StrictFilterSet
from programs.targets import recounting
from programs.targets.models import RecountResult


class RecountFilter(StrictFilterSet):
    """By whether all agreed, and a span of days."""

    agrees = filters.BooleanFilter()
    counted_from = filters.DateFilter(field_name="counted_at", lookup_expr="date__gte")
    counted_to = filters.DateFilter(field_name="counted_at", lookup_expr="date__lte")

    class Meta:
        model = RecountResult
        fields: list[str] = []


class RecountAnswer(serializers.Serializer):
    """What a recount came to."""

    id = serializers.IntegerField()
    agrees = serializers.BooleanField()
    amiss = serializers.IntegerField(help_text="Entries of the ledger that contradict those before them.")
    astray = serializers.IntegerField(help_text="Cells of the cube that are not the sum of their entries.")
    targets = serializers.ListField(
        child=serializers.DictField(),
        help_text="target, recounted, ledger, standing, differing, pending, persons (the first that differ).",
    )
    nightly = serializers.BooleanField()
    job = serializers.IntegerField(source="job_id")
    counted_at = serializers.DateTimeField()


class RecountOrderedAnswer(serializers.Serializer):
    """The job that counts."""

    id = serializers.IntegerField(help_text="Of the job; see jobs/.")


class Recounts(base.ListView):
    """Recounts of every target from the records, the latest first."""

    permission_classes: list[Any] = [roles({"GET": "officer manager admin", "POST": "admin"})]
    name = "recounts"
    serializer_class = RecountAnswer
    filterset_class = RecountFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[RecountResult]:
        return recounting.results(self.actor)

    @documented(request=None, responses={202: RecountOrderedAnswer})
    def post(self, request: Request) -> Response:
        return Response({"id": recounting.order(actor=self.actor).pk}, status=202)


urlpatterns = [path("recounts/", Recounts.as_view())]

"""Practice over HTTP: what there is to practise with. It is sent as any submission is, with ``practice=true``."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import FILES, documented
from programs.intake import samples
from programs.submissions import practising

CSV, XLSX = FILES


class SlipAnswer(serializers.Serializer):
    """A mistake in a sample, as the checks will find it."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    header = serializers.CharField()
    rule = serializers.CharField()
    severity = serializers.ChoiceField(["error", "warning"])
    title = serializers.CharField()


class SampleAnswer(serializers.Serializer):
    """A file to practise with: ``practice/{name}.xlsx`` and ``practice/{name}.csv``."""

    name = serializers.ChoiceField([samples.CLEAN, samples.MISTAKES])
    rows = serializers.IntegerField()
    mistakes = SlipAnswer(many=True)


class PracticeAnswer(serializers.Serializer):
    """What there is to practise with, for which period where none is named, and for how many days it is kept."""

    period = serializers.CharField(allow_null=True)
    days = serializers.IntegerField()
    samples = SampleAnswer(many=True)


class Practice(base.View):
    """Files to practise with, made for the caller's own organisation from its programmes and people who do not exist.

    No sample is listed while the organisation takes part in nothing that has begun.
    """

    permission_classes = [roles({"GET": "partner"})]

    @documented(responses=PracticeAnswer)
    def get(self, request: Request) -> Response:
        period = practising.period_for(self.actor)
        return Response(
            {
                "period": period.code if period else None,
                "days": settings.PRACTICE_DAYS,
                "samples": [samples.told(one) for one in samples.samples(self.actor)],
            }
        )


class Workbook(base.View):
    """A sample as a workbook: ``clean`` or ``mistakes``. Made on request and never kept."""

    permission_classes = [roles({"GET": "partner"})]
    fixed_type = True

    @documented(responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, name: str) -> HttpResponse:
        return samples.sample_file(actor=self.actor, name=name, kind="xlsx").answer()


class Text(base.View):
    """A sample as CSV: ``clean`` or ``mistakes``."""

    permission_classes = [roles({"GET": "partner"})]
    fixed_type = True

    @documented(responses={(200, CSV): OpenApiTypes.BINARY})
    def get(self, request: Request, name: str) -> HttpResponse:
        return samples.sample_file(actor=self.actor, name=name, kind="csv").answer()


urlpatterns = [
    path("practice/", Practice.as_view()),
    path("practice/<str:name>.xlsx", Workbook.as_view()),
    path("practice/<str:name>.csv", Text.as_view()),
]

"""Schemes of periods over HTTP."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue import selectors as catalogue
from programs.catalogue.api import NewCode
from programs.periods import services
from programs.periods.filters import SchemeFilter
from programs.periods.models import PeriodScheme
from programs.periods.schemes import change_scheme, create_scheme
from programs.periods.selectors import schemes


class SchemeAnswer(serializers.ModelSerializer):
    """A scheme, for a programme or an organisation: its periods begin on ``first_day``, one in ``first_month``."""

    programme = base.CodeField(allow_null=True)
    organisation = base.CodeField(allow_null=True)
    working_days_after_end = serializers.IntegerField(source="working_days")

    class Meta:
        model = PeriodScheme
        fields = [
            *("code", "name_zh", "name_en", "frequency", "first_day", "first_month", "working_days_after_end"),
            *("programme", "organisation", "starts_on", "ends_on", "instead"),
        ]


class SchemeBody(serializers.Serializer):
    """A scheme to be laid down. ``instead``: whom it covers owes no plain period of the frequency while it runs."""

    code = NewCode(max_length=12)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    frequency = serializers.ChoiceField(PeriodScheme.Frequency.choices)
    first_day = serializers.IntegerField(min_value=1, max_value=28)
    first_month = serializers.IntegerField(min_value=1, max_value=12, default=1)
    working_days_after_end = serializers.IntegerField(
        min_value=0, max_value=services.DUE_WITHIN, default=10, source="working_days"
    )
    programme = base.CodeField(catalogue.programmes, required=False, allow_null=True, default=None)
    organisation = base.CodeField(accounts.organisations, required=False, allow_null=True, default=None)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    instead = serializers.BooleanField(default=False)


class SchemeChange(serializers.Serializer):
    """What may be changed of a scheme; its shape is in the codes and days of its periods and stays."""

    name_zh = serializers.CharField(max_length=200, required=False)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ends_on = serializers.DateField(required=False)


class Schemes(base.ListView):
    """Schemes of periods; a partner sees those that cover it."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    from_above = True
    name = "period-schemes"
    serializer_class = SchemeAnswer
    filterset_class = SchemeFilter
    ordering = ("code",)

    def get_queryset(self) -> QuerySet[PeriodScheme]:
        return schemes(self.actor)

    @documented(request=SchemeBody, responses={201: SchemeAnswer})
    def post(self, request: Request) -> Response:
        scheme = create_scheme(actor=self.actor, **self.read(SchemeBody))
        return Response(SchemeAnswer(scheme).data, status=201)


class OneScheme(base.View):
    """One scheme of periods."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer"})]
    from_above = True

    @documented(responses=SchemeAnswer)
    def get(self, request: Request, code: str) -> Response:
        return Response(SchemeAnswer(self.one(schemes(self.actor), code=code)).data)

    @documented(request=SchemeChange, responses=SchemeAnswer)
    def patch(self, request: Request, code: str) -> Response:
        scheme = self.one(schemes(self.actor), code=code)
        return Response(SchemeAnswer(change_scheme(actor=self.actor, scheme=scheme, **self.read(SchemeChange))).data)


urlpatterns = [
    path("period-schemes/", Schemes.as_view(), name="period-schemes"),
    path("period-schemes/<str:code>/", OneScheme.as_view(), name="period-scheme"),
]

"""Programmes and cohorts over HTTP, named by code everywhere."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.accounts.serializers import ContactBody
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue import budget_api, details, places, requests_api, selectors, services
from programs.catalogue.codes import BAD_CODE, CODE, MOST, SEGMENTS
from programs.catalogue.filters import CohortFilter, ProgrammeFilter
from programs.catalogue.models import Cohort, CurriculumArea, EntryRequirement, Path, Programme


class NewCode(serializers.RegexField):
    """A code to be given, of the same shape as an organisation's."""

    default_error_messages = {"invalid": BAD_CODE}

    def __init__(self, max_length: int = 40) -> None:
        super().__init__(CODE, max_length=max_length)


class AreaAnswer(serializers.ModelSerializer):
    """Something that a programme teaches."""

    hours = serializers.FloatField()

    class Meta:
        model = CurriculumArea
        fields = details.AREA


class RequirementAnswer(serializers.ModelSerializer):
    """What is asked of whoever enters; of several it is enough to meet one."""

    class Meta:
        model = EntryRequirement
        fields = details.REQUIREMENT


class ProgrammeAnswer(serializers.ModelSerializer):
    """A programme; a partner sees itself alone among its organisations."""

    organisations = base.CodeField(many=True)
    areas = AreaAnswer(many=True)
    requirements = RequirementAnswer(many=True)

    class Meta:
        model = Programme
        fields = [
            "code",
            "name_zh",
            "name_en",
            "path",
            "organisations",
            "starts_on",
            "ends_on",
            "capacity",
            "segment",
            "funding_source",
            "areas",
            "requirements",
        ]


class AreaBody(serializers.Serializer):
    """Something that a programme teaches, in so many hours."""

    code = NewCode()
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    hours = serializers.DecimalField(max_digits=7, decimal_places=1)


class RequirementBody(serializers.Serializer):
    """What is asked of whoever enters: the lowest education and title that are taken, years of work, and words."""

    education = serializers.CharField(max_length=20, required=False, allow_blank=True)
    title = serializers.CharField(max_length=20, required=False, allow_blank=True)
    years = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=details.MOST_YEARS)
    text_zh = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    text_en = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ProgrammeBody(serializers.Serializer):
    """A programme to be opened or changed."""

    code = NewCode()
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    path = serializers.ChoiceField(Path.choices)
    organisations = base.CodeField(accounts.organisations, many=True, allow_empty=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST)
    segment = serializers.ChoiceField(SEGMENTS, required=False, allow_blank=True)
    funding_source = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="Where most of its money comes from: a code."
    )
    areas = AreaBody(many=True, required=False, help_text="All of them, as they shall be.")
    requirements = RequirementBody(many=True, required=False, help_text="All of them; it is enough to meet one.")


class Programmes(base.ListView):
    """Programmes, by code. Partners see those they take part in; officers open them."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    from_above = True
    name = "programmes"
    serializer_class = ProgrammeAnswer
    filterset_class = ProgrammeFilter
    ordering = ("code",)

    def get_queryset(self) -> QuerySet[Programme]:
        return selectors.programmes(self.actor)

    @documented(request=ProgrammeBody, responses={201: ProgrammeAnswer})
    def post(self, request: Request) -> Response:
        programme = services.create_programme(actor=self.actor, **self.read(ProgrammeBody))
        return Response(self.get_serializer(self.one(self.get_queryset(), pk=programme.pk)).data, status=201)


class OneProgramme(base.View):
    """One programme. A change of its organisations gives them all, as they shall be."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer"})]
    from_above = True

    @documented(responses=ProgrammeAnswer)
    def get(self, request: Request, code: str) -> Response:
        return Response(ProgrammeAnswer(self.one(selectors.programmes(self.actor), code=code)).data)

    @documented(request=ProgrammeBody(partial=True), responses=ProgrammeAnswer)
    def patch(self, request: Request, code: str) -> Response:
        programme = self.one(selectors.programmes(self.actor), code=code)
        services.change_programme(actor=self.actor, programme=programme, **self.read(ProgrammeBody, partial=True))
        return self.get(request, code)


class CohortAnswer(serializers.ModelSerializer):
    """A cohort."""

    programme = base.CodeField()
    organisation = base.CodeField()

    contacts = ContactBody(many=True)
    places_left = serializers.SerializerMethodField(help_text="Below 0 where more people are in; null: no capacity.")

    class Meta:
        model = Cohort
        fields = ["code", "programme", "organisation", "starts_on", "ends_on", "capacity", "places_left", "contacts"]

    def get_places_left(self, cohort: Cohort) -> int | None:
        return places.left(cohort.capacity, places.held([cohort.pk])[cohort.pk].taken)


class CohortBody(serializers.Serializer):
    """A cohort to be opened or changed."""

    code = NewCode()
    programme = base.CodeField(selectors.programmes)
    organisation = base.CodeField(accounts.organisations)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    capacity = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST)
    contacts = ContactBody(many=True, required=False)


class Cohorts(base.ListView):
    """Cohorts, by code. Partners see their own; officers open them."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    from_above = True
    name = "cohorts"
    serializer_class = CohortAnswer
    filterset_class = CohortFilter
    ordering = ("code",)
    columns = {
        "code": "code",
        "programme": "programme__code",
        "organisation": "organisation__code",
        "starts_on": "starts_on",
        "ends_on": "ends_on",
        "capacity": "capacity",
        "contacts": "contacts",
        "id": "pk",
    }

    def get_queryset(self) -> QuerySet[Cohort]:
        return selectors.cohorts(self.actor)

    def header(self) -> list[str]:
        return list(CohortAnswer.Meta.fields)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        answers = super().present(rows)
        people = places.held([one["id"] for one in answers])
        for one in answers:
            one["places_left"] = places.left(one["capacity"], people[one.pop("id")].taken)
        return answers

    @documented(request=CohortBody, responses={201: CohortAnswer})
    def post(self, request: Request) -> Response:
        cohort = services.create_cohort(actor=self.actor, **self.read(CohortBody))
        return Response(CohortAnswer(cohort).data, status=201)


class OneCohort(base.View):
    """One cohort."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer"})]
    from_above = True

    @documented(responses=CohortAnswer)
    def get(self, request: Request, code: str) -> Response:
        return Response(CohortAnswer(self.one(selectors.cohorts(self.actor), code=code)).data)

    @documented(request=CohortBody(partial=True), responses=CohortAnswer)
    def patch(self, request: Request, code: str) -> Response:
        cohort = self.one(selectors.cohorts(self.actor), code=code)
        services.change_cohort(actor=self.actor, cohort=cohort, **self.read(CohortBody, partial=True))
        return self.get(request, code)


urlpatterns = [
    *requests_api.urlpatterns,
    *budget_api.urlpatterns,
    path("programmes/", Programmes.as_view(), name="programmes"),
    path("programmes/<str:code>/", OneProgramme.as_view(), name="programme"),
    path("cohorts/", Cohorts.as_view(), name="cohorts"),
    path("cohorts/<str:code>/", OneCohort.as_view(), name="cohort"),
]

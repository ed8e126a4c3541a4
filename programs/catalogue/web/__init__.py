"""The pages of programmes and cohorts."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import SETUP, register
from programs.catalogue.web import cohorts, programmes

register(48, lazy("Programmes"), "web:programmes", "academic-cap", "partner officer manager", SETUP)

urlpatterns = [
    path("programmes/", programmes.Programmes.as_view(), name="programmes"),
    path("programmes/new/", programmes.NewProgramme.as_view(), name="programme-new"),
    path("programmes/<str:code>/", programmes.OneProgramme.as_view(), name="programme"),
    path("cohorts/", cohorts.Cohorts.as_view(), name="cohorts"),
    path("cohorts/new/", cohorts.NewCohort.as_view(), name="cohort-new"),
    path("cohorts/<str:code>/", cohorts.OneCohort.as_view(), name="cohort"),
]

"""The pages on which programmes and cohorts are laid down; how they go is shown by ``desks.training``."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import TRAINING, register
from programs.catalogue.web import cohorts, programmes

register(42, lazy("Programmes"), "web:programmes", "academic-cap", "partner officer manager", TRAINING)

urlpatterns = [
    path("programmes/", programmes.Programmes.as_view(), name="programmes"),
    path("programmes/new/", programmes.NewProgramme.as_view(), name="programme-new"),
    path("programmes/<str:code>/edit/", programmes.ChangeProgramme.as_view(), name="programme-edit"),
    path("cohorts/new/", cohorts.NewCohort.as_view(), name="cohort-new"),
    path("cohorts/<str:code>/edit/", cohorts.ChangeCohort.as_view(), name="cohort-edit"),
]

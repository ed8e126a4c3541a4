"""The addresses of training."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.navigation import TRAINING, register
from programs.desks.training import attendance, budget, cohorts, conflicts, programmes

register(43, lazy("Cohorts"), "web:cohorts", "user-group", EVERYONE, TRAINING)
register(44, lazy("What does not fit"), "web:conflicts", "exclamation-triangle", EVERYONE, TRAINING)

urlpatterns = [
    path("programmes/<str:code>/", programmes.OneProgramme.as_view(), name="programme"),
    path("programmes/<str:code>/budget/new/", budget.NewLine.as_view(), name="budget-line-new"),
    path("programmes/<str:code>/budget/<int:id>/", budget.OneLine.as_view(), name="budget-line"),
    path("programmes/<str:code>/budget/<int:id>/remove/", budget.RemoveLine.as_view(), name="budget-line-remove"),
    path("cohorts/", cohorts.Cohorts.as_view(), name="cohorts"),
    path("cohorts/<str:code>/", cohorts.OneCohort.as_view(), name="cohort"),
    path("cohorts/<str:code>/attendance/", attendance.Members.as_view(), name="attendance"),
    path("cohorts/<str:code>/attendance/<int:record>/", attendance.OneMember.as_view(), name="attendance-of"),
    path("training/conflicts/", conflicts.Conflicts.as_view(), name="conflicts"),
]

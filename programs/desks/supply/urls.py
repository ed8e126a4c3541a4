"""The addresses of supply beside demand, which mirror the API's, and their place in the head."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.navigation import register
from programs.desks.supply import behind, table

register(28, lazy("Supply"), "web:supply", "arrows-up-down", EVERYONE)

urlpatterns = [
    path("supply/", table.Table.as_view(), name="supply"),
    path("supply/positions/", behind.Positions.as_view(), name="supply-positions"),
    path("supply/cohorts/", behind.Cohorts.as_view(), name="supply-cohorts"),
    path("supply/people/", behind.People.as_view(), name="supply-people"),
]

"""The addresses of the desks' pages; each desk names its own."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.navigation import register
from programs.desks.home import home

register(0, lazy("Desk"), "web:home", "home", EVERYONE)

urlpatterns = [
    path("", home, name="home"),
    path("", include("programs.desks.partner.urls")),
    path("", include("programs.desks.officer.urls")),
    path("", include("programs.desks.manager.urls")),
    path("", include("programs.desks.training.urls")),
    path("", include("programs.desks.people.urls")),
    path("", include("programs.desks.admin.urls")),
    path("", include("programs.desks.rules.urls")),
    path("", include("programs.desks.threads.urls")),
    path("", include("programs.desks.credentials.urls")),
    path("", include("programs.desks.plans.urls")),
    path("", include("programs.desks.ladders.urls")),
    path("", include("programs.desks.recruitment.urls")),
    path("", include("programs.desks.supply.urls")),
    path("", include("programs.desks.privacy.urls")),
    path("", include("programs.desks.changes.urls")),
]

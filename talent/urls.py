"""API addresses of this app."""

from django.urls import include, path

urlpatterns = [
    path("", include("talent.people.api")),
    path("", include("talent.people.matches_api")),
    path("", include("talent.credentials.api")),
    path("", include("talent.reveals.api")),
]

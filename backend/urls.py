"""The address book: every app's API under ``/api/v1/``, health beside it. Other apps are named as strings only."""

from django.urls import include, path

urlpatterns = [
    path(
        "api/v1/",
        include(
            [
                path("", include("backend.api.urls")),
                path("", include("talent.urls")),
                path("", include("programs.urls")),
            ]
        ),
    ),
    path("", include("backend.health.urls")),
]

"""The address book: every app's API under ``/api/v1/``, health beside it. Other apps are named as strings only."""

from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from backend.api.reading import Nowhere

urlpatterns = [
    path(
        "api/v1/",
        include(
            [
                path("", include("backend.api.urls")),
                path("", include("backend.accounts.api")),
                path("", include("backend.audit.api")),
                path("", include("backend.jobs.api")),
                path("", include("backend.reference.api")),
                path("", include("talent.urls")),
                path("", include("programs.urls")),
            ]
        ),
    ),
    re_path(r"^api(?:/|$)", non_atomic_requests(Nowhere.as_view())),
    path("", include("backend.health.urls")),
]

handler400 = "backend.api.faults.bad_request"
handler404 = "backend.api.faults.not_found"
handler500 = "backend.api.faults.server_error"

"""The address book: every app's API under ``/api/v1/``, the rooms' pages beside it, and health.

Other apps are named as strings only; a room that has pages is found by its ``web``.
"""

from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from backend.api.reading import Nowhere
from backend.api.routes import by_first_word
from backend.rooms import rooms_with

pages = [path("", include(f"{room}.web")) for room in rooms_with("web")]

urlpatterns = [
    path(
        "api/v1/",
        include(
            by_first_word(
                [
                    path("", include("backend.api.urls")),
                    path("", include("backend.accounts.api")),
                    path("", include("backend.audit.api")),
                    path("", include("backend.chain.api")),
                    path("", include("backend.jobs.api")),
                    path("", include("backend.messages.api")),
                    path("", include("backend.reference.api")),
                    path("", include("backend.rotation.api")),
                    path("", include("backend.saved_views.api")),
                    path("", include("talent.urls")),
                    path("", include("programs.urls")),
                ]
            )
        ),
    ),
    re_path(r"^api(?:/|$)", non_atomic_requests(Nowhere.as_view())),
    path("", include("backend.health.urls")),
    path("", include((pages, "web"))),
]

handler400 = "backend.errors.bad_request"
handler404 = "backend.errors.not_found"
handler500 = "backend.errors.server_error"

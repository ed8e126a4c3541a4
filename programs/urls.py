"""API addresses of programmes, submissions, records and targets."""

from importlib.util import find_spec

from django.urls import include, path

ROOMS = (
    *("catalogue", "periods", "feeds", "submissions", "records", "intake"),
    *(
        "review",
        "review.sampling",
        "targets",
        "targets.landing",
        "targets.subtargets",
        "targets.indicators",
        "roster",
        "checklists",
        "retention",
        "reminders",
        "contacting",
        "snapshots",
        "alerts",
        "training",
        "recruitment",
        "supply",
        "scorecards",
        "briefings",
        "disposal",
        "privacy",
    ),
)

urlpatterns = [
    path("", include(f"programs.{room}.api")) for room in ROOMS if find_spec(f"programs.{room}.api") is not None
]

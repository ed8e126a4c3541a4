"""The API's own addresses: its description, its pages, its problems."""

from django.db.transaction import non_atomic_requests
from django.urls import path

from backend.api import reading

urlpatterns = [
    path("schema/", non_atomic_requests(reading.SchemaFile.as_view()), name="schema"),
    path("docs/", non_atomic_requests(reading.DocsPage.as_view()), name="docs"),
    path("problems/", non_atomic_requests(reading.Problems.as_view())),
    path("problems/<slug:code>", non_atomic_requests(reading.OneProblem.as_view()), name="problem"),
]

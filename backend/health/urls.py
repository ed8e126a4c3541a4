"""Where monitors look."""

from django.db.transaction import non_atomic_requests
from django.urls import path

from backend.health import views

urlpatterns = [
    path("healthz", non_atomic_requests(views.alive), name="healthz"),
    path("readyz", non_atomic_requests(views.ready), name="readyz"),
    path("metrics", non_atomic_requests(views.metrics), name="metrics"),
]

"""The API's addresses of messages: endpoints, deliveries, inboxes."""

from django.urls import include, path

urlpatterns = [path("", include(f"backend.messages.{room}.api")) for room in ("endpoints", "deliveries", "inbox")]

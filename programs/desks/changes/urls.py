"""The address of what has changed, and its places in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.navigation import SETUP, register, register_counter
from programs.desks.changes import changes

MOST = 10

register(95, lazy("What is new"), "web:changes", "sparkles", EVERYONE, SETUP)
register_counter("web:changes", lazy("What is new"), "sparkles", changes.unread, most=MOST, quiet=True)

urlpatterns: list[URLPattern] = [path("changes/", changes.Changes.as_view(), name="changes")]

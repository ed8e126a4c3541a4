"""The addresses of questions, and their place in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import register
from programs.desks.threads import threads

register(25, lazy("Questions"), "web:threads", "chat-bubble-left-right", "partner officer")

urlpatterns: list[URLPattern] = [
    path("threads/", threads.Threads.as_view(), name="threads"),
    path("threads/new/", threads.Ask.as_view(), name="thread-new"),
    path("threads/<int:id>/", threads.OneThread.as_view(), name="thread"),
    path("threads/<int:id>/messages/", threads.Say.as_view(), name="thread-say"),
    path("threads/<int:id>/close/", threads.Close.as_view(), name="thread-close"),
]

"""The addresses of the rules' pages, which mirror the API's, and their place in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.base import EVERYONE
from backend.web.navigation import SETUP, register
from programs.desks.rules import help, overrides, replays, rules

register(55, lazy("Checks"), "web:rules", "shield-check", EVERYONE, SETUP)

urlpatterns: list[URLPattern] = [
    path("rules/", rules.Rules.as_view(), name="rules"),
    path("rules/help/", help.Help.as_view(), name="rule-help"),
    path("rules/<str:code>/", rules.OneRule.as_view(), name="rule"),
    path("rules/<str:code>/severity/", rules.SetSeverity.as_view(), name="rule-severity"),
    path("rules/<str:code>/replay/", rules.StartReplay.as_view(), name="rule-replay"),
    path("replays/", replays.Replays.as_view(), name="replays"),
    path("replays/<int:id>/", replays.OneReplay.as_view(), name="replay"),
    path("replays/<int:id>/cancel/", replays.CancelReplay.as_view(), name="replay-cancel"),
    path("overrides/", overrides.Overrides.as_view(), name="overrides"),
    path("overrides/<int:id>/grant/", overrides.Grant.as_view(), name="override-grant"),
    path("overrides/<int:id>/refuse/", overrides.Refuse.as_view(), name="override-refuse"),
    path("submissions/<int:id>/overrides/", overrides.AskOverride.as_view(), name="submission-overrides"),
]

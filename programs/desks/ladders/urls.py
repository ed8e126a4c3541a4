"""The addresses of the pages about ladders, which mirror the API's, and their place in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import PARTNERS, SETUP, register
from programs.desks.ladders import digest, one_ladder, policies, quiet, stages

register(46, lazy("Ladders of reminders"), "web:ladders", "queue-list", policies.READERS, SETUP)
register(47, lazy("Left in peace"), "web:quietings", "bell-slash", "officer", PARTNERS)

urlpatterns: list[URLPattern] = [
    path("reminders/policies/", policies.Policies.as_view(), name="ladders"),
    path("reminders/policies/draft/", policies.Draft.as_view(), name="ladder-draft"),
    path("reminders/policies/<int:id>/", one_ladder.OneLadder.as_view(), name="ladder"),
    path("reminders/policies/<int:id>/preview/", one_ladder.Compared.as_view(), name="ladder-preview"),
    path("reminders/policies/<int:id>/switch-on/", one_ladder.SwitchOn.as_view(), name="ladder-switch-on"),
    path("reminders/policies/<int:id>/switch-off/", one_ladder.SwitchOff.as_view(), name="ladder-switch-off"),
    path("reminders/policies/<int:id>/discard/", one_ladder.Discard.as_view(), name="ladder-discard"),
    path("reminders/policies/<int:id>/stages/", stages.NewStage.as_view(), name="ladder-stage-new"),
    path("reminders/policies/<int:id>/stages/<slug:code>/", stages.OneStage.as_view(), name="ladder-stage"),
    path("reminders/policies/<int:id>/stages/<slug:code>/remove/", stages.Remove.as_view(), name="ladder-stage-remove"),
    path("reminders/quiet/", quiet.Quietings.as_view(), name="quietings"),
    path("reminders/quiet/new/", quiet.Quiet.as_view(), name="quieting-new"),
    path("reminders/quiet/<int:id>/lift/", quiet.Lift.as_view(), name="quieting-lift"),
    path("reminders/digest/", digest.Digest.as_view(), name="reminders-digest"),
]

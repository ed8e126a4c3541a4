"""The addresses of the manager's pages: targets with their figures, what was published, alerts, and one person."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import PARTNERS, PUBLISHED, SETUP, register
from programs.desks.manager import (
    alerts,
    briefing_schedules,
    briefings,
    changed,
    changes,
    gap,
    heads,
    indicators,
    landing,
    league,
    people,
    publishing,
    snapshots,
    splitting,
    targets,
)

register(20, lazy("Targets"), "web:targets", "chart-bar", "manager officer admin")
register(21, lazy("Indicators"), "web:indicators", "presentation-chart-line", "manager")
register(25, lazy("League of partners"), "web:league", "list-bullet", "manager", PARTNERS)
register(22, lazy("Snapshots"), "web:snapshots", "camera", "manager", PUBLISHED)
register(23, lazy("Briefings"), "web:briefings", "document-text", "manager", PUBLISHED)
register(24, lazy("Alerts"), "web:alerts", "bell-alert", "manager")
register(86, lazy("Alerts"), "web:alerts", "bell-alert", "admin", SETUP)

urlpatterns = [
    path("targets/", targets.Targets.as_view(), name="targets"),
    path("targets/<str:code>/", targets.OneTarget.as_view(), name="target"),
    path("targets/<str:code>/people/", heads.TargetPeople.as_view(), name="target-people"),
    path("targets/<str:code>/changes/", changes.TargetChanges.as_view(), name="target-changes"),
    path("targets/<str:code>/changes/people/", changed.ChangedPeople.as_view(), name="target-changes-people"),
    path("targets/<str:code>/gap/<str:reason>/", gap.TargetGap.as_view(), name="target-gap"),
    path("indicators/", indicators.Indicators.as_view(), name="indicators"),
    path("indicators/<str:code>/", indicators.OneIndicator.as_view(), name="indicator"),
    path("targets/<str:code>/landing/", landing.WorkOut.as_view(), name="target-landing"),
    path("league/", league.League.as_view(), name="league"),
    path("people/<int:id>/", people.OnePerson.as_view(), name="person"),
    path("people/<int:id>/reveal/", people.Reveal.as_view(), name="person-reveal"),
    path("people/<int:id>/split/", splitting.Split.as_view(), name="person-split"),
    path("snapshots/", snapshots.Snapshots.as_view(), name="snapshots"),
    path("snapshots/new/", publishing.Publish.as_view(), name="snapshot-new"),
    path("snapshots/verify/", snapshots.Verify.as_view(), name="snapshots-verify"),
    path("snapshots/<int:id>/", snapshots.OneSnapshot.as_view(), name="snapshot"),
    path("snapshots/<int:id>/figures/", snapshots.Figures.as_view(), name="snapshot-figures"),
    path("snapshots/<int:id>/canonical.json", snapshots.Canonical.as_view(), name="snapshot-canonical"),
    path("briefings/", briefings.Briefings.as_view(), name="briefings"),
    path("briefings/new/", briefings.Order.as_view(), name="briefing-new"),
    path("briefings/schedules/", briefing_schedules.Schedules.as_view(), name="briefing-schedules"),
    path("briefings/schedules/new/", briefing_schedules.NewSchedule.as_view(), name="briefing-schedule-new"),
    path("briefings/schedules/<int:id>/", briefing_schedules.OneSchedule.as_view(), name="briefing-schedule"),
    path("briefings/<int:id>/", briefings.OneBriefing.as_view(), name="briefing"),
    path("briefings/<int:id>/again/", briefings.Again.as_view(), name="briefing-again"),
    path("briefings/<int:id>/<str:language>.<str:form>", briefings.File.as_view(), name="briefing-file"),
    path("alerts/", alerts.Alerts.as_view(), name="alerts"),
    path("alerts/evaluate/", alerts.Evaluate.as_view(), name="alerts-evaluate"),
    path("alerts/settings/", alerts.Settings.as_view(), name="alert-settings"),
    path("alerts/<int:id>/", alerts.OneAlert.as_view(), name="alert"),
]

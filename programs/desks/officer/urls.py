"""The addresses of the officer's pages, which mirror the API's, and their places in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import EXAMINING, SETUP, register
from programs.desks.officer import cohort_requests, deciding, jobs, matches, obligations, records, reminders
from programs.review.rulings import Kind

register(20, lazy("Records"), "web:records", "clipboard-document-check", "partner officer")
register(30, lazy("Matches"), "web:matches", "scale", "officer", EXAMINING)
register(40, lazy("Obligations"), "web:obligations", "calendar-days", "partner officer")
register(45, lazy("Reminders"), "web:reminders", "bell", "officer")
register(50, lazy("Cohorts asked for"), "web:cohort-requests", "academic-cap", "partner officer", SETUP)
register(60, lazy("Jobs"), "web:jobs", "cpu-chip", "officer admin", SETUP)

urlpatterns: list[URLPattern] = [
    path("records/", records.Records.as_view(), name="records"),
    path("records/decide/", deciding.DecideMany.as_view(), name="records-decide"),
    path("records/<int:id>/", records.OneRecord.as_view(), name="record"),
    *(
        path(f"records/<int:id>/{kind.value}/", deciding.DecideOne.as_view(decision=kind), name=f"record-{kind.value}")
        for kind in Kind
    ),
    path("matches/", matches.Matches.as_view(), name="matches"),
    path("matches/<int:id>/", matches.OneMatch.as_view(), name="match"),
    path("matches/<int:id>/same/", matches.Settle.as_view(state="same"), name="match-same"),
    path("matches/<int:id>/different/", matches.Settle.as_view(state="different"), name="match-different"),
    path("obligations/", obligations.Obligations.as_view(), name="obligations"),
    path("obligations/<int:id>/", obligations.OneObligation.as_view(), name="obligation"),
    path("obligations/<int:id>/excuse/", obligations.Excuse.as_view(), name="obligation-excuse"),
    path("obligations/<int:id>/remind/", obligations.Remind.as_view(), name="obligation-remind"),
    path("reminders/", reminders.Reminders.as_view(), name="reminders"),
    path("reminders/preview/", reminders.Preview.as_view(), name="reminders-preview"),
    path("cohort-requests/", cohort_requests.CohortRequests.as_view(), name="cohort-requests"),
    path("cohort-requests/<int:id>/", cohort_requests.OneCohortRequest.as_view(), name="cohort-request"),
    path("cohort-requests/<int:id>/refuse/", cohort_requests.RefuseCohort.as_view(), name="cohort-request-refuse"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<int:id>/", jobs.OneJob.as_view(), name="job"),
]

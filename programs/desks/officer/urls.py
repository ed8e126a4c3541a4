"""The addresses of the officer's pages, which mirror the API's, and their places in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import EXAMINING, PARTNERS, SETUP, TRAINING, register
from programs.desks.officer import (
    chasing,
    claims,
    cohort_requests,
    deciding,
    jobs,
    lots,
    matches,
    obligations,
    previewing,
    rates,
    records,
    reminders,
    review_settings,
    runs,
    sampling,
)
from programs.review.rulings import Kind

register(20, lazy("Records"), "web:records", "clipboard-document-check", "partner officer")
register(30, lazy("Matches"), "web:matches", "scale", "officer", EXAMINING)
register(40, lazy("Obligations"), "web:obligations", "calendar-days", "partner")
register(40, lazy("Obligations"), "web:obligations", "calendar-days", "officer", PARTNERS)
register(45, lazy("Reminders"), "web:reminders", "bell", "officer", PARTNERS)
register(46, lazy("Rates"), "web:rates", "chart-pie", "partner admin", SETUP)
register(41, lazy("Rates"), "web:rates", "chart-pie", "officer manager", PARTNERS)
register(45, lazy("Cohorts asked for"), "web:cohort-requests", "hand-raised", "partner officer", TRAINING)
register(55, lazy("What was decided"), "web:decision-runs", "arrow-uturn-left", "officer admin", SETUP)
register(58, lazy("Review settings"), "web:review-settings", "adjustments-horizontal", "officer admin", SETUP)
register(59, lazy("Sampling"), "web:sampling-settings", "beaker", sampling.STAFF, SETUP)
register(60, lazy("Jobs"), "web:jobs", "cpu-chip", "officer admin", SETUP)

urlpatterns: list[URLPattern] = [
    path("records/", records.Records.as_view(), name="records"),
    path("records/decide/", deciding.DecideMany.as_view(), name="records-decide"),
    path("records/decide/preview/", previewing.Preview.as_view(), name="records-preview"),
    path("records/<int:id>/", records.OneRecord.as_view(), name="record"),
    *(
        path(f"records/<int:id>/{kind.value}/", deciding.DecideOne.as_view(decision=kind), name=f"record-{kind.value}")
        for kind in Kind
    ),
    path("records/<int:id>/claim/", claims.ClaimOne.as_view(), name="record-claim"),
    path("records/<int:id>/release/", claims.ReleaseOne.as_view(), name="record-release"),
    path("records/<int:id>/undo/", runs.UndoOne.as_view(), name="record-undo"),
    path("claims/", claims.Claim.as_view(), name="claims"),
    path("claims/next/", claims.ClaimNext.as_view(), name="claims-next"),
    path("claims/release/", claims.Release.as_view(), name="claims-release"),
    path("claims/renew/", claims.Renew.as_view(), name="claims-renew"),
    path("claims/hand-over/", claims.HandOver.as_view(), name="claims-hand-over"),
    path("claims/take-over/", claims.TakeOver.as_view(), name="claims-take-over"),
    path("decision-runs/", runs.Runs.as_view(), name="decision-runs"),
    path("decision-runs/<int:id>/", runs.OneRun.as_view(), name="decision-run"),
    path("review/settings/", review_settings.Settings.as_view(), name="review-settings"),
    path("matches/", matches.Matches.as_view(), name="matches"),
    path("matches/<int:id>/", matches.OneMatch.as_view(), name="match"),
    path("matches/<int:id>/same/", matches.Settle.as_view(state="same"), name="match-same"),
    path("matches/<int:id>/different/", matches.Settle.as_view(state="different"), name="match-different"),
    path("obligations/", obligations.Obligations.as_view(), name="obligations"),
    path("obligations/<int:id>/", obligations.OneObligation.as_view(), name="obligation"),
    path("obligations/<int:id>/excuse/", obligations.Excuse.as_view(), name="obligation-excuse"),
    path("obligations/<int:id>/remind/", obligations.Remind.as_view(), name="obligation-remind"),
    path("obligations/<int:id>/calls/", chasing.NoteCall.as_view(), name="obligation-call"),
    path("obligations/<int:id>/extend/", chasing.ExtendOne.as_view(), name="obligation-extend"),
    path("rates/", rates.Rates.as_view(), name="rates"),
    path("reminders/", reminders.Reminders.as_view(), name="reminders"),
    path("reminders/preview/", reminders.Preview.as_view(), name="reminders-preview"),
    path("cohort-requests/", cohort_requests.CohortRequests.as_view(), name="cohort-requests"),
    path("cohort-requests/<int:id>/", cohort_requests.OneCohortRequest.as_view(), name="cohort-request"),
    path("cohort-requests/<int:id>/refuse/", cohort_requests.RefuseCohort.as_view(), name="cohort-request-refuse"),
    path("review/batches/", lots.Lots.as_view(), name="batches"),
    path("review/batches/open/", lots.OpenLot.as_view(), name="batch-open"),
    path("review/batches/<int:id>/", lots.OneLot.as_view(), name="batch"),
    path("review/batches/<int:id>/units/<int:record>/", lots.LookAt.as_view(), name="batch-unit"),
    path("review/batches/<int:id>/conclude/", lots.Conclude.as_view(), name="batch-conclude"),
    path("review/batches/<int:id>/cancel/", lots.CancelLot.as_view(), name="batch-cancel"),
    path("review/sampling/<str:code>/", sampling.Standing.as_view(), name="sampling-standing"),
    path("review/sampling-settings/", sampling.Settings.as_view(), name="sampling-settings"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<int:id>/", jobs.OneJob.as_view(), name="job"),
]

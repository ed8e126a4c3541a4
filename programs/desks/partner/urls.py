"""The addresses of the partner's pages, which mirror the API's, and their places in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import register
from programs.desks.partner import (
    changes,
    cohort_requests,
    desk,
    files,
    mending,
    one_record,
    practice,
    returned,
    statement,
    submissions,
    together,
    upload,
    withdrawing,
)

register(5, lazy("Upload"), "web:submission-new", "arrow-up-tray", "partner", writes=True)
register(10, lazy("Submissions"), "web:submissions", "inbox-stack", "partner officer")

urlpatterns: list[URLPattern] = [
    path("submissions/", submissions.Submissions.as_view(), name="submissions"),
    path("submissions/new/", upload.Upload.as_view(), name="submission-new"),
    path("submissions/new/record/", one_record.NewRecord.as_view(), name="submission-new-record"),
    path("submissions/<int:id>/", submissions.OneSubmission.as_view(), name="submission"),
    path("submissions/<int:id>/confirm/", submissions.Confirm.as_view(), name="submission-confirm"),
    path("submissions/<int:id>/cancel/", submissions.Cancel.as_view(), name="submission-cancel"),
    path("submissions/<int:id>/rows/<int:row>/", mending.Mending.as_view(), name="submission-row"),
    path("submissions/<int:id>/mend-all/", together.MendTogether.as_view(), name="submission-mend-all"),
    path("submissions/<int:id>/changes/", changes.Changes.as_view(), name="submission-changes"),
    path("submissions/<int:id>/withdraw/", withdrawing.WithdrawSubmission.as_view(), name="submission-withdraw"),
    path("records/<int:id>/mend/", returned.MendReturned.as_view(), name="record-mend"),
    path("records/<int:id>/withdraw/", withdrawing.WithdrawRecord.as_view(), name="record-withdraw"),
    path("submissions/<int:id>/statement/", statement.Statement.as_view(), name="submission-statement"),
    path("submissions/<int:id>/report.xlsx", files.Report.as_view(), name="submission-report"),
    path("cohort-requests/new/", cohort_requests.AskCohort.as_view(), name="cohort-request-new"),
    path("practice/", practice.Practice.as_view(), name="practice"),
    path("practice/<str:name>.xlsx", practice.SampleFile.as_view(), {"kind": "xlsx"}, name="practice-sample"),
    path("practice/<str:name>.csv", practice.SampleFile.as_view(), {"kind": "csv"}, name="practice-sample-text"),
    path("template.xlsx", files.Template.as_view(), name="template"),
    path("template.csv", files.TemplateText.as_view(), name="template-text"),
    path("obligations/<int:id>/confirm-zero/", desk.ConfirmZero.as_view(), name="obligation-confirm-zero"),
]

"""The addresses of the pages about credentials, which mirror the API's, and their place in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import EXAMINING, register
from programs.desks.credentials import credentials, evidence
from talent.credentials.models import Examination

register(25, lazy("Credentials"), "web:credentials", "identification", "partner officer", EXAMINING)

urlpatterns: list[URLPattern] = [
    path("credentials/", credentials.Credentials.as_view(), name="credentials"),
    path("credentials/examine/", credentials.JudgeMany.as_view(), name="credentials-examine"),
    path("credentials/<int:id>/", credentials.OneCredential.as_view(), name="credential"),
    *(
        path(
            f"credentials/<int:id>/{one.value}/",
            credentials.Judge.as_view(verdict=one),
            name=f"credential-{one.value}",
        )
        for one in Examination.Verdict
    ),
    path("credentials/<int:id>/evidence/", evidence.FileEvidence.as_view(), name="evidence"),
    path("credentials/<int:id>/evidence/<int:evidence>/take-away/", evidence.TakeAway.as_view(), name="evidence-gone"),
    path("credentials/<int:id>/evidence/<int:evidence>/file/", evidence.Look.as_view(), name="evidence-file"),
    path(
        "credentials/<int:id>/evidence/<int:evidence>/thumbnail/",
        evidence.Look.as_view(thumbnail=True),
        name="evidence-thumbnail",
    ),
]

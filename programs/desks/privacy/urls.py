"""The addresses of the pages about requests of persons, legal holds and disposal, and their place in the head."""

from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import SETUP, register
from programs.desks.privacy import disposal, held, looking, one_request, requests

register(53, lazy("Requests of persons"), "web:privacy-requests", "user-circle", "officer admin", SETUP)
register(54, lazy("Legal holds"), "web:legal-holds", "lock-closed", "officer admin", SETUP)
register(55, lazy("Disposal"), "web:disposal-rules", "archive-box-x-mark", "officer admin", SETUP)

urlpatterns = [
    path("privacy-requests/", requests.Requests.as_view(), name="privacy-requests"),
    path("privacy-requests/new/", requests.New.as_view(), name="privacy-request-new"),
    path("privacy-requests/<int:id>/", one_request.OneRequest.as_view(), name="privacy-request"),
    path("privacy-requests/<int:id>/copy.<str:form>", one_request.File.as_view(), name="privacy-copy"),
    path("privacy-requests/<int:id>/<slug:step>/", one_request.Step.as_view(), name="privacy-step"),
    path("people/<int:id>/access-report/", looking.AccessReport.as_view(), name="access-report"),
    path("legal-holds/", held.Holds.as_view(), name="legal-holds"),
    path("legal-holds/new/", held.Place.as_view(), name="legal-hold-new"),
    path("legal-holds/<int:id>/lift/", held.Lift.as_view(), name="legal-hold-lift"),
    path("disposal/rules/", disposal.Rules.as_view(), name="disposal-rules"),
    path("disposal/rules/new/", disposal.Draft.as_view(), name="disposal-rule-new"),
    path("disposal/rules/<int:id>/", disposal.OneRule.as_view(), name="disposal-rule"),
    path("disposal/rules/<int:id>/switch-off/", disposal.SwitchOff.as_view(), name="disposal-rule-off"),
    path("disposal/certificates/", disposal.Certificates.as_view(), name="disposal-certificates"),
    path("disposal/certificates/<int:number>/", disposal.OneCertificate.as_view(), name="disposal-certificate"),
    path("disposal/certificates/<int:number>.xlsx", disposal.Items.as_view(), name="disposal-items"),
]

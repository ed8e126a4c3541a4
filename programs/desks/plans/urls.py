"""The addresses of the pages about plans, which mirror the API's, and their place in the head."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as lazy

from backend.web.navigation import SETUP, register
from programs.desks.plans import plans

register(57, lazy("Plans"), "web:plans", "flag", "officer manager admin", SETUP)

urlpatterns: list[URLPattern] = [
    path("plans/", plans.Plans.as_view(), name="plans"),
    path("plans/preview/", plans.NewPreview.as_view(), name="plan-preview-new"),
    path("plans/previews/<int:id>/", plans.OnePreview.as_view(), name="plan-preview"),
    path("plans/previews/<int:id>/apply/", plans.Apply.as_view(), name="plan-preview-apply"),
]

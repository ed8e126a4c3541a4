"""The prefilled sheet of ``retention/1`` over HTTP: an organisation's open questions, with room for the answers."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request

from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.intake.downloads import CSV, XLSX, Download
from programs.periods import selectors as periods
from programs.retention import prefilling, selectors
from programs.retention.models import RetentionCheck


class SheetParameters(serializers.Serializer):
    """Whose open questions, and of which period."""

    organisation = base.CodeField(
        accounts.organisations, required=False, help_text="Needed of the bureau; a partner's are its own."
    )
    period = base.CodeField(periods.periods, required=False, help_text="Default: of all.")


class _Sheet(base.View):
    permission_classes = [roles({"GET": "partner officer"})]
    from_above = True
    fixed_type = True

    def rows(self) -> list[RetentionCheck]:
        """The open questions asked for, the earliest first."""
        asked = self.params(SheetParameters)
        organisation: Any = asked.get("organisation") or self.actor.organisation
        found = selectors.checks(self.actor).filter(organisation=organisation, state=RetentionCheck.State.OPEN)
        if "period" in asked:
            found = found.filter(period=asked["period"])
        return list(found.order_by("falls_on", "pk")[: prefilling.MOST])


class Workbook(_Sheet):
    """Who is asked after, as a workbook that can be filled in and sent as template retention/1."""

    @documented(parameters=[SheetParameters], responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        return Download("retention.xlsx", XLSX, prefilling.xlsx_of(self.actor, self.rows())).answer()


class Text(_Sheet):
    """The same as CSV."""

    @documented(parameters=[SheetParameters], responses={(200, CSV): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        return Download("retention.csv", CSV, prefilling.csv_of(self.actor, self.rows())).answer()


urlpatterns = [
    path("retention/sheet.xlsx", Workbook.as_view(), name="retention-sheet"),
    path("retention/sheet.csv", Text.as_view(), name="retention-sheet-text"),
]

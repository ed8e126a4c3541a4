"""Rates of reporting over HTTP."""

from typing import Any

from django.urls import path
from rest_framework import serializers

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.lists.filters import filtered
from backend.lists.keyset import PARAMETERS
from programs.periods import selectors
from programs.periods.filters import RateFilter
from programs.periods.models import Obligation
from programs.periods.rates import By, due_over, rates


class RateParameters(serializers.Serializer):
    """What the rates are taken for, and whether what is not due yet is looked at too."""

    by = serializers.ChoiceField(choices=By.choices, default=By.PERIOD)
    due = serializers.ChoiceField(choices=["over", "all"], default="over")
    kind = serializers.ChoiceField(choices=Obligation.Kind.choices, default=Obligation.Kind.REPORTING)


class RateAnswer(serializers.Serializer):
    """Counts and rates of one period, organisation or programme, by the formulas of docs/rates.md."""

    key = serializers.CharField()
    expected = serializers.IntegerField(help_text="Owed and not excused.")
    reported = serializers.IntegerField()
    confirmed_zero = serializers.IntegerField()
    received = serializers.IntegerField(help_text="Reported or confirmed as zero.")
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    missing = serializers.IntegerField()
    overdue = serializers.IntegerField()
    excused = serializers.IntegerField()
    reporting_rate = serializers.FloatField(allow_null=True, help_text="Received over expected; null on none.")
    on_time_rate = serializers.FloatField(allow_null=True, help_text="On time over expected; null on none.")


class Rates(base.ListView):
    """Expected, received and on time; a partner reads its own. What is not due yet is judged with due=all alone.

    Proofs of stay are counted with kind=retention, and never together with reports.
    """

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "rates"
    serializer_class = RateAnswer
    parameters = ("by", "due", "kind", *RateFilter.names())

    def get_queryset(self) -> Any:
        given = self.params(RateParameters, known=(*self.parameters, *PARAMETERS))
        rows = filtered(RateFilter, self.request.query_params, selectors.obligations(self.actor), self.request)
        return rates(self.actor, given["by"], rows if given["due"] == "all" else due_over(rows), given["kind"])


urlpatterns = [path("rates/", Rates.as_view(), name="rates")]

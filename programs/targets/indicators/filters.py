"""By what indicators and their values are narrowed."""

from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from programs.targets.indicators.models import Indicator, IndicatorValue


class IndicatorFilter(StrictFilterSet):
    """Indicators by plan."""

    plan = filters.CharFilter(field_name="plan__code")

    class Meta:
        model = Indicator
        fields: list[str] = []


class IndicatorValueFilter(StrictFilterSet):
    """Values by whether they were corrected since."""

    superseded = filters.BooleanFilter()

    class Meta:
        model = IndicatorValue
        fields: list[str] = []

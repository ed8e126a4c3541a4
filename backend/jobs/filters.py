"""Filters of jobs."""

from django_filters import rest_framework as filters

from backend.jobs.models import Job
from backend.lists.filters import StrictFilterSet


class JobFilter(StrictFilterSet):
    """Jobs by kind, state, organisation, or what they are done to."""

    kind = filters.CharFilter()
    state = filters.ChoiceFilter(choices=Job.State.choices)
    organisation = filters.CharFilter(field_name="organisation__code")
    subject_id = filters.NumberFilter()

    class Meta:
        model = Job
        fields: list[str] = []

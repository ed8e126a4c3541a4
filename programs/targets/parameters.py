"""The parameters that say at which moment a figure is read: the same names for the API and for pages."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.history.selectors import ROLL_UPS
from backend.clock import BUREAU
from backend.lists.filters import refuse_unknown
from backend.problems import Invalid, flatten
from programs.targets.books import Moment
from programs.targets.planparts import BY
from programs.targets.selectors import DIMENSIONS
from programs.targets.series import PERIODS

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field):
    """A moment in ISO 8601, the bureau's where it has no zone. A day means its end; its start with ``start=True``."""

    default_error_messages = {
        "invalid": _("Give a moment such as 2019-07-01T08:00:00+08:00, or a day such as 2019-07-01."),
        "out_of_range": _("Give a moment between the years 1900 and 2999."),
    }

    def __init__(self, *, start: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.start = start

    def to_internal_value(self, data: Any) -> dt.datetime:
        # A plus sign that was not escaped in an address arrives as a space.
        text = str(data).strip().replace(" ", "+") if "T" in str(data) else str(data).strip()
        try:
            day, moment = parse_date(text), parse_datetime(text)
        except ValueError:
            self.fail("invalid")
        if day is not None:
            moment = dt.datetime.combine(day, dt.time.min if self.start else dt.time.max)
        if moment is None:
            self.fail("invalid")
        if not EARLIEST <= moment.date() <= LATEST:
            self.fail("out_of_range")
        return moment if moment.tzinfo else moment.replace(tzinfo=BUREAU)

    def to_representation(self, value: dt.datetime) -> str:
        return value.astimezone(BUREAU).isoformat()


class MomentParameters(serializers.Serializer):
    """Where on both clocks a figure is read."""

    as_of = serializers.DateField(
        required=False, help_text="What had happened by this day. Default: today, or the day of known_at."
    )
    known_at = MomentField(required=False, help_text="As the books stood then; a day means its end. Default: now.")


class PeopleParameters(MomentParameters):
    """Whom of those who count: all, or only those who have left, or have not."""

    left = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether they have left. Default: everybody."
    )


class SeriesParameters(MomentParameters):
    """A course by periods."""

    by = serializers.ChoiceField(list(PERIODS), default="month")


class BreakdownParameters(MomentParameters):
    """A figure taken apart."""

    by = serializers.ChoiceField(list(DIMENSIONS))
    roll_up = serializers.ChoiceField(
        ROLL_UPS,
        required=False,
        help_text="By organisation: adds up under who stood at the top, or went on after a merger, as of the day.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "roll_up" in attrs and attrs["by"] != "organisation":
            raise serializers.ValidationError({"roll_up": _("Only organisations are rolled up: ask by=organisation.")})
        return attrs


class SubTargetParameters(MomentParameters):
    """A target's parts; of one dimension alone, or all."""

    by = serializers.ChoiceField(list(BY), required=False)


class ChangesParameters(serializers.Serializer):
    """Two moments to compare the books at."""

    as_of = serializers.DateField(
        required=False, help_text="What had happened by this day, at both moments. Default: today, or the day of to."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a word of Python's own, so it cannot be declared as an attribute.
        return {
            "from": MomentField(required=False, start=True, help_text="A day means its start. Default: the beginning."),
            "to": MomentField(required=False, help_text="A day means its end. Default: now."),
            **super().get_fields(),
        }


def read(parameters_class: type[serializers.Serializer], given: QueryDict, known: Iterable[str] = ()) -> dict[str, Any]:
    """The validated parameters of a page's address; one that neither the class nor ``known`` names is refused.

    Raises:
        Problem: 400 ``unknown_parameter`` or ``invalid``.
    """
    parameters = parameters_class(data=given)
    refuse_unknown(given, [*parameters.fields, *known])
    if not parameters.is_valid():
        raise Invalid(flatten(parameters.errors))
    return parameters.validated_data


def told(moment: Moment) -> dict[str, str]:
    """A moment as answers give it, and as parameters take it."""
    return {"as_of": moment.as_of.isoformat(), "known_at": moment.known_at.astimezone(BUREAU).isoformat()}

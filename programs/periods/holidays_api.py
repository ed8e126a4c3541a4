"""The working calendar's years over HTTP."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.problems import NotFound
from backend.reference.models import Holiday
from programs.periods.calendar import FIRST_DAY, LAST_DAY
from programs.periods.holidays import Year, enter_year, year_of, years
from programs.periods.recounting import Differing
from programs.periods.showing import year_note


class HolidayDay(serializers.Serializer):
    """A day off, or a weekend day that is worked instead."""

    day = serializers.DateField()
    name_zh = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(Holiday.Kind.choices)


class YearAnswer(serializers.Serializer):
    """One year: whether its table is out, with a note where it is not, and who entered it by hand."""

    year = serializers.IntegerField()
    published = serializers.BooleanField()
    note = serializers.CharField()
    by_hand = serializers.BooleanField()
    entered_by = serializers.CharField(allow_null=True)
    entered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    days_known = serializers.IntegerField()


class DifferingAnswer(serializers.Serializer):
    """A period's due day, and what its working days come to by the table as it stands."""

    period = serializers.CharField()
    due_on = serializers.DateField()
    counted = serializers.DateField()


class OneYearAnswer(YearAnswer):
    """The same with its days."""

    days = HolidayDay(many=True)


class EnteredAnswer(OneYearAnswer):
    """The same with the due days that moved, and those that an officer has to decide on."""

    moved = DifferingAnswer(many=True)
    to_confirm = DifferingAnswer(many=True)


class YearBody(serializers.Serializer):
    """A whole year's table, and why it is entered."""

    days = HolidayDay(many=True, allow_empty=False)
    reason = serializers.CharField(max_length=2000)


def answered(one: Year) -> dict[str, Any]:
    """A year as it is answered, without its days."""
    return {
        "year": one.year,
        "published": one.published,
        "note": year_note(one),
        "by_hand": one.by_hand is not None,
        "entered_by": one.by_hand.entered_by if one.by_hand else None,
        "entered_at": one.by_hand.entered_at if one.by_hand else None,
        "reason": one.by_hand.reason if one.by_hand else None,
        "days_known": len(one.days),
    }


def _with_days(one: Year) -> dict[str, Any]:
    return answered(one) | {"days": HolidayDay(one.days, many=True).data}


def _differing(found: Any) -> list[dict[str, Any]]:
    rows: list[Differing] = list(found)
    return [{"period": one.period.code, "due_on": one.due_on, "counted": one.counted} for one in rows]


class Years(base.ListView):
    """The years of the working calendar, the latest first."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "holidays"
    serializer_class = YearAnswer

    def get_queryset(self) -> Any:
        return [answered(one) for one in years()]


class OneYear(base.View):
    """One year's days off and make-up days; an officer enters or corrects them by hand, with a reason."""

    permission_classes = [roles({"GET": EVERYONE, "PUT": "officer"})]

    @documented(responses=OneYearAnswer)
    def get(self, request: Request, year: int) -> Response:
        return Response(_with_days(self._year(year)))

    @documented(request=YearBody, responses=EnteredAnswer)
    def put(self, request: Request, year: int) -> Response:
        self._year(year)
        entered = enter_year(actor=self.actor, year=year, **self.read(YearBody))
        counted = {"moved": _differing(entered.moved), "to_confirm": _differing(entered.to_confirm)}
        return Response(_with_days(self._year(year)) | counted)

    def _year(self, year: int) -> Year:
        if not FIRST_DAY.year <= year <= LAST_DAY.year:
            raise NotFound
        return year_of(year)


urlpatterns = [
    path("holidays/", Years.as_view(), name="holidays"),
    path("holidays/<int:year>/", OneYear.as_view(), name="holiday-year"),
]

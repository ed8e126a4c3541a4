"""Indicators beside talent: the plan's other published goals, what was reported of them, and reporting a value."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.clock import today
from backend.naming import in_language
from backend.web.base import SeeOther
from backend.web.forms import DayField, Form
from programs.desks.manager.figures import every_target
from programs.desks.manager.moments import AtAMoment
from programs.targets.indicators import selectors, services
from programs.targets.indicators.models import Indicator
from programs.targets.indicators.selectors import Known
from programs.targets.indicators.showing import separated

WIDE, HIGH = 100, 24
REPORTERS = ("officer", "manager")
Course = Sequence[tuple[dt.date, Decimal]]


def presented(one: Known, course: Course) -> dict[str, Any]:
    """An indicator as the pages show it, in the reader's language."""
    indicator, latest = one.indicator, one.latest
    return {
        "indicator": indicator,
        "unit": in_language(indicator.unit_zh, indicator.unit_en),
        "said": in_language(indicator.said_zh, indicator.said_en),
        "goal": separated(indicator.goal),
        "ceiling": indicator.direction == Indicator.Direction.AT_MOST,
        "latest": latest,
        "value": separated(latest.value) if latest else "",
        "completion_rate": one.completion_rate,
        "reached": one.reached,
        "bar": min(round((one.completion_rate or 0) * 1000), 1000),
        "line": sparkline(course, indicator.goal),
        "url": reverse("web:indicator", args=[indicator.code]),
    }


def sparkline(course: Course, goal: Decimal) -> dict[str, Any] | None:
    """A course as a line from the first day to the last, and where the goal stands; ``None`` below two values."""
    if len(course) < 2:
        return None
    first, days = course[0][0], (course[-1][0] - course[0][0]).days
    top = max(goal, *(value for _day, value in course))

    def height(value: Decimal) -> float:
        return round(HIGH - 1 - float(value / top) * (HIGH - 2), 1)

    points = " ".join(f"{round((day - first).days / days * WIDE, 1)},{height(value)}" for day, value in course)
    return {"points": points, "goal": height(goal)}


def chart(one: Known, course: Course, unit: str) -> dict[str, Any]:
    """What the chart of an indicator is drawn from."""
    return {
        "kind": "values",
        "name": _("Reported"),
        "unit": unit,
        "points": [[day.isoformat(), float(value)] for day, value in course],
        "goal": {"name": _("Goal"), "value": float(one.indicator.goal)},
    }


class Indicators(AtAMoment):
    """The targets that are counted, and beneath them the goals of the same plans that are reported by hand."""

    template = "desks/manager/indicators.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        moment = self.moment
        found = selectors.known(self.actor, selectors.indicators(self.actor), moment)
        courses = selectors.courses(self.actor, [one.indicator for one in found], moment)
        shown = [presented(one, courses.get(one.indicator.pk, ())) for one in found]
        for row in shown:
            row["url"] = self.to("web:indicator", row["indicator"].code)
        return self.show(clocks=self.clocks, counted=every_target(self), rows=shown)


class ValueForm(Form):
    """A value on a day, and where it is from."""

    value = forms.DecimalField(label=lazy("Value"), max_digits=21, decimal_places=6, min_value=0)
    as_of = DayField(label=lazy("Day that it is of"))
    source = forms.CharField(
        label=lazy("Source"),
        max_length=services.LONGEST_SOURCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Such as a yearbook and its table, or a letter with its number. Kept with the value."),
    )


class OneIndicator(AtAMoment):
    """One indicator: its goal, its course, every value that was reported, and a form for another."""

    roles: ClassVar[dict[str, str]] = {"GET": "officer manager admin", "POST": " ".join(REPORTERS)}
    template = "desks/manager/indicator.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._show(self._indicator(code), ValueForm(initial={"as_of": today()}))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        indicator, form = self._indicator(code), ValueForm(request.POST)

        def report(values: dict[str, Any]) -> None:
            services.report_value(indicator=indicator, actor=self.actor, **values)

        if form.do(report):
            messages.success(request, _("The value is reported."))
            return SeeOther(reverse("web:indicator", args=[code]))
        return self._show(indicator, form, 400)

    def _indicator(self, code: str) -> Indicator:
        found: Indicator = self.one(selectors.indicators(self.actor), code=code)
        return found

    def _show(self, indicator: Indicator, form: ValueForm, status: int = 200) -> HttpResponse:
        moment = self.moment
        [one] = selectors.known(self.actor, [indicator], moment)
        course = selectors.courses(self.actor, [indicator], moment).get(indicator.pk, [])
        shown = presented(one, course)
        values = selectors.reported(self.actor, indicator, moment).order_by("-as_of", "-recorded_at")
        return self.show(
            status=status,
            clocks=self.clocks,
            now_url=reverse("web:indicator", args=[indicator.code]),
            back=self.to("web:indicators"),
            one=shown,
            values=[{"row": row, "value": separated(row.value)} for row in values],
            chart=chart(one, course, shown["unit"]) if course else None,
            form=form if self.actor.role in REPORTERS else None,
        )

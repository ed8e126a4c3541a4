"""The pages of the working calendar: which years' tables are out, and one year entered by hand."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.problems import NotFound
from backend.reference.models import Holiday
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import Form
from backend.web.navigation import SETUP, register
from programs.periods.calendar import DAY, FIRST_DAY, LAST_DAY
from programs.periods.holidays import Year, enter_year, year_of, years
from programs.periods.reasons import REASON
from programs.periods.recounting import Recounted, differing
from programs.periods.showing import year_note

register(51, lazy("Holidays"), "web:holidays", "sun", "officer", SETUP)

Kind = Holiday.Kind
KINDS = {"off": Kind.OFF, "休": Kind.OFF, "work": Kind.MAKEUP, "班": Kind.MAKEUP}
LINE = re.compile(
    r"(?P<first>\d{4}-\d{2}-\d{2})(?:\s*(?:~|至|to)\s*(?P<last>\d{4}-\d{2}-\d{2}))?"
    r"\s+(?P<kind>off|work|休|班)\s+(?P<name>\S.*)"
)
LONGEST_SPAN = 31


class YearForm(Form):
    """A year's table, one day or run of days a line."""

    days = forms.CharField(
        label=lazy("Days"),
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=lazy(
            "A line for each day or run of days: 2027-02-05 to 2027-02-11 off Spring Festival;"
            " 2027-02-13 work Spring Festival."
        ),
    )
    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Such as the number of the notice. It stays on the trail."),
    )

    def clean_days(self) -> list[dict[str, Any]]:
        return [day for line in self.cleaned_data["days"].splitlines() if line.strip() for day in _days(line.strip())]

    def take(self, problem: Any) -> None:
        # Once in the service's words; the year is the page's own.
        for error in problem.errors:
            self.add_error("days", str(error.message))
        if not problem.errors:
            self.add_error(None, str(problem.detail))


def _days(line: str) -> list[dict[str, Any]]:
    """The days of one line. Raises ValidationError where it cannot be read."""
    unreadable = _("This line cannot be read: “%(line)s”. Write it as in the example below.") % {"line": line[:60]}
    found = LINE.fullmatch(line)
    if found is None:
        raise ValidationError(unreadable)
    try:
        first = dt.date.fromisoformat(found["first"])
        last = dt.date.fromisoformat(found["last"] or found["first"])
    except ValueError as error:
        raise ValidationError(unreadable) from error
    if not 0 <= (last - first).days < LONGEST_SPAN or len(found["name"]) > 40:
        raise ValidationError(unreadable)
    kind, name = KINDS[found["kind"]], found["name"].strip()
    return [{"day": first + n * DAY, "name_zh": name, "kind": kind} for n in range((last - first).days + 1)]


def written(one: Year) -> str:
    """A year's days as the form takes them, one a line."""
    word = {Kind.OFF.value: "off", Kind.MAKEUP.value: "work"}
    return "\n".join(f"{row.day} {word[row.kind]} {row.name_zh}" for row in one.days)


class Years(Page):
    """The years of the working calendar, and the due days that do not agree with it."""

    roles = {"GET": EVERYONE}
    template = "periods/holidays.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        shown = [{"year": one, "note": year_note(one)} for one in years()]
        return self.show(years=shown, differing=differing() if self.actor.sees_everything else [])


class OneYear(Page):
    """One year's days; an officer enters or corrects them."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    template = "periods/holiday_year.html"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        one = self._year(year)
        form = YearForm(initial={"days": written(one)}) if self.admits(self.actor) else None
        return self.show(one=one, note=year_note(one), form=form)

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        one, form, done = self._year(year), YearForm(request.POST), []
        if form.do(lambda values: done.append(enter_year(actor=self.actor, year=year, **values))):
            for level, sentence in _said(year, done[0]):
                messages.add_message(request, level, sentence)
            return SeeOther(reverse("web:holidays"))
        return self.show(one=one, note=year_note(one), form=form, status=400)

    def _year(self, year: int) -> Year:
        if not FIRST_DAY.year <= year <= LAST_DAY.year:
            raise NotFound
        return year_of(year)


def _said(year: int, done: Recounted) -> list[tuple[int, str]]:
    found = [(messages.SUCCESS, _("The table of %(year)s is entered.") % {"year": year})]
    if done.moved:
        listed = ", ".join(f"{one.period.code}: {one.due_on} → {one.counted}" for one in done.moved[:6])
        sentence = ngettext(
            "%(n)d estimated due day moved: %(listed)s.", "%(n)d estimated due days moved: %(listed)s.", len(done.moved)
        )
        found.append((messages.INFO, sentence % {"n": len(done.moved), "listed": listed}))
    if done.to_confirm:
        sentence = ngettext(
            "%(n)d due day does not agree with the table and awaits your decision.",
            "%(n)d due days do not agree with the table and await your decision.",
            len(done.to_confirm),
        )
        found.append((messages.WARNING, sentence % {"n": len(done.to_confirm)}))
    return found


urlpatterns = [
    path("holidays/", Years.as_view(), name="holidays"),
    path("holidays/<int:year>/", OneYear.as_view(), name="holiday-year"),
]

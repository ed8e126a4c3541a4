"""The pages of reporting periods: opened one by one or all at once, due, locked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend import clock
from backend.problems import FieldError, Problem
from backend.web.base import EVERYONE, Act, Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import ListPage
from backend.web.navigation import SETUP, register
from programs.catalogue.codes import BAD_CODE, CODE
from programs.periods import extensions_web, holidays_web, schemes_web, selectors, services
from programs.periods.extensions import extensions
from programs.periods.extensions_web import ExtendForm
from programs.periods.filters import PeriodFilter
from programs.periods.holidays import missing_years
from programs.periods.models import Period
from programs.periods.reasons import reason_of
from programs.periods.showing import FREQUENCIES, GENERATED, note

register(49, lazy("Periods"), "web:periods", "calendar", "officer", SETUP)

NAMED = 6
"""How many of the periods that were generated the answer names."""


class PeriodForm(Form):
    """A period's days."""

    starts_on = DayField(label=lazy("From"))
    ends_on = DayField(label=lazy("To"))
    due_on = DayField(label=lazy("Due on"), help_text=lazy("Reports are on time until the end of this day."))


class NewPeriodForm(PeriodForm):
    """One period, of whatever span."""

    code = forms.RegexField(
        CODE,
        label=lazy("Code"),
        max_length=20,
        help_text=lazy("Such as 2019-03, 2019-Q1, 2019-H1 or 2019; any other is a span of its own kind."),
        error_messages={"invalid": BAD_CODE},
    )
    field_order = ("code", "starts_on", "ends_on", "due_on")


class GenerateForm(Form):
    """Which periods to open."""

    frequency = forms.ChoiceField(
        label=lazy("One for each"), choices=[(code, FREQUENCIES[code]) for code, _label in GENERATED]
    )
    first = DayField(label=lazy("From"))
    last = DayField(label=lazy("To"), help_text=lazy("Every period that has a day in this span is opened."))
    working_days_after_end = forms.IntegerField(
        label=lazy("Due after so many working days"),
        initial=10,
        min_value=0,
        max_value=services.DUE_WITHIN,
        help_text=lazy("Counted from the period's end; holidays and make-up days are known."),
    )

    def take(self, problem: Problem) -> None:
        # The service speaks of them as the API does.
        own = {"from": "first", "to": "last"}
        problem.errors = [FieldError(own.get(one.field, one.field), one.code, one.message) for one in problem.errors]
        super().take(problem)


class Periods(ListPage):
    """Periods, the latest first."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "periods/periods.html"
    part = "periods/periods_rows.html"
    name = "periods"
    leads = ("web:period", "code")
    filterset_class = PeriodFilter
    ordering = ("-starts_on", "-ends_on", "-code")
    choosing = {"frequency": lazy("Frequency"), "on": lazy("Runs on"), "locked": lazy("State")}
    headings = {
        "code": lazy("Code"),
        "frequency": lazy("Frequency"),
        "starts_on": lazy("From"),
        "ends_on": lazy("To"),
        "due_on": lazy("Due on"),
        "locked_at": lazy("Locked since"),
        "note": lazy("Note"),
    }

    def rows(self) -> QuerySet[Period]:
        return selectors.periods(self.actor)

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"frequency": list(FREQUENCIES.items()), "locked": [("false", _("open")), ("true", _("locked"))]}

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.frequency_name, row.note = FREQUENCIES[row.frequency], note(row)
        return rows

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: getattr(row, name) for name in self.headings} | {"frequency": str(row.frequency_name)}

    def more(self) -> Mapping[str, Any]:
        return {
            "may_create": NewPeriod.admits(self.actor),
            "today": clock.today(),
            "missing_years": missing_years(),
        }


class NewPeriod(Page):
    """One period, of whatever span."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "periods/new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=NewPeriodForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewPeriodForm(request.POST)
        if form.do(lambda values: services.create_period(actor=self.actor, **values)):
            code = form.cleaned_data["code"]
            messages.success(request, _("Period %(code)s is open.") % {"code": code})
            return SeeOther(reverse("web:period", args=[code]))
        return self.show(form=form, status=400)


class Generate(Page):
    """All periods of one frequency in a span, due on working days; repeating it opens nothing twice."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "periods/generate.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        year = clock.today().year
        return self.show(form=GenerateForm(initial={"first": f"{year}-01-01", "last": f"{year}-12-31"}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = GenerateForm(request.POST)
        done: list[services.Generated] = []
        if not form.do(lambda values: done.append(services.generate_periods(actor=self.actor, **values))):
            return self.show(form=form, status=400)
        for level, sentence in said(done[0]):
            messages.add_message(request, level, sentence)
        return SeeOther(f"{reverse('web:periods')}?frequency={form.cleaned_data['frequency']}")


def said(generated: services.Generated) -> list[tuple[int, str]]:
    """What generating did, in sentences for the reader, each with how it is meant."""
    created, existing = len(generated.created), len(generated.existing)
    found = []
    if created:
        codes = [period.code for period in generated.created]
        listed = ", ".join(codes[:NAMED]) + (" …" if created > NAMED else "")
        sentence = ngettext(
            "%(count)d period is open now: %(codes)s.", "%(count)d periods are open now: %(codes)s.", created
        )
        found.append((messages.SUCCESS, sentence % {"count": created, "codes": listed}))
    if existing:
        along = ngettext(
            "%(count)d period was there already and stays as it is.",
            "%(count)d periods were there already and stay as they are.",
            existing,
        )
        alone = ngettext(
            "Nothing new: %(count)d period was there already and stays as it is.",
            "Nothing new: %(count)d periods were there already and stay as they are.",
            existing,
        )
        found.append((messages.INFO, (along if created else alone) % {"count": existing}))
    if provisional := [period.code for period in (*generated.created, *generated.existing) if period.provisional]:
        listed = ", ".join(provisional[:NAMED]) + (" …" if len(provisional) > NAMED else "")
        sentence = _("Estimated due days, since the year's holidays are not published yet: %(codes)s.")
        found.append((messages.WARNING, sentence % {"codes": listed}))
    return found


class OnePeriod(Page):
    """One period: its days, and whether it is locked."""

    roles = {"GET": EVERYONE, "POST": "officer"}
    from_above = True
    template = "periods/period.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        period = self._period(code)
        form = PeriodForm(initial=vars(period)) if self.admits(self.actor) else None
        return self._shown(period, form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        period = self._period(code)
        form = PeriodForm(request.POST, initial=vars(period))
        if form.do(lambda values: self._change(period, values, form.changed_data)):
            messages.success(request, _("The changes of %(code)s are saved.") % {"code": code})
            return SeeOther(request.path)
        return self._shown(period, form, status=400)

    def _change(self, period: Period, values: dict[str, Any], changed: Sequence[str]) -> None:
        # An estimated due day that was looked at and left is confirmed by the box beside it alone.
        confirmed = "confirmed" in self.request.POST
        wanted = {name: values[name] for name in values if name in changed or (name == "due_on" and confirmed)}
        services.change_period(actor=self.actor, period=period, **wanted)

    def _period(self, code: str) -> Period:
        return self.one(selectors.periods(self.actor), code=code)

    def _shown(self, period: Period, form: PeriodForm | None, status: int = 200) -> HttpResponse:
        frequency = FREQUENCIES[period.frequency]
        return self.show(
            period=period,
            note=note(period),
            frequency=frequency,
            form=form,
            extending=ExtendForm(self.actor, period) if self.admits(self.actor) and not period.locked_at else None,
            extensions=extensions(self.actor).filter(period=period).order_by("-pk"),
            status=status,
        )


class Lock(Act):
    """Closes a period, with a reason: nothing more is submitted for it."""

    roles = {"POST": "officer"}

    def act(self, code: str) -> str:
        period = self.one(selectors.periods(self.actor), code=code)
        services.lock_period(actor=self.actor, period=period, reason=reason_of(self.request))
        return _("Period %(code)s is locked: nothing more is submitted for it.") % {"code": code}

    def leads_to(self, code: str) -> str:
        return reverse("web:period", args=[code])


class Unlock(Act):
    """Opens a locked period again, with a reason."""

    roles = {"POST": "officer"}

    def act(self, code: str) -> str:
        period = self.one(selectors.periods(self.actor), code=code)
        services.unlock_period(actor=self.actor, period=period, reason=reason_of(self.request))
        return _("Period %(code)s is open again.") % {"code": code}

    def leads_to(self, code: str) -> str:
        return reverse("web:period", args=[code])


urlpatterns = [
    path("periods/", Periods.as_view(), name="periods"),
    path("periods/new/", NewPeriod.as_view(), name="period-new"),
    path("periods/generate/", Generate.as_view(), name="periods-generate"),
    path("periods/<str:code>/", OnePeriod.as_view(), name="period"),
    path("periods/<str:code>/lock/", Lock.as_view(), name="period-lock"),
    path("periods/<str:code>/unlock/", Unlock.as_view(), name="period-unlock"),
    *extensions_web.urlpatterns,
    *holidays_web.urlpatterns,
    *schemes_web.urlpatterns,
]

"""The rates of reporting and the second clock side by side, for a period, an organisation or a programme each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.history.selectors import names_of_codes
from backend.accounts.models import Organisation
from backend.lists.filters import filtered
from backend.problems import Invalid
from backend.web.base import EVERYONE
from backend.web.lists import Label, ListPage, choices_of
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.periods import selectors
from programs.periods.filters import ObligationFilter, RateFilter
from programs.periods.rates import By, due_over, rates
from programs.records.lateness import late_people

OFFERED = [choice for choice in By.choices if choice[0] != By.ALL]
NARROWING = ("organisation", "period", "programme")


class Rates(ListPage):
    """Expected, received, on time, and people reported late; a partner reads its own."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "desks/officer/rates.html"
    part = "desks/officer/rates_part.html"
    name = "rates"
    leads = ("", "url")
    parameters = ("by", *NARROWING)
    choosing = {
        "by": lazy("For each"),
        "organisation": lazy("Organisation"),
        "period": lazy("Period"),
        "programme": lazy("Programme"),
    }
    headings = {
        "key": lazy("Code"),
        "name": lazy("Name"),
        "expected": lazy("Expected"),
        "received": lazy("Reported"),
        "reporting_rate": lazy("Reporting rate"),
        "on_time": lazy("On time"),
        "on_time_rate": lazy("On-time rate"),
        "confirmed_zero": lazy("Nothing to report"),
        "overdue": lazy("Overdue"),
        "excused": lazy("Excused"),
        "people": lazy("People completed"),
        "late_people": lazy("Reported late"),
        "late_rate": lazy("Late share"),
        "median_days": lazy("Days late, median"),
        "most_days": lazy("Days late, most"),
    }

    def rows(self) -> list[dict[str, Any]]:
        by, narrowed = self._by(), self._narrowed()
        given = QueryDict(mutable=True)
        given.update(narrowed)
        owed = due_over(filtered(RateFilter, given, selectors.obligations(self.actor), self.request))
        reports = {row["key"]: row for row in rates(self.actor, by, owed)}
        people = {row["key"]: row for row in late_people(self.actor, by, **narrowed)}
        names = self._names(by, narrowed.get("period"))
        keys = [*reports, *sorted(people.keys() - reports.keys())]
        return [_merged(key, names.get(key, ""), reports.get(key), people.get(key)) for key in keys]

    def _by(self) -> str:
        by = self.request.GET.get("by") or By.ORGANISATION.value
        if by not in dict(OFFERED):
            raise Invalid([("by", "invalid_choice", "by: " + ", ".join(code for code, _label in OFFERED))])
        return by

    def _narrowed(self) -> dict[str, str]:
        return {name: given[0] for name, given in self.chosen().items() if name in NARROWING}

    def _names(self, by: str, period: str | None) -> dict[str, str]:
        if by == By.ORGANISATION:
            # Of one period, by the names of its end; over several they go by those in force.
            ended = selectors.periods(self.actor).filter(code=period).values_list("ends_on", flat=True).first()
            codes = accounts.organisations(self.actor).values_list("code", flat=True)
            return names_of_codes(min(ended or clock.today(), clock.today()), codes, self.actor)
        if by == By.PROGRAMME:
            return {one.code: named(one) for one in catalogue.programmes(self.actor)}
        return {}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "by": OFFERED,
            "organisation": choices_of(partners),
            "period": [(one.code, one.code) for one in selectors.periods(self.actor).order_by("-starts_on", "code")],
            "programme": choices_of(catalogue.programmes(self.actor).order_by("code")),
        }

    def offered(self) -> list[Any]:
        shown = [one for one in super().offered() if self.actor.sees_several or one.name != "organisation"]
        return [replace(one, values=[self._by()]) if one.name == "by" else one for one in shown]

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Each row with where it opens into what it was taken of."""
        by = self._by()
        if by == By.PROGRAMME:
            return [{**row, "url": reverse("web:programme", args=[row["key"]])} for row in rows]
        listed = reverse("web:obligations")
        return [
            {**row, "url": f"{listed}?{urlencode({by: row['key'], **self._narrowed_obligations()})}"} for row in rows
        ]

    def _narrowed_obligations(self) -> dict[str, str]:
        """What narrows the rates as the list of obligations knows it too."""
        return {name: code for name, code in self._narrowed().items() if name in ObligationFilter.base_filters}

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: row[name] for name in self.headings}


def _merged(key: str, name: str, reports: Mapping[str, Any] | None, people: Mapping[str, Any] | None) -> dict[str, Any]:
    """One row of both clocks; what was not owed is none expected."""
    counted = reports or {}
    told = people or {}
    shown = {
        one: counted.get(one, 0) for one in ("expected", "received", "on_time", "confirmed_zero", "overdue", "excused")
    }
    return {
        "key": key,
        "name": name,
        **shown,
        "reporting_rate": counted.get("reporting_rate"),
        "on_time_rate": counted.get("on_time_rate"),
        "people": told.get("reported", 0),
        "late_people": told.get("late", 0),
        "late_rate": told.get("late_rate"),
        "median_days": told.get("median_days"),
        "most_days": told.get("most_days"),
    }

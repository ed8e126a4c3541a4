"""The months, quarters and years that briefings are of. Pure arithmetic."""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

DAY = dt.timedelta(days=1)


class Kind(models.TextChoices):
    """How long a time a briefing is of."""

    MONTH = "month", lazy("Monthly")
    QUARTER = "quarter", lazy("Quarterly")
    YEAR = "year", lazy("Yearly")


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year, both days included."""

    first: dt.date
    last: dt.date
    kind: Kind

    @property
    def months(self) -> int:
        """How many months it has."""
        return MONTHS[self.kind]

    @property
    def code(self) -> str:
        """As periods are named everywhere: 2019-06, 2019-Q2, 2019."""
        if self.kind == Kind.MONTH:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}-Q{self.first.month // 3 + 1}" if self.kind == Kind.QUARTER else f"{self.first.year}"

    @property
    def before(self) -> "Period":
        """The one just before it."""
        return holding(self.kind, self.first - DAY)

    @property
    def after(self) -> "Period":
        """The one just after it."""
        return holding(self.kind, self.last + DAY)

    @property
    def year_before(self) -> "Period":
        """The same one of the year before."""
        return holding(self.kind, self.first.replace(year=self.first.year - 1))

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        if self.kind == Kind.MONTH:
            # Translators: a month with its year, in Django's letters.
            return date_format(self.first, _("F Y"))
        year = str(self.first.year)
        if self.kind == Kind.YEAR:
            return pgettext("a year as a time", "%(year)s") % {"year": year}
        quarter = [_("the first"), _("the second"), _("the third"), _("the fourth")][self.first.month // 3]
        return _("%(which)s quarter of %(year)s") % {"which": quarter, "year": year}

    @property
    def short(self) -> str:
        """The same where there is little room."""
        if self.kind == Kind.MONTH:
            # Translators: a month with its year in a narrow column, in Django's letters.
            return date_format(self.first, _("M Y"))
        if self.kind == Kind.YEAR:
            return self.label
        return _("Q%(number)d %(year)s") % {"number": self.first.month // 3 + 1, "year": str(self.first.year)}


def holding(kind: Kind, day: dt.date) -> Period:
    """The period of a kind that holds a day."""
    length = MONTHS[kind]
    first = day.replace(month=(day.month - 1) // length * length + 1, day=1)
    after = first.year * 12 + first.month - 1 + length
    return Period(first, dt.date(after // 12, after % 12 + 1, 1) - DAY, kind)


def finished(kind: Kind, day: dt.date) -> Period:
    """The last period of a kind that had ended by the end of a day."""
    return holding(kind, day + DAY).before


def parsed(code: str) -> Period:
    """The period that a code names.

    Raises:
        ValueError: it names none.
    """
    year = int(code[:4])
    if len(code) == 4:
        return holding(Kind.YEAR, dt.date(year, 1, 1))
    if code[4:6] == "-Q":
        return holding(Kind.QUARTER, dt.date(year, int(code[6:]) * 3, 1))
    return holding(Kind.MONTH, dt.date(year, int(code[5:]), 1))

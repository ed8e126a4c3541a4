"""How periods are spoken of, by API and page alike."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from programs.periods.holidays import Year
from programs.periods.models import Period

FREQUENCIES = {
    Period.Frequency.MONTH.value: lazy("Month"),
    Period.Frequency.QUARTER.value: lazy("Quarter"),
    Period.Frequency.HALF_YEAR.value: lazy("Half-year"),
    Period.Frequency.YEAR.value: lazy("Year"),
    Period.Frequency.FREE.value: lazy("Other span"),
}

GENERATED = [choice for choice in Period.Frequency.choices if choice[0] != Period.Frequency.FREE]
"""The frequencies whose periods can be generated."""


def note(period: Period) -> str:
    """That its due day is an estimate, where it is one."""
    if not period.provisional:
        return ""
    return _(
        "The due day was counted over a year whose holidays were not published: weekends and statutory days alone."
        " Look at it again, and set due_on, once the year's notice is out."
    )


def year_note(one: Year) -> str:
    """That a year's table is not out yet, where it is not."""
    if one.published:
        return ""
    return _(
        "The holiday table of %(year)s is not out yet: due days in it are estimates by weekends and statutory days."
        " Enter the table here once the notice is published."
    ) % {"year": one.year}

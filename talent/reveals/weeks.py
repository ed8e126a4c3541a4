"""ISO weeks as they stand in addresses: 2026-W48."""

import datetime as dt
import re

from django.utils.translation import gettext as _

from backend.problems import Invalid


def monday_in(text: str) -> dt.date:
    """The Monday of a week.

    Raises:
        Invalid: it is no week.
    """
    try:
        if not re.fullmatch(r"\d{4}-W\d{2}", text):
            raise ValueError
        return dt.date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
    except ValueError:
        raise Invalid([("week", "invalid", _("A week is written as 2026-W48."))]) from None


def week_of(monday: dt.date) -> str:
    """A Monday's week, as 2026-W48."""
    year, number, _day = monday.isocalendar()
    return f"{year:04}-W{number:02}"

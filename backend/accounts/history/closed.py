"""What an organisation that is no more may not do any more, in one place."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts.models import Organisation
from backend.problems import Conflict, register

register(organisation_closed=lazy("This organisation is closed"))


def is_closed(organisation: Organisation, day: dt.date | None = None) -> bool:
    """Whether an organisation is no more on a day, by default today."""
    return organisation.closed_on is not None and organisation.closed_on <= (day or clock.today())


def refuse_closed(organisation: Organisation, day: dt.date | None = None) -> None:
    """Refuse what would be reported for, or planned with, an organisation that is no more.

    Args:
        day: on which it would have to be there; by default today.

    Raises:
        Conflict: 409 ``organisation_closed``, which names the successor where there is one.
    """
    if organisation.closed_on is None or not is_closed(organisation, day):
        return
    told = {"code": organisation.code, "day": organisation.closed_on}
    if organisation.merged_into is not None:
        told["into"] = organisation.merged_into.code
        text = _("%(code)s went into %(into)s on %(day)s. What it reported stays; report what is new for %(into)s.")
    else:
        text = _("%(code)s is closed since %(day)s. What it reported stays, and nothing is reported for it any more.")
    raise Conflict(text % told, "organisation_closed", closed_on=organisation.closed_on.isoformat())

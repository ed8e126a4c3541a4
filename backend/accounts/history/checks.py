"""What an act on an organisation must be to be entered or taken back: every way of doing so passes here."""

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.history.models import OrganisationChange
from backend.accounts.history.selectors import standing
from backend.accounts.models import Organisation
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid

Kind = OrganisationChange.Kind
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


def may_be_entered(change: OrganisationChange) -> None:
    """Refuse an act that cannot be.

    Raises:
        Invalid: every field that is at fault.
        Conflict: it contradicts what stands.
    """
    body, other, day = change.organisation, change.other, change.from_on
    field = "on" if change.ends else "from"
    errors: list[FieldError] = []
    if day is None or not EARLIEST <= day <= LATEST:
        text = _("Give a day between %(first)s and %(last)s.") % {"first": EARLIEST, "last": LATEST}
        errors.append(FieldError(field, "out_of_range", text))
    if change.kind == Kind.NAME and not change.name_zh:
        errors.append(FieldError("name_zh", "blank", _("Give the organisation's Chinese name.")))
    if not change.reason:
        errors.append(FieldError("reason", "required", _("Give a reason; it stays on the trail.")))
    if change.ends and body.kind == Organisation.Kind.BUREAU:
        errors.append(FieldError("", "invalid", _("The bureau's own organisation does not end.")))
    if change.kind == Kind.MERGED and other is not None:
        if other.pk == body.pk:
            errors.append(FieldError("into", "invalid", _("An organisation cannot go into itself.")))
        elif other.kind == Organisation.Kind.BUREAU:
            text = _("The bureau reports nobody, so nothing can go on there.")
            errors.append(FieldError("into", "invalid", text))
    if errors or day is None:
        raise Invalid(errors)
    if change.ends:
        _refuse_second_end(change, day)
    elif standing().filter(organisation=body, kind=change.kind, from_on=day).exists():
        text = _("Something is entered for %(code)s from %(day)s on already. Take that back first.")
        raise AlreadyExists(text % {"code": body.code, "day": day})


def _refuse_second_end(change: OrganisationChange, day: dt.date) -> None:
    body, other = change.organisation, change.other
    ended = standing().filter(organisation=body, kind__in=[Kind.CLOSED, Kind.MERGED]).first()
    if ended is not None:
        text = _("The end of %(code)s is entered already, for %(day)s. Take that back first.")
        raise Conflict(text % {"code": body.code, "day": ended.from_on})
    late = standing().filter(other=body, kind=Kind.MERGED, from_on__gte=day).select_related("organisation").first()
    if late is not None:
        told = {"code": body.code, "other": late.organisation.code, "day": late.from_on}
        raise Conflict(_("%(other)s goes into %(code)s on %(day)s, so %(code)s must still be there then.") % told)
    if other is not None and other.closed_on is not None and other.closed_on <= day:
        told = {"code": other.code, "day": other.closed_on}
        raise Conflict(_("%(code)s itself is no more from %(day)s on. Choose the one that goes on.") % told)


def may_be_withdrawn(change: OrganisationChange, *, correction: bool) -> None:
    """Refuse to take an act back that must stand.

    Raises:
        Conflict: it is in force and no correction is meant, it is what all others follow upon, or a merger that came
            after it rests on it.
    """
    told = {"code": change.organisation.code, "day": change.from_on}
    if change.from_on is None and change.kind == Kind.NAME:
        text = _("This is what %(code)s was called from the first; mend it on the organisation itself.")
        raise Conflict(text % told)
    if not correction and (change.from_on is None or change.from_on <= clock.today()):
        text = _(
            "It is so since %(day)s, and figures have told of it. Say that it is a correction, if it never was so."
        )
        raise Conflict(text % told)


def refuse_rings(organisation: Organisation) -> None:
    """Refuse that an organisation stands above itself on any day, by what stands now; under ``services.LOCK``.

    Raises:
        Invalid: names the day from which it would.
    """
    rows = standing().filter(kind=Kind.PARENT).values_list("from_on", "organisation", "other")
    by_day: dict[dt.date, list[tuple[int, int | None]]] = defaultdict(list)
    for from_on, body, other in rows:
        by_day[from_on or dt.date.min].append((body, other))
    above: dict[int, int | None] = {}
    for day in sorted(by_day):
        above.update(by_day[day])
        if _reaches_itself(above, organisation.pk):
            text = _("An organisation cannot stand above itself, and %(code)s would.")
            if day != dt.date.min:
                text = _("An organisation cannot stand above itself, and %(code)s would from %(day)s on.")
            raise Invalid([FieldError("parent", "invalid", text % {"code": organisation.code, "day": day})])


def _reaches_itself(above: dict[int, int | None], start: int) -> bool:
    seen, here = {start}, above.get(start)
    while here is not None and here not in seen:
        seen.add(here)
        here = above.get(here)
    return here == start

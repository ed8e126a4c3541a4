"""What is said where a decision is refused for something else than the record's state."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.problems import Conflict, register
from backend.web.templatetags.web import moment
from programs.review.safeguards import Passed, Why

register(
    held=lazy("A colleague is at work on it"),
    second_officer=lazy("It needs a second officer"),
    in_lot=lazy("It is decided with its lot"),
    credentials=lazy("A credential has not been looked at"),
    rests_on_it=lazy("Something rests on it"),
    too_late=lazy("It is too late to undo it"),
    undone=lazy("It is undone already"),
    sampling_off=lazy("Sampling is off for this organisation"),
    sampling_discontinued=lazy("Sampling of this organisation is discontinued"),
    judged_already=lazy("Somebody has looked at it meanwhile"),
    left_the_lot=lazy("It has left the lot"),
)


def of(passed: Passed) -> Conflict:
    """The refusal of a decision on one record that was passed over."""
    values = {"id": passed.id, "by": _name(passed), "since": moment(passed.since)}
    if passed.why == Why.HELD:
        text = _("%(by)s has been at work on record %(id)s since %(since)s. Ask for it, or take it over with a reason.")
        return Conflict(text % values, "held", state=passed.state, held_by=values["by"], since=passed.since)
    if passed.why == Why.SECOND_OFFICER:
        text = _(
            "You verified record %(id)s first, on %(since)s. It would be high-end: another officer verifies it too."
        )
        return Conflict(text % values, "second_officer", state=passed.state)
    if passed.why == Why.LOT:
        text = _("Record %(id)s is a member of lot %(lot)s and is decided with it.")
        return Conflict(text % {"id": passed.id, "lot": passed.lot}, "in_lot", state=passed.state, lot=passed.lot)
    text = _("A credential of record %(id)s has not been looked at. Confirm or refute it, then verify the record.")
    return Conflict(text % values, "credentials", state=passed.state)


def _name(passed: Passed) -> str:
    return User.objects.filter(pk=passed.by).values_list("username", flat=True).first() or "" if passed.by else ""

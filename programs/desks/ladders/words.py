"""What the pages call the stages of a ladder and the changes between two."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.kinds.obligations import Report
from programs.reminders.models import Counting, LadderPolicy, LadderStage
from programs.reminders.policy_models import FROM_THE_BEGINNING

STATES = {
    "draft": lazy("Draft"),
    "planned": lazy("In force later"),
    "in_force": lazy("In force"),
    "retired": lazy("Retired"),
}
LOOKS = {"draft": "scheduled", "planned": "warning", "in_force": "sent", "retired": "cancelled"}
CHANGES = {
    "added": lazy("New"),
    "dropped": lazy("No longer"),
    "moved": lazy("At another time"),
    "same": lazy("As now"),
}
CHANGE_LOOKS = {"added": "sent", "dropped": "failed", "moved": "warning", "same": "scheduled"}


def when(kind: str, stage: LadderStage) -> str:
    """How far a stage is from the day on which its clock starts."""
    days = abs(stage.days)
    if stage.days == 0:
        return _("On the day")
    working = stage.counting == Counting.WORKING
    if stage.days < 0:
        told = (
            ngettext("%(n)d working day before", "%(n)d working days before", days)
            if working
            else ngettext("%(n)d day before", "%(n)d days before", days)
        )
    else:
        told = (
            ngettext("%(n)d working day after", "%(n)d working days after", days)
            if working
            else ngettext("%(n)d day after", "%(n)d days after", days)
        )
    return told % {"n": days}


def clock_of(kind: str) -> str:
    """From when on a kind's days are counted, and when it ends."""
    told = {
        "reporting": _("Counted from the due day; ends once it is reported, confirmed as zero or excused."),
        "retention": _("Counted from the due day; ends once it is said who has stayed, or it is excused."),
        "returned": _("Counted from the day of the return; ends once none of that day's records is still returned."),
        "unconfirmed": _("Counted from the day of the check; ends once it is confirmed or cancelled."),
        "threads": _("Counted from what was said last; ends once the other side answers, or it is closed."),
        "matches": _("Counted from the day on which they were opened; ends once all of them are answered."),
    }
    return told[kind]


def presented(policy: LadderPolicy, state: str) -> dict[str, Any]:
    """A version as the pages show it."""
    always = policy.in_force_from == FROM_THE_BEGINNING
    return {"policy": policy, "state": state, "label": STATES[state], "looks": LOOKS[state], "always": always}


def is_owed(kind: str) -> bool:
    """Whether a kind is about obligations, which have a before as well."""
    return isinstance(KINDS[kind], Report)

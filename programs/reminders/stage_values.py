"""The values of a ladder's stages: what each may be, and what is said of one that may not."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Channel
from backend.problems import FieldError
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.kinds.obligations import Report
from programs.reminders.ladder import is_quiet
from programs.reminders.models import Audience, Counting
from programs.reminders.templates import FIELDS as TEXTS
from programs.reminders.templates import errors_in

DEFAULTS: Mapping[str, Any] = {
    "counting": Counting.WORKING.value,
    "contact_role": "",
    "channel": Channel.EMAIL.value,
    "endpoint": "",
    "hour": dt.time(9),
    "quiet_from": None,
    "quiet_until": None,
    "working_days_only": False,
    "digest": False,
    **dict.fromkeys(TEXTS, ""),
}
FIELDS = ("code", "days", "audience", *DEFAULTS)
MOST_STAGES = 30
EARLIEST, LATEST_WORKING, LATEST_CALENDAR = -40, 20, 28
"""How far from its day an obligation's ladder reaches: as far as it is laid out."""
LATEST_OTHERWISE = 40
_CODE = re.compile(r"[a-z0-9_]{1,30}")


def whole(given: Mapping[str, Any]) -> dict[str, Any]:
    """A stage with everything that was not given as it is shipped; what goes to managers is a digest."""
    stage = {**DEFAULTS, **given}
    if stage.get("audience") == Audience.MANAGER:
        stage["digest"] = True
    return stage


def errors_of(kind: str, stages: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """What is wrong with the stages of a kind's ladder, each of them whole; the fields as ``stages.0.code``."""
    found = []
    if not 1 <= len(stages) <= MOST_STAGES:
        told = _("A ladder has 1 to %(most)d stages.") % {"most": MOST_STAGES}
        found.append(FieldError("stages", "length", told))
    codes = [stage["code"] for stage in stages]
    for place, stage in enumerate(stages):
        errors = list(_errors(kind, stage))
        if codes.count(stage["code"]) > 1:
            errors.append(FieldError("code", "already_exists", _("Two stages of a ladder have this code.")))
        found += [FieldError(f"stages.{place}.{one.field}", one.code, one.message) for one in errors]
    return found


def _errors(kind: str, stage: Mapping[str, Any]) -> list[FieldError]:
    found = []
    if not _CODE.fullmatch(stage["code"]) or stage["code"].startswith("by_hand"):
        told = _("A code has small letters, digits and underscores, 30 at most, and does not begin with by_hand.")
        found.append(FieldError("code", "invalid", told))
    first, last = _span(kind, stage["counting"])
    if not first <= stage["days"] <= last:
        told = _("Between %(first)d and %(last)d days.") % {"first": first, "last": last}
        found.append(FieldError("days", "out_of_bounds", told))
    if stage["audience"] not in KINDS[kind].audiences:
        found.append(FieldError("audience", "invalid", _("These reminders are not for them.")))
    found += _channel_errors(stage)
    if (stage["quiet_from"] is None) != (stage["quiet_until"] is None):
        found.append(FieldError("quiet_from", "half", _("Quiet hours have a beginning and an end.")))
    elif is_quiet(stage["hour"], stage["quiet_from"], stage["quiet_until"]):
        found.append(FieldError("hour", "quiet", _("It would go out in its own quiet hours. Choose another hour.")))
    for name in TEXTS:
        found += errors_in(kind, name, stage[name])
    return found


def _span(kind: str, counting: str) -> tuple[int, int]:
    if isinstance(KINDS[kind], Report):
        return EARLIEST, LATEST_CALENDAR if counting == Counting.CALENDAR else LATEST_WORKING
    return 1, LATEST_OTHERWISE


def _channel_errors(stage: Mapping[str, Any]) -> list[FieldError]:
    to_people = stage["channel"] in (Channel.EMAIL, Channel.INBOX)
    if to_people and stage["endpoint"]:
        return [FieldError("endpoint", "unexpected", _("Only robots and webhooks have an endpoint."))]
    if not to_people and not stage["endpoint"].isdecimal():
        return [FieldError("endpoint", "required", _("Choose the endpoint; over HTTP, name it by its number."))]
    if not to_people and not _is_reachable(stage):
        told = _("There is no such endpoint of this channel, or it is switched off. Choose another.")
        return [FieldError("endpoint", "unknown", told)]
    if stage["channel"] != Channel.EMAIL and stage["contact_role"]:
        told = _("Contacts have addresses alone: choose e-mail, or leave the role out.")
        return [FieldError("contact_role", "unexpected", told)]
    return []


def _is_reachable(stage: Mapping[str, Any]) -> bool:
    return Endpoint.objects.filter(pk=int(stage["endpoint"]), kind=stage["channel"], active=True).exists()

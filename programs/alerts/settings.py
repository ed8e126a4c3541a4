"""From where on managers are told of something: read by every evaluation, changed by managers and administrators."""

from typing import Any

from backend import one_row
from backend.accounts.models import User
from programs.alerts.models import AlertSettings

NAMES = ("margin_points", "drop_days", "drop_heads", "drop_percent", "silent_periods")


def current() -> AlertSettings:
    """The settings as they are; what was never set is as shipped."""
    return one_row.current(AlertSettings)


def change(*, actor: User, **changes: Any) -> AlertSettings:
    """Sets some of the settings; what stays as it is, is not entered on the trail.

    Args:
        actor: a manager or an administrator.
        changes: by name, of ``NAMES``.

    Raises:
        Invalid: a number that lies outside its bounds.
    """
    return one_row.change(AlertSettings, action="alert.settings", actor=actor, changes=changes)

"""What the bureau has set about deciding: read by every decision, changed by administrators."""

from typing import Any

from backend import one_row
from backend.accounts.models import User
from programs.review.models import ReviewSettings

NAMES = ("second_officer", "every_credential", "claim_minutes", "undo_hours")


def current() -> ReviewSettings:
    """The settings as they are; what was never set is as shipped."""
    return one_row.current(ReviewSettings)


def change(*, actor: User, **changes: Any) -> ReviewSettings:
    """Sets some of the settings; what stays as it is, is not entered on the trail.

    Args:
        actor: an administrator.
        changes: by name, of ``NAMES``.

    Raises:
        Invalid: a number that lies outside its bounds.
    """
    return one_row.change(ReviewSettings, action="review.settings", actor=actor, changes=changes)

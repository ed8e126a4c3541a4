"""What the bureau has set about deciding: read by every decision, changed by administrators."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Invalid, of_django
from programs.review.models import ReviewSettings

NAMES = ("second_officer", "every_credential", "claim_minutes", "undo_hours")


def current() -> ReviewSettings:
    """The settings as they are; what was never set is as shipped."""
    return ReviewSettings.objects.select_related("changed_by").filter(pk=1).first() or ReviewSettings()


@transaction.atomic
def change(*, actor: User, **changes: Any) -> ReviewSettings:
    """Sets some of the settings; what stays as it is, is not entered on the trail.

    Args:
        actor: an administrator.
        changes: by name, of ``NAMES``.

    Raises:
        Invalid: a number that lies outside its bounds.
    """
    ReviewSettings.objects.bulk_create([ReviewSettings()], ignore_conflicts=True)
    held = ReviewSettings.objects.select_for_update().get(pk=1)
    moved = {name: (getattr(held, name), value) for name, value in changes.items() if getattr(held, name) != value}
    if not moved:
        return held
    for name, (_old, new) in moved.items():
        setattr(held, name, new)
    held.changed_at, held.changed_by = clock.now(), actor
    try:
        held.clean_fields()
    except ValidationError as error:
        raise Invalid(of_django(error)) from None
    held.save()
    detail = {name: {"old": old, "new": new} for name, (old, new) in moved.items()}
    enter_audit(action="review.settings", subject=held, detail=detail, actor=actor)
    return held

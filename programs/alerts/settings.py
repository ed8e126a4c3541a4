"""From where on managers are told of something: read by every evaluation, changed by managers and administrators."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Invalid, of_django
from programs.alerts.models import AlertSettings

NAMES = ("margin_points", "drop_days", "drop_heads", "drop_percent", "silent_periods")


def current() -> AlertSettings:
    """The settings as they are; what was never set is as shipped."""
    return AlertSettings.objects.select_related("changed_by").filter(pk=1).first() or AlertSettings()


@transaction.atomic
def change(*, actor: User, **changes: Any) -> AlertSettings:
    """Sets some of the settings; what stays as it is, is not entered on the trail.

    Args:
        actor: a manager or an administrator.
        changes: by name, of ``NAMES``.

    Raises:
        Invalid: a number that lies outside its bounds.
    """
    AlertSettings.objects.bulk_create([AlertSettings()], ignore_conflicts=True)
    held = AlertSettings.objects.select_for_update().get(pk=1)
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
    enter_audit(action="alert.settings", subject=held, detail=detail, actor=actor)
    return held

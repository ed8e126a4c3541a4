"""What the bureau sets in one row of a table: as shipped until somebody has set it, and changed on the trail.

The model has ``id`` 1, a default for each setting, ``changed_at`` and ``changed_by``.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Invalid, of_django

Row = TypeVar("Row", bound=models.Model)


def current(model: type[Row]) -> Row:
    """The settings as they are; what was never set is as shipped."""
    return model._default_manager.select_related("changed_by").filter(pk=1).first() or model()


@transaction.atomic
def change(model: type[Row], *, action: str, actor: User, changes: Mapping[str, Any]) -> Row:
    """Sets some of the settings; what stays as it is, is not entered on the trail.

    Args:
        model: whose row.
        action: what the trail calls it.
        actor: who may set them.
        changes: by name.

    Raises:
        Invalid: a number that lies outside its bounds.
    """
    model._default_manager.bulk_create([model()], ignore_conflicts=True)
    held: Any = model._default_manager.select_for_update().get(pk=1)
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
    enter_audit(action=action, subject=held, detail=detail, actor=actor)
    return held

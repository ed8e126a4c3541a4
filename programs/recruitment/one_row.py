"""One candidate or one position of a form or a single call, by the checks that a file's rows go through."""

from dataclasses import fields, replace
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.problems import AlreadyExists
from programs.recruitment.candidates_template import CODE, MOVING
from programs.recruitment.reading import Told

ROWS = ("campaign", "position", "owner")
"""What is told as a row of its own table, and stands in a file by its code."""


def checked(
    told: Told, *, actor: User, organisation: Organisation, of: int | None = None, unasked: Told | None = None
) -> Told:
    """What is told of a candidate, tidied and typed as a file's row would be.

    Args:
        told: as it was entered.
        actor: who enters it.
        organisation: whose candidate it is.
        of: who is entered already and told anew.
        unasked: what stands of them: a campaign, a position, an owner that stay are not asked about again.

    Raises:
        Invalid: a value refuses the row: under its column, with the rule for a code.
        AlreadyExists: it is somebody else who is entered already, with ``existing``.
    """
    from programs.intake.templates.one_row import check_row

    values = {one.name: getattr(told, one.name) or None for one in fields(told)}
    for name in ROWS:
        stays = unasked is not None and getattr(told, name) == getattr(unasked, name)
        values[name] = None if stays else _code(getattr(told, name), organisation)
    if of is not None:
        # Where somebody stands is told at entry alone.
        values |= dict.fromkeys(MOVING)
    row = check_row(CODE, values, actor=actor, organisation=organisation, locking=True)
    standing = row.values["standing"]
    if standing not in (None, of):
        text = _("This person is a candidate of yours already: no. %(id)s. Go on there.")
        raise AlreadyExists(text % {"id": standing}, existing=standing)
    read: dict[str, Any] = {
        name: row.values[name] if name.endswith(("_on", "_date")) else row.values[name] or ""
        for name in values
        if name not in (*ROWS, *MOVING)
    }
    return replace(told, **read)


def _code(row: Any, organisation: Organisation) -> str | None:
    """How a file calls what is told as a row."""
    if row is None:
        return None
    if isinstance(row, User):
        return str(row.username)
    ref = getattr(row, "ref", None)
    if ref is None:
        return str(row.code)
    return f"{row.organisation.code}/{ref}" if organisation.kind == Organisation.Kind.BUREAU else str(ref)

"""The reasons of a return, field by field, as an officer gives them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from backend.problems import FieldError, Invalid
from backend.vault.masking import scrub
from programs.intake.columns import COLUMNS
from programs.records.models import Decision

LONGEST = 500
FIELDS = tuple(column.code for column in COLUMNS)
Kind = Decision.Kind


def cleaned(fields: Mapping[str, str], decision: Kind) -> dict[str, str]:
    """Reasons by column as they are kept: blanks left out, identity numbers masked, in the template's order.

    Raises:
        Invalid: a column that the template does not know, a reason that is too long, or fields of another decision.
    """
    given = {name: str(text).strip() for name, text in fields.items() if str(text).strip()}
    if given and decision != Kind.RETURN:
        raise Invalid([FieldError("fields", "invalid", _("Only a return says what to mend, field by field."))])
    unknown = sorted(set(given) - set(FIELDS))
    errors = [FieldError(f"fields.{name}", "unknown", _("The template has no such column.")) for name in unknown]
    errors += [
        FieldError(f"fields.{name}", "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST})
        for name, text in given.items()
        if len(text) > LONGEST
    ]
    if errors:
        raise Invalid(errors)
    return {name: scrub(given[name]) for name in FIELDS if name in given}


def sentence(fields: Mapping[str, str]) -> str:
    """The reasons in one line, for whoever reads the record's reason alone."""
    names = {column.code: column.zh for column in COLUMNS}
    return "；".join(f"{names[name]}：{text}" for name, text in fields.items())

"""Ids as forms send them."""

from django.utils.translation import gettext as _

from backend.problems import FieldError, Invalid

LARGEST_ID = 2**63 - 1


def numbers(texts: list[str], field: str) -> list[int]:
    """Ids that a form sent. Raises Invalid for what is none."""
    if any(not (one.isascii() and one.isdigit() and 0 < int(one[:20]) <= LARGEST_ID) for one in texts):
        raise Invalid([FieldError(field, "invalid", _("A number is expected."))])
    return [int(one) for one in texts]

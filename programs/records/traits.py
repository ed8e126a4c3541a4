"""What records say of people that tells them apart: their telephone numbers, opened for the moment of comparing."""

import json
import re
from collections.abc import Iterator, Sequence

from django.db import connection

from backend.vault import services as vault
from talent.people.traits import Phone, listed

DIGITS = re.compile(r"[^0-9]")
LEAST_DIGITS = 7
COUNTRY = "86"
MOBILE_DIGITS = 11


def phones_of(person_ids: Sequence[int]) -> Iterator[Phone]:
    """The telephone numbers that live records of these persons give, in the form in which they are compared.

    Raises:
        backend.vault.errors.Unsealable: what a record holds sealed does not open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id, sealed FROM record WHERE person_id = ANY (%s::bigint[]) AND sealed IS NOT NULL"
            " AND state NOT IN ('rejected', 'revoked', 'withdrawn')",
            [listed(person_ids)],
        )
        rows = cursor.fetchall()
    opened = vault.unseal_many("record", "sealed", [row[0] for row in rows], [row[2] for row in rows])
    for (_record, person, _sealed), text in zip(rows, opened, strict=True):
        number = comparable(json.loads(text).get("mobile") or "")
        if number:
            yield Phone(person, number)


def comparable(number: str) -> str:
    """A telephone number without what is only form: spaces, dashes, the country's code; nothing where it is too short
    to be one."""
    digits = DIGITS.sub("", number).lstrip("0")
    if len(digits) == MOBILE_DIGITS + len(COUNTRY) and digits.startswith(COUNTRY):
        digits = digits[len(COUNTRY) :]
    return digits if len(digits) >= LEAST_DIGITS else ""

"""Hostile test 32: what spreadsheets and fingers do to numbers and days."""

import openpyxl

from backend.accounts import scope
from backend.vault import services as vault
from talent.people.models import IdentityDocument
from tests.factories import resident_number
from tests.hostile.house.clerk import Clerk
from tests.hostile.house.tables import HEADERS, SENT
from tests.programs.intake.readers.made import saved


def test_32_numbers_as_floats_bad_check_digits_small_x_and_thirtieth_of_february(clerk: Clerk) -> None:
    small = closing_with_x()
    bad = clerk.row(4)["id_number"]
    digits = next(number for n in range(10, 20) if (number := clerk.row(n)["id_number"]).isdigit())
    rows = [
        clerk.row(1, id_number=float(digits)),
        clerk.row(2, id_number="5.20102E+17"),
        clerk.row(3, id_number=small.lower()),
        clerk.row(4, id_number=bad[:-1] + ("0" if bad[-1] != "0" else "1")),
        clerk.row(5, completed_on="2019-02-30"),
        clerk.row(6, completed_on="2019-02-29"),
        clerk.row(7, started_on=43472),
    ]
    book = openpyxl.Workbook()
    for values in [HEADERS, *([row[code] for code in SENT] for row in rows)]:
        book.worksheets[0].append(values)
    shown = clerk.taken_in(clerk.upload(saved(book), "名单.xlsx", confirm="auto"))
    assert clerk.found(shown["id"]) == {
        (2, "E05", "id_number"),
        (3, "E05", "id_number"),
        (5, "E04", "id_number"),
        (6, "E03", "completed_on"),
        (7, "E03", "completed_on"),
    }
    assert (shown["status"], shown["counts"]["accepted"]) == ("partly_accepted", 2)
    taken = {record["started_on"]: record["person"] for record in clerk.records()}
    assert set(taken) == {"2019-01-07"}
    with scope.everything():
        people = [record["person"] for record in clerk.records()]
        documents = IdentityDocument.objects.filter(person__in=people)
        numbers = {
            vault.unseal("identity_document", "sealed_number", one.pk, bytes(one.sealed_number)).decode()
            for one in documents
        }
    assert small in numbers


def closing_with_x() -> str:
    """A resident number of nobody else's whose check character is X."""
    import datetime as dt

    numbers = (resident_number(n, dt.date(1979, 5, 5), "1") for n in range(400))
    return next(number for number in numbers if number.endswith("X"))

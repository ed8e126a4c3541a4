"""Cells as long as a spreadsheet lets them be, in every column, all the way into the books and out again."""

import random

from programs.intake.columns import COLUMNS
from tests.hostile.house.clerk import Clerk
from tests.support.partner import API

LONGEST = 32_767
FREE = [column.code for column in COLUMNS if column.kind in ("text", "number_text")]
CHECKED = {"id_number": "E04", "programme": "E08", "cohort": "E08", "education_cert_no": "E11", "employer_uscc": "E10"}


def long_text(seed: int) -> str:
    """Characters that no compression makes shorter, as many as a spreadsheet's cell holds."""
    chance = random.Random(seed)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(LONGEST))


def test_the_longest_cells_are_taken_or_named(clerk: Clerk) -> None:
    """A name of such a length made the index of match cases refuse the whole commit."""
    rows = [clerk.row(n, **{code: long_text(n)}) for n, code in enumerate(FREE)]
    rows.append(clerk.row(len(FREE), id_type="其他", birth_date="1980-01-01", id_number=long_text(99)))
    taken = clerk.send(rows, confirm="auto")
    assert clerk.found(taken["id"]) == {(FREE.index(code) + 2, rule, code) for code, rule in CHECKED.items()}
    assert (taken["status"], taken["counts"]["accepted"]) == ("partly_accepted", len(rows) - len(CHECKED))

    backwards = [row | {"name": row["name"][::-1]} for row in rows]
    again = clerk.send(backwards, confirm="auto")
    assert again["status"] == "rejected"
    renamed = [row for row, rule, _column in clerk.found(again["id"]) if rule == "E12"]
    assert len(renamed) == len(rows) - len(CHECKED)
    officer = clerk.partner.officer
    cases = officer.get(f"{API}matches/", {"limit": 500, "organisation": clerk.partner.organisation.code}).json()
    assert len(cases["results"]) == len(renamed)
    for case in cases["results"]:
        assert officer.post(f"{API}matches/{case['id']}/same/").status_code == 200
    amended = clerk.send(backwards, confirm="auto", force="true")
    assert amended["counts"]["accepted"] + amended["counts"]["unchanged"] == len(renamed), amended

    decided = clerk.partner.officer.post(
        f"{API}records/decide/",
        {"filter": {"organisation": clerk.partner.organisation.code}, "decision": "verify"},
        format="json",
    )
    assert decided.status_code in (200, 202), decided.content
    for form in ("json", "csv", "xlsx"):
        assert clerk.call("GET", f"records/?format={form}").status_code == 200
    assert clerk.call("GET", f"submissions/{amended['id']}/report.xlsx").status_code == 200

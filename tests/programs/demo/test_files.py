"""The shipped partner files: made by their generator, belonging to nobody, and found out to the last mistake."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from stdnum.cn import ric, uscc

from backend.reference.tables import load_tables
from programs.demo.data import COHORTS, ORGANISATIONS, PROGRAMMES
from programs.demo.make_files import EMPLOYER_FILE, FILES, SEED, UNIVERSITY_FILE, make, university_rows
from programs.demo.people import NEVER_ISSUED_AREAS, Population, credit_code
from programs.intake import sandbox
from programs.intake.cells import check_cells
from programs.intake.columns import fold
from programs.intake.context import CohortFacts, Context, ProgrammeFacts

BETWEEN_ROWS = {"E07", "E12", "W04", "W06"}
"""Rules that compare rows with each other or with what is on record: for the walk through a running system."""


def told(name: str) -> dict[str, Any]:
    return json.loads((FILES / f"{name}.expected.json").read_text("utf-8"))


def cells(path: Path) -> list[list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return [book.get_sheet_by_index(n).to_python(skip_empty_area=False) for n in range(len(book.sheet_names))]


def test_what_is_shipped_is_what_the_generator_makes(tmp_path: Path) -> None:
    make(tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in FILES.iterdir()}
    for name in made:
        if name == UNIVERSITY_FILE:
            assert cells(tmp_path / name) == cells(FILES / name)
        else:
            assert (tmp_path / name).read_bytes() == (FILES / name).read_bytes()


def test_its_people_are_well_formed_and_nobody() -> None:
    people = [row.person for row in university_rows(Population(SEED))]
    for person in people:
        assert ric.calc_check_digit(person.number) == person.number[-1]
        assert person.number[:6] in NEVER_ISSUED_AREAS
        assert person.number[6:14] == f"{person.born_on:%Y%m%d}"
        assert (int(person.number[16]) % 2 == 1) == (person.gender == "男")
        assert person.born_on < person.graduated_on < dt.date(2019, 1, 1)
    assert len({person.number for person in people}) == len({id(person) for person in people})
    assert uscc.is_valid(credit_code("520115", "MA6DQ7K2"))
    assert all(uscc.is_valid(one["uscc"]) for one in ORGANISATIONS if one.get("uscc"))


def facts(organisation: str) -> Context:
    ids = {one["code"]: number for number, one in enumerate(PROGRAMMES)}
    return Context(
        today=dt.date(2021, 1, 1),
        period_starts_on=dt.date(2019, 1, 1),
        period_ends_on=dt.date(2019, 3, 31),
        tables=load_tables(),
        programmes={
            fold(one["code"]): ProgrammeFacts(
                id=ids[one["code"]],
                code=one["code"],
                path=one["path"].value,
                starts_on=one["starts_on"],
                ends_on=one["ends_on"],
            )
            for one in PROGRAMMES
            if organisation in one["organisations"]
        },
        cohorts={
            fold(one["code"]): CohortFacts(
                id=number,
                code=one["code"],
                programme_id=ids[one["programme"]],
                starts_on=one["starts_on"],
                ends_on=one["ends_on"],
            )
            for number, one in enumerate(COHORTS)
            if one["organisation"] == organisation
        },
        qualifying_education=frozenset({"11", "14", "17"}),
        qualifying_titles=frozenset({"082", "L-081"}),
        date1904=False,
    )


@pytest.mark.parametrize("name", [UNIVERSITY_FILE, EMPLOYER_FILE])
def test_the_checks_find_exactly_what_was_planted(name: str) -> None:
    expected = told(name)
    sheet = sandbox.read(FILES / name)
    checked = check_cells(sheet, facts(expected["organisation"]))
    found = [(one["row"], one["column"], one["rule"]) for one in checked.findings.iter_rows(named=True)]
    planted = [tuple(one) for one in expected["findings"] if one[2] not in BETWEEN_ROWS]
    assert sorted(found, key=str) == sorted(planted, key=str)
    assert checked.frame.height == expected["counts"]["rows"]


def test_the_files_hold_what_real_ones_hold() -> None:
    hidden, sheet = cells(FILES / UNIVERSITY_FILE)
    assert hidden[0][0] == "学历"
    assert sheet[0][0].endswith("情况表")
    assert [row[0] for row in sheet].count("小计") == 4
    assert sheet[-1][0] == "合计"
    rules = {rule for name in (UNIVERSITY_FILE, EMPLOYER_FILE) for _row, _column, rule in told(name)["findings"]}
    assert rules >= {f"E{n:02d}" for n in range(1, 13)} | {f"W{n:02d}" for n in range(1, 8)}
    with pytest.raises(UnicodeDecodeError):
        (FILES / EMPLOYER_FILE).read_bytes().decode("utf-8")

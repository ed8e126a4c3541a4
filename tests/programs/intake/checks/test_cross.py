"""Rows against each other and against what is known: E12, E07, W04, W06 and the fates."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from programs.intake.cells import check_cells
from programs.intake.context import Context
from programs.intake.cross import cross_check
from programs.intake.found import Checked
from tests.programs.intake.checks.rows import INTRODUCED, MAN, MASTER, TRAINED, WOMAN
from tests.programs.intake.checks.world import context, digests, sheet_of

OTHER = "520181198806238192"


def crossed(
    rows: Sequence[Mapping[str, str | None]],
    known: Mapping[int, Mapping[str, Any]] | None = None,
    facts: Context | None = None,
) -> Checked:
    """Checks rows as one file; ``known`` says by row what is on record, ``"same"`` for a standing record unchanged."""
    checked = check_cells(sheet_of([dict(row) for row in rows]), facts or context())
    return cross_check(checked, known_of(checked, known or {}))


def known_of(checked: Checked, known: Mapping[int, Mapping[str, Any]]) -> pl.DataFrame:
    good = checked.frame.filter(~pl.col("failed"))
    lines = []
    for row, digest in zip(good["row"].to_list(), digests(good).to_list(), strict=True):
        said = dict(known.get(row, {}))
        standing = said.pop("standing", None)
        lines.append({"row": row, "digest": digest, "standing": digest if standing == "same" else standing, **said})
    types = {
        "row": pl.UInt32,
        "name_state": pl.UInt8,
        "elsewhere": pl.Boolean,
        "education_cert_elsewhere": pl.Boolean,
        "title_cert_elsewhere": pl.Boolean,
        "digest": pl.Binary,
        "standing": pl.Binary,
    }
    return pl.DataFrame([{name: line.get(name) for name in types} for line in lines], schema=types)


def raised(checked: Checked) -> set[tuple[int, str, str]]:
    return set(checked.findings.select("row", "rule", "column").iter_rows())


def fates(checked: Checked) -> list[str]:
    return checked.frame["fate"].to_list()


def first_rows(checked: Checked, rule: str) -> dict[int, int | None]:
    found = checked.findings.filter(pl.col("rule") == rule)
    return {row: json.loads(params).get("first_row") for row, params in found.select("row", "params").iter_rows()}


WOMAN_ROW = {**TRAINED, "name": "邵晨华", "id_number": WOMAN}


def test_the_first_of_two_rows_for_one_record_stands() -> None:
    checked = crossed([TRAINED, WOMAN_ROW, {**TRAINED, "remarks": "again"}, TRAINED])
    assert raised(checked) == {(4, "E07", "id_number"), (5, "E07", "id_number")}
    assert first_rows(checked, "E07") == {4: 2, 5: 2}
    assert fates(checked) == ["new", "new", "rejected", "rejected"]


def test_another_programme_or_cohort_is_another_record() -> None:
    other = {**TRAINED, "cohort": "T-A-2018H2", "started_on": "2018-08-02", "completed_on": "2018-09-02"}
    assert fates(crossed([TRAINED, other])) == ["new", "new"]


def test_introductions_without_a_cohort_are_compared_too() -> None:
    checked = crossed([INTRODUCED, INTRODUCED], facts=context("T-HITECH"))
    assert first_rows(checked, "E07") == {3: 2}


def test_a_row_with_an_error_is_not_remembered() -> None:
    checked = crossed([{**TRAINED, "outcome": "毕业了"}, TRAINED, TRAINED])
    assert raised(checked) == {(2, "E02", "outcome"), (4, "E07", "id_number")}
    assert first_rows(checked, "E07") == {4: 3}


def test_an_unchanged_row_raises_nothing_and_is_remembered() -> None:
    late = {**MASTER, "education_cert_no": None}
    checked = crossed([late, {**late, "remarks": "x"}], {2: {"standing": "same", "elsewhere": True}})
    assert fates(checked) == ["unchanged", "rejected"]
    assert raised(checked) == {(3, "W02", "education_cert_no"), (3, "E07", "id_number")}
    assert first_rows(checked, "E07") == {3: 2}


def test_another_content_is_an_amendment() -> None:
    checked = crossed([MASTER], {2: {"name_state": 1, "standing": b"another"}})
    assert (fates(checked), raised(checked)) == (["amendment"], set())


def test_another_name_than_the_one_on_record() -> None:
    checked = crossed([TRAINED, WOMAN_ROW], {2: {"name_state": 2, "elsewhere": True}, 3: {"name_state": 1}})
    assert raised(checked) == {(2, "E12", "name")}
    assert fates(checked) == ["rejected", "new"]
    assert json.loads(checked.findings["params"][0])["reason"] == "record"


def test_another_name_in_the_same_file() -> None:
    other = {**TRAINED, "cohort": "T-A-2018H2", "started_on": "2018-08-02", "completed_on": "2018-09-02"}
    checked = crossed([TRAINED, {**other, "name": "欧阳建国"}, {**other, "name": " 熊 诗博"}])
    assert raised(checked) == {(3, "E12", "name")}
    assert first_rows(checked, "E12") == {3: 2}
    assert fates(checked) == ["new", "rejected", "new"]


def test_a_row_under_another_name_is_not_remembered_as_the_first() -> None:
    checked = crossed(
        [{**TRAINED, "name": "欧阳建国"}, TRAINED, TRAINED],
        {2: {"name_state": 2}, 3: {"name_state": 1}, 4: {"name_state": 1}},
    )
    assert raised(checked) == {(2, "E12", "name"), (4, "E07", "id_number")}
    assert first_rows(checked, "E07") == {4: 3}


def test_a_person_on_record_may_have_two_names() -> None:
    other = {
        **TRAINED,
        "name": "熊博",
        "cohort": "T-A-2018H2",
        "started_on": "2018-08-02",
        "completed_on": "2018-09-02",
    }
    assert raised(crossed([TRAINED, other], {2: {"name_state": 1}, 3: {"name_state": 1}})) == set()


def test_reported_elsewhere() -> None:
    checked = crossed([TRAINED, {**WOMAN_ROW, "outcome": "x"}], {2: {"elsewhere": True}, 3: {"elsewhere": True}})
    assert raised(checked) == {(2, "W04", "id_number"), (3, "E02", "outcome")}
    assert checked.findings.filter(pl.col("rule") == "W04")["value"].to_list() == ["520*************53"]


CERTIFICATE = "106711200402002402"
HOLDER = MASTER
ANOTHER = {**MASTER, "name": "邵晨华", "id_number": WOMAN}
THIRD = {**MASTER, "name": "于娜一", "id_number": OTHER}


def test_a_certificate_of_another_person_in_an_earlier_row() -> None:
    checked = crossed([HOLDER, ANOTHER, THIRD])
    assert raised(checked) == {(3, "W06", "education_cert_no"), (4, "W06", "education_cert_no")}
    assert first_rows(checked, "W06") == {3: 2, 4: 2}
    assert set(fates(checked)) == {"new"}


def test_a_certificate_twice_on_one_person_and_once_on_another() -> None:
    again = {**HOLDER, "cohort": "T-A-2018H2", "started_on": "2018-08-02", "completed_on": "2018-09-02"}
    assert raised(crossed([HOLDER, again])) == set()
    assert first_rows(crossed([HOLDER, again, ANOTHER]), "W06") == {4: 2}
    assert first_rows(crossed([HOLDER, ANOTHER, again]), "W06") == {3: 2, 4: 3}


def test_a_certificate_on_record_for_another_person() -> None:
    checked = crossed([HOLDER], {2: {"education_cert_elsewhere": True}})
    assert raised(checked) == {(2, "W06", "education_cert_no")}
    assert checked.findings["value"].to_list() == ["106*************02"]


def test_certificates_of_rejected_and_unchanged_rows() -> None:
    assert raised(crossed([{**HOLDER, "path": "x"}, ANOTHER])) == {(2, "E02", "path")}
    remembered = crossed([HOLDER, ANOTHER], {2: {"standing": "same"}})
    assert raised(remembered) == {(3, "W06", "education_cert_no")}
    assert raised(crossed([HOLDER, ANOTHER], {3: {"standing": "same"}})) == set()


def test_words_in_place_of_a_certificate_number_are_nobody_elses() -> None:
    rows = [{**TRAINED, "title_cert_no": "无"}, {**WOMAN_ROW, "title_cert_no": "无"}]
    assert raised(crossed(rows, {2: {"title_cert_elsewhere": True}})) == set()


def test_a_second_cross_check_starts_from_the_cells() -> None:
    rows = [TRAINED, TRAINED, {**WOMAN_ROW, "name": "别人"}]
    once = crossed(rows, {4: {"name_state": 2}})
    twice = cross_check(once, known_of(once, {4: {"name_state": 1}}))
    assert raised(once) == {(3, "E07", "id_number"), (4, "E12", "name")}
    assert raised(twice) == {(3, "E07", "id_number")}
    assert fates(twice) == ["new", "rejected", "new"]


def test_nothing_known_and_nothing_good() -> None:
    bad = check_cells(sheet_of([{**TRAINED, "path": "x"}]), context())
    nothing = pl.DataFrame(schema={"row": pl.UInt32})
    assert fates(cross_check(bad, nothing)) == ["rejected"]
    good = check_cells(sheet_of([dict(TRAINED)]), context())
    assert fates(cross_check(good, nothing)) == ["new"]
    empty = check_cells(sheet_of([dict(TRAINED)]), context())
    none = Checked(empty.frame.clear(), empty.findings.clear())
    assert cross_check(none, nothing).frame.height == 0


def test_numbers_are_masked() -> None:
    checked = crossed([TRAINED, TRAINED])
    assert checked.findings["value"].to_list() == ["520*************53"]
    assert not checked.findings.select(pl.concat_str("value", "params").str.contains(MAN).any()).item()

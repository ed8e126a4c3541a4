"""The shipped code tables: complete, consistent, and every name an alias of one code."""

import datetime as dt
import unicodedata

import pytest

from backend.reference.folding import fold
from backend.reference.tables import (
    TABLES,
    CodeRow,
    build_tables,
    load_tables,
    read_holidays,
    read_name_characters,
    read_rows,
)

SIZES = {
    "id_type": 46,
    "gender": 4,
    "education": 40,
    "degree": 56,
    "title": 302,
    "district": 12,
    "occupation": 104,
    "segment": 3,
    "path": 2,
    "outcome": 3,
    "leaving_reason": 12,
    "school": 71,
    "funding_source": 11,
    "withdrawal_reason": 12,
    "level": 4,
    "candidate_source": 7,
    "move_reason": 18,
}


@pytest.mark.parametrize("table", TABLES)
def test_codes_and_names_are_unambiguous(table: str) -> None:
    rows = read_rows(table)
    assert len(rows) == SIZES[table]
    assert len({fold(row.code) for row in rows}) == len(rows)
    assert all(row.name_zh and len(row.code) <= 20 and row.position for row in rows)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("table", TABLES)
def test_every_label_leads_to_its_code_and_no_heading_is_a_value(table: str) -> None:
    labels = load_tables().labels[table]
    shared = {"编辑", "助理编辑"}  # two series of the standard have these names; the first one has them
    for row in read_rows(table):
        for label in (row.code, row.name_zh, *row.aliases):
            if row.is_group:
                assert labels.get(fold(label)) in (None, *(r.code for r in read_rows(table) if not r.is_group))
                assert labels.get(fold(label)) != row.code
            elif label not in shared:
                assert labels[fold(label)] == row.code


def test_group_codes_are_no_values() -> None:
    education = load_tables().labels["education"]
    assert {code for code in ("10", "20", "30", "40", "60", "70", "80") if code in education} == set()
    assert "080" not in load_tables().labels["title"]


def test_the_engineering_ladder_has_both_senior_titles() -> None:
    attributes = load_tables().attributes["title"]
    senior = {code for code, extra in attributes.items() if extra.get("series") == "080" and extra.get("senior") == "1"}
    assert senior == {"082", "L-081"}


def test_schools_go_by_old_and_current_names() -> None:
    schools = load_tables().schools
    assert schools[fold("贵阳中医学院")] == schools[fold("贵州中医药大学")] == "10662"
    assert all(len(code) == 5 and code.isdigit() for code in schools.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("港澳同胞回乡证（通行卡）", " 港澳同胞回乡证(通行卡)"),
        ("ＩＤ　Type*", "id type"),
        ("证件号码＊", "证件号码"),
        ("Ｌ-081", "l-081"),
        ("\u200b11 ", "11"),
    ],
)
def test_folding(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_name_never_takes_another_rows_code_away() -> None:
    rows = [
        CodeRow("title", "1", "二", "", ("2",), {}, 1),
        CodeRow("title", "2", "三", "", (), {}, 2),
        CodeRow("title", "3", "二", "", ("四",), {"group": "1"}, 3),
    ]
    labels = build_tables(rows).labels["title"]
    assert labels == {"1": "1", "2": "2", "二": "1", "三": "2"}


def test_holidays() -> None:
    holidays = {row.day: row.kind for row in read_holidays()}
    assert len(holidays) == 374
    assert holidays[dt.date(2019, 10, 1)] == "off"
    assert holidays[dt.date(2019, 10, 12)] == "makeup_workday"
    assert {day.year for day in holidays} == set(range(2016, 2027))
    assert set(holidays.values()) == {"off", "makeup_workday"}


def test_characters_of_names_have_their_ideographs() -> None:
    characters = read_name_characters()
    assert characters["\u2ec4"] == "西"
    assert characters["\ue863"] == "\u4dae"
    assert len(characters) == 194
    for character, ideograph in characters.items():
        assert len(character) == len(ideograph) == 1
        assert ideograph not in characters
        assert unicodedata.name(ideograph).startswith("CJK UNIFIED IDEOGRAPH")

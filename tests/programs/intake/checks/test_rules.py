"""The catalogue: every rule of the contract, in words that fill in, and nothing said that must not be."""

import json
import re
import string
from typing import Any

import polars as pl
import pytest

from programs.intake.cells import check_cells
from programs.intake.cross import cross_check
from programs.intake.found import Checked
from programs.intake.readers.refusals import WORDS
from programs.intake.rules import RULES, Rule, column_label, render
from programs.intake.templates.talent import TALENT_RECORDS
from programs.intake.templates.template import templates
from tests.programs.intake.checks.made_up import made_up_sheet
from tests.programs.intake.checks.test_samples import FILES
from tests.programs.intake.checks.world import SAMPLES, Books, context, read_sample

CODES = [f"F0{n}" for n in range(1, 8)] + [f"E{n:02}" for n in range(1, 14)] + [f"W0{n}" for n in range(1, 8)]
LANGUAGES = ("zh-hans", "en")


def test_every_rule_of_the_contract_is_declared_once() -> None:
    assert list(TALENT_RECORDS.rule_codes) == [code for code in CODES if code != "E13"]
    severities = {"F": "fatal", "E": "error", "W": "warning"}
    assert all(RULES[code].severity == severities[code[0]] for code in CODES)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_has_its_words_in_both_languages(rule: Rule) -> None:
    texts = [(rule.title_zh, rule.title_en), (rule.message_zh, rule.message_en), *rule.reasons.values()]
    texts += [(rule.intent_zh, rule.intent_en), (rule.guidance_zh, rule.guidance_en)]
    for chinese, english in texts:
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert english.strip()
        assert not re.search("[\u4e00-\u9fff]", english.replace("2019年3月1日", ""))
        assert _fields(chinese) == _fields(english)
    assert set(rule.columns) <= {column.code for template in templates() for column in template.columns}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture(scope="module")
def everything_found() -> pl.DataFrame:
    """The findings of all sample files and of a made-up one with everything wrong."""
    books, parts = Books(), []
    for name in FILES:
        expected = json.loads((SAMPLES / f"{name}.expected.json").read_text("utf-8"))
        organisation = expected["organisation"]
        cells = check_cells(read_sample(SAMPLES / name), context(organisation, expected["period"]))
        checked = cross_check(cells, books.known(cells, organisation))
        books.take(checked, organisation)
        parts.append(checked.findings)
    return pl.concat(parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_can_be_said(everything_found: pl.DataFrame, language: str) -> None:
    for rule, column, params in everything_found.select("rule", "column", "params").iter_rows():
        said = render(rule, params, language)
        assert "?" not in said
        assert "{" not in said
        assert column_label(column, language) in said or rule in ("E07", "E08")
        assert column in RULES[rule].columns
        assert json.loads(params).get("reason", "record") in (
            *RULES[rule].reasons,
            "always",
            "unknown",
            "day",
            "record",
        )


def test_no_finding_holds_an_identity_number(everything_found: pl.DataFrame) -> None:
    shown = everything_found.select(pl.concat_str("value", "params", ignore_nulls=True)).to_series()
    assert not shown.str.contains(r"[0-9]{15,}").any()


def test_no_message_tells_the_name_on_record_or_another_organisation(everything_found: pl.DataFrame) -> None:
    named = everything_found.filter(pl.col("rule").is_in(["E12", "W04", "W06"]))
    assert named.height
    for params in named["params"]:
        assert set(json.loads(params)) <= {"column", "reason", "first_row"}


REFUSALS: list[tuple[str, dict[str, Any]]] = [
    *(("F01", {"reason": reason, "line": 7}) for reason in WORDS),
    *(("F01", {"reason": reason, "line": None}) for reason in WORDS),
    ("F04", {"reason": "bytes", "limit": 52_428_800, "found": 52_428_801}),
    ("F04", {"reason": "line", "limit": 2_097_152, "found": None}),
    ("F02", {"missing": ["id_number", "name"], "doubled": []}),
    ("F02", {"missing": [], "doubled": ["name"]}),
    ("F03", {}),
    ("F04", {"reason": "rows", "limit": 200_000, "found": 200_001}),
    ("F05", {}),
    ("F04", {"reason": "rows", "limit": 200_000, "found": None}),
    ("F06", {"reason": "claims", "part": "Sheet1"}),
    *(("F06", {"reason": reason, "part": None}) for reason in ("unpacks", "entities", "memory", "time", "crash")),
    ("F07", {"threat": "Win.Test.EICAR_HDB-1"}),
    ("W07", {"columns": ["身高", "体重"]}),
]


@pytest.mark.parametrize(("rule", "params"), REFUSALS)
def test_files_are_refused_in_words(rule: str, params: dict[str, Any]) -> None:
    chinese, english = (render(rule, params, language) for language in LANGUAGES)
    assert "?" not in chinese + english
    assert "{" not in chinese + english
    if params.get("reason"):
        assert WORDS[params["reason"]][0] in chinese
        assert WORDS[params["reason"]][1] in english
    if params.get("missing"):
        assert "证件号码、姓名" in chinese
        assert "ID number, Name" in english


def test_messages_take_params_as_they_are_kept_or_as_a_mapping() -> None:
    assert render("E01", '{"column": "name", "reason": "always"}', "zh-hans") == "“姓名”没有填写，请补填。"
    assert render("E01", {"reason": "trained"}, "en", column="cohort") == (
        "“Cohort code” is needed for a trained person; fill it in."
    )
    with pytest.raises(KeyError):
        render("E99", None, "en")


def test_many_rows_and_nothing_wrong_with_them() -> None:
    checked = check_cells(made_up_sheet(20_000), context())
    assert checked.findings.height == 0
    assert not checked.frame["failed"].any()
    crossed = cross_check(checked, pl.DataFrame(schema={"row": pl.UInt32}))
    assert crossed.findings.height == 0
    assert set(crossed.frame["fate"]) == {"new"}


def test_many_rows_all_wrong() -> None:
    checked = check_cells(made_up_sheet(5_000, bad=1.0), context())
    assert isinstance(checked, Checked)
    assert checked.findings.select("rule", "column").unique().rows() == [("E04", "id_number")]
    assert checked.findings.height == 5_000

"""Rows of a simple template once they are checked: mended in place, told old and new, marked in their own file."""

import io
import json
from typing import Any

import openpyxl

from backend.accounts import scope
from programs.submissions.models import Mend
from tests.programs.intake.templates.planner import Planner, as_xlsx
from tests.support.http import code_of
from tests.support.partner import API, number

NUMBER = "44010119900101123X"


def patched(planner: Planner, submission: int, row: int, cells: Any) -> Any:
    return planner.api.patch(f"{API}submissions/{submission}/rows/{row}/", cells, format="json")


def test_a_row_is_mended_in_place_and_the_file_checked_again(planner: Planner) -> None:
    sent = planner.hand_in([planner.plan(1), planner.plan(2, capacity="viele", mode="通宵"), planner.plan(1)])
    answer = patched(planner, sent["id"], 3, {"capacity": "31", "mode": "Online"})
    assert answer.status_code == 200, answer.content
    assert {(one["rule"], one["column"]) for one in answer.json()["findings"]} == {("W05", "ends_on")}
    assert answer.json()["counts"]["rejected"] == 1, "the row that stands twice is left"
    assert patched(planner, sent["id"], 4, {"code": f"PLAN-{planner.organisation.pk}-3"}).json()["counts"] == {
        "rows": 3,
        "accepted": 3,
        "accepted_with_warnings": 3,
        "unchanged": 0,
        "rejected": 0,
    }
    taken = planner.confirm(sent["id"])
    assert (taken["status"], taken["counts"]["accepted"]) == ("accepted", 3)
    assert patched(planner, sent["id"], 3, {"capacity": "32"}).status_code == 409


def test_only_columns_of_the_submission_s_own_template_are_mended(planner: Planner) -> None:
    sent = planner.hand_in([planner.plan(1)])
    answer = patched(planner, sent["id"], 2, {"started_on": "2019-01-01"})
    assert answer.status_code == 400
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("started_on", "unknown_column")]
    assert code_of(patched(planner, sent["id"], 9, {"capacity": "1"})) == "row_not_found"


def test_one_value_for_all_rows_in_which_the_same_was_found(planner: Planner) -> None:
    rows = [planner.plan(n, district="花果园") for n in range(1, 4)] + [planner.plan(4, district="南明区")]
    sent = planner.hand_in(rows)
    body = {"rule": "E02", "column": "district", "value": "花果园", "to": "南明区"}
    answer = planner.api.post(f"{API}submissions/{sent['id']}/mend-all/", body, format="json")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["rows"], answer.json()["counts"]["rejected"]) == (3, 0)
    body = {"rule": "E05", "column": "telephone", "value": "", "to": "1"}
    refused = planner.api.post(f"{API}submissions/{sent['id']}/mend-all/", body, format="json")
    assert [one["code"] for one in refused.json()["errors"]] == ["numbers"]


def test_a_document_is_checked_where_it_is_given_and_never_told(planner: Planner) -> None:
    sent = planner.post([planner.plan(1, id_type="居民身份证", id_number=NUMBER), planner.plan(2, id_number=NUMBER)])
    told = [one for one in planner.findings(sent["id"]) if one["rule"] in ("E01", "E04")]
    assert {(one["row"], one["rule"], one["column"]) for one in told} >= {
        (1, "E04", "id_number"),
        (2, "E01", "id_type"),
    }
    assert NUMBER not in json.dumps(told)
    patched(planner, sent["id"], 1, {"id_number": number(1)})
    with scope.everything():
        kept = [bytes(one) for one in Mend.objects.values_list("sealed_value", flat=True)]
    assert len(kept) == 1
    assert number(1).encode() not in kept[0]
    assert {(one["row"], one["rule"]) for one in planner.findings(sent["id"]) if one["rule"] != "W05"} == {(2, "E01")}


def test_what_would_change_is_told_old_and_new(planner: Planner) -> None:
    planner.hand_in([planner.plan(1), planner.plan(2)], confirm="auto")
    sent = planner.hand_in([planner.plan(1), planner.plan(2, capacity="25", ends_on="2019-05-30"), planner.plan(3)])
    told = planner.api.get(f"{API}submissions/{sent['id']}/changes/").json()["results"]
    assert [(one["row"], one["partner_ref"], one["verified"]) for one in told] == [
        (3, f"PLAN-{planner.organisation.pk}-2", False)
    ]
    assert told[0]["record"]
    assert told[0]["changes"] == [
        {"column": "ends_on", "old": "2019-05-31", "new": "2019-05-30", "sealed": False},
        {"column": "capacity", "old": "30", "new": "25", "sealed": False},
    ]


def test_findings_are_marked_in_the_file_as_it_was_sent(planner: Planner) -> None:
    rows = [planner.plan(1), planner.plan(2, capacity="-3", remarks="留着")]
    for data, name in ((as_xlsx(rows), "plan.xlsx"), (None, "plan.csv")):
        sent = planner.hand_in(rows, data, name)
        answer = planner.api.get(f"{API}submissions/{sent['id']}/report.xlsx")
        assert answer.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
        assert set(marked) == {"D2", "D3", "E3"}
        assert marked["E3"].startswith("E13 “Places” ")
        assert sheet["N3"].value == "留着"


def test_the_blank_template_lists_what_its_columns_may_hold(planner: Planner) -> None:
    answer = planner.api.get(f"{API}template.xlsx", {"template": "cohorts/1"})
    assert answer.status_code == 200
    assert 'filename="template-cohorts-1.xlsx"' in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet, lists = book["Planned cohorts"], book["lists"]
    assert [cell.value for cell in sheet[1]][:5] == [
        "Cohort code*",
        "Programme code*",
        "Starts on*",
        "Ends on*",
        "Places",
    ]
    offered = {
        next(iter(one.sqref.ranges)).coord.split("2")[0]: one.formula1 for one in sheet.data_validations.dataValidation
    }
    assert set(offered) == {"B", "G", "H", "K"}, "programme, mode, district, ID type"
    values = {column[0].value for column in lists.iter_cols()}
    assert {"In a room", planner.programme.code} <= {
        *values,
        *(cell.value for row in lists.iter_rows() for cell in row),
    }
    checks = {row[0].value for row in book["Instructions"].iter_rows()}
    assert {"T01", "E13", "F02"} <= checks
    assert not {"E07", "E11", "W04"} & checks
    text = planner.api.get(f"{API}template.csv", {"template": "cohorts/1"}).content.decode("utf-8-sig")
    assert text.startswith("Cohort code*,Programme code*")
    assert planner.api.get(f"{API}template.csv", {"template": "nobody/1"}).status_code == 400
    asked = {"template": "cohorts/1", "cohort": str(planner.cohort.code)}
    refused = planner.api.get(f"{API}template.xlsx", asked)
    assert [one["field"] for one in refused.json()["errors"]] == ["cohort"]


def test_a_blank_template_is_sent_back_filled_in(planner: Planner) -> None:
    answer = planner.api.get(f"{API}template.xlsx", {"template": "cohorts/1"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    for place, value in enumerate(planner.plan(1).values(), 1):
        book["Planned cohorts"].cell(2, place).value = value
    filled = io.BytesIO()
    book.save(filled)
    sent = planner.hand_in([], filled.getvalue(), "template.xlsx")
    assert (sent["status"], sent["counts"]["rejected"], sent["counts"]["rows"]) == ("checked", 0, 1)


def test_the_catalogue_says_whose_rows_a_check_looks_at(planner: Planner) -> None:
    rules = {one["code"]: one for one in planner.api.get(f"{API}rules/", {"limit": 200}).json()["results"]}
    assert rules["T01"]["templates"] == ["cohorts/1"]
    assert rules["E07"]["templates"] == ["talent-records/1"]
    assert {"talent-records/1", "cohorts/1"} <= set(rules["E02"]["templates"])
    own = planner.api.get(f"{API}rules/", {"limit": "200", "template": "cohorts/1"}).json()["results"]
    named = {one["code"]: one for one in own}
    assert {"T01", "T02", "T03", "T04", "E13", "F01"} <= set(named)
    assert "E07" not in named
    assert named["E13"]["columns"] == ["capacity", "fee"]
    assert named["E03"]["columns"] == ["starts_on", "ends_on"]
    assert planner.api.get(f"{API}rules/", {"template": "nobody/1"}).status_code == 400

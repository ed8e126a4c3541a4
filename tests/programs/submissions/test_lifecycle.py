"""The life of a submission, from the clerk's side: sent, checked, mended, confirmed, taken, sent again."""

import io
from collections.abc import Callable

import pytest

from programs.intake.columns import COLUMNS
from tests.support.partner import API, Partner, as_csv, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


def test_good_rows_are_taken_and_bad_ones_named(partner: Partner) -> None:
    rows = [partner.row(1), partner.row(2, district="火星区"), partner.row(3, id_number="520102198001010011")]
    sent = partner.send(rows)
    assert sent["status"] == "checked"
    assert sent["counts"] == {
        "rows": 3,
        "accepted": 1,
        "accepted_with_warnings": 0,
        "unchanged": 0,
        "rejected": 2,
    }
    assert partner.found(sent["id"]) == {(3, "E02", "district"), (4, "E04", "id_number")}
    assert partner.records() == []

    taken = partner.confirm(sent["id"])
    assert taken["status"] == "partly_accepted"
    assert [record["partner_ref"] for record in partner.records()] == ["P000001"]
    assert [record["state"] for record in partner.records()] == ["submitted"]


def test_a_finding_speaks_the_readers_language_and_masks_the_number(partner: Partner) -> None:
    sent = partner.send([partner.row(1, id_number="520102198001010011")])
    (english,) = partner.findings(sent["id"])
    chinese = client_of(partner.clerk, "zh-hans").get(f"{API}submissions/{sent['id']}/findings/").json()["results"][0]
    assert english["header"] == chinese["header"] == "证件号码"
    assert english["message"] != chinese["message"]
    assert "520102198001010011" not in str(english) + str(chinese)
    assert english["severity"] == "error"


def test_the_summary_counts_by_rule(partner: Partner) -> None:
    sent = partner.send([partner.row(n, district="火星区") for n in range(3)] + [partner.row(9, name="")])
    summary = partner.api.get(f"{API}submissions/{sent['id']}/findings/summary/").json()["results"]
    assert [(line["rule"], line["occurrences"]) for line in summary] == [("E02", 3), ("E01", 1)]


def test_the_same_bytes_are_a_duplicate_while_they_stand(partner: Partner) -> None:
    rows = [partner.row(1)]
    first = partner.send(rows)

    def again(**options: str) -> tuple[int, dict]:
        file = io.BytesIO(as_csv(rows))
        answer = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code, **options})
        return answer.status_code, answer.json()

    status, problem = again()
    assert status == 409
    assert problem["type"].endswith("/duplicate_file")
    assert problem["existing"] == first["id"]
    assert again(force="true")[0] == 202

    for submission in partner.api.get(f"{API}submissions/").json()["results"]:
        assert partner.api.post(f"{API}submissions/{submission['id']}/cancel/").status_code == 200
    assert again()[0] == 202, "a cancelled upload does not stand"


def test_the_same_rows_again_are_unchanged_and_raise_nothing(partner: Partner) -> None:
    rows = [partner.row(1, completed_on="2019年2月"), partner.row(2)]
    first = partner.report(rows)
    assert first["counts"]["accepted_with_warnings"] == 1
    again = partner.send(rows, force="true")
    assert again["counts"] == {
        "rows": 2,
        "accepted": 0,
        "accepted_with_warnings": 0,
        "unchanged": 2,
        "rejected": 0,
    }
    assert partner.found(again["id"]) == set()
    assert partner.confirm(again["id"])["status"] == "accepted"
    assert len(partner.records()) == 2


def test_a_record_not_yet_verified_is_replaced(partner: Partner) -> None:
    partner.report([partner.row(1, outcome="在读", completed_on=None)])
    (before,) = partner.records()
    amended = partner.report([partner.row(1)])
    assert amended["counts"]["accepted"] == 1
    (after,) = partner.records()
    assert (after["id"], after["outcome"], after["state"]) == (before["id"], "completed", "submitted")


def test_a_verified_record_stands_while_its_amendment_is_reviewed(partner: Partner) -> None:
    partner.report([partner.row(1, district="南明区")])
    partner.decide("verify")
    partner.report([partner.row(1, completed_on="2019-03-01")])
    (record,) = partner.records()
    assert (record["state"], record["completed_on"], record["pending"]) == ("verified", "2019-02-01", True)

    partner.decide("reject")
    (record,) = partner.records()
    assert (record["state"], record["completed_on"], record["pending"]) == ("verified", "2019-02-01", False)

    partner.report([partner.row(1, completed_on="2019-03-02")])
    partner.decide("verify")
    (record,) = partner.records()
    assert (record["completed_on"], record["pending"]) == ("2019-03-02", False)
    sent = partner.send([partner.row(1, completed_on="2019-03-02")], force="true")
    assert sent["counts"]["unchanged"] == 1


def test_the_latest_amendment_is_the_one_under_review(partner: Partner) -> None:
    partner.report([partner.row(1)])
    partner.decide("verify")
    partner.report([partner.row(1, completed_on="2019-03-01")])
    assert partner.send([partner.row(1, completed_on="2019-03-01")], force="true")["counts"]["unchanged"] == 1
    partner.report([partner.row(1, completed_on="2019-03-02")])
    partner.decide("verify")
    assert [record["completed_on"] for record in partner.records()] == ["2019-03-02"]


def test_a_rejected_record_may_be_reported_anew(partner: Partner) -> None:
    partner.report([partner.row(1)])
    partner.decide("reject")
    again = partner.report([partner.row(1)], force="true")
    assert again["counts"]["accepted"] == 1
    assert [record["state"] for record in partner.records()] == ["submitted"]


def test_all_or_nothing_takes_nothing_from_a_file_with_an_error(partner: Partner) -> None:
    taken = partner.report([partner.row(1), partner.row(2, name="")], policy="all_or_nothing")
    assert taken["status"] == "rejected"
    assert taken["counts"]["rejected"] == taken["counts"]["rows"] == 2
    assert partner.records() == []


def test_confirming_by_itself(partner: Partner) -> None:
    taken = partner.send([partner.row(1)], confirm="auto")
    assert taken["status"] == "accepted"
    assert len(partner.records()) == 1


def test_a_row_is_mended_in_place(partner: Partner) -> None:
    sent = partner.send([partner.row(1, district="火星区"), partner.row(2), partner.row(2)])
    here = f"{API}submissions/{sent['id']}/rows/"
    answer = partner.api.patch(f"{here}2/", {"district": "云岩区"}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["findings"] == []
    assert answer.json()["counts"]["accepted"] == 2
    answer = partner.api.patch(f"{here}4/", {"id_number": partner.row(5)["id_number"]}, format="json")
    assert answer.json()["counts"]["rejected"] == 0, "the file's cross-checks ran again"
    assert partner.api.patch(f"{here}99/", {"name": "张三"}, format="json").status_code == 404
    assert partner.api.patch(f"{here}2/", {"nonsense": "1"}, format="json").status_code == 400
    assert partner.confirm(sent["id"])["counts"]["accepted"] == 3
    assert {record["district"] for record in partner.records()} >= {"520103"}
    assert partner.api.patch(f"{here}2/", {"name": "张三"}, format="json").status_code == 409


def test_another_name_for_a_number_on_record_opens_a_case(partner: Partner, run_jobs: Callable[[], int]) -> None:
    partner.report([partner.row(1, name="欧阳建国")])
    other = Partner(run_jobs)
    taken = other.report([other.row(1, name="司马相如"), other.row(2)])
    assert other.found(taken["id"]) == {(2, "E12", "name")}
    assert "欧阳建国" not in str(other.findings(taken["id"]))
    (case,) = other.officer.get(f"{API}matches/").json()["results"]
    assert case["state"] == "open"
    assert other.officer.post(f"{API}matches/{case['id']}/same/").status_code == 200
    again = other.report([other.row(1, name="司马相如")])
    assert again["counts"]["accepted"] == 1
    assert other.found(again["id"]) == {(2, "W04", "id_number")}


def test_a_person_of_two_partners_is_one_person(partner: Partner, run_jobs: Callable[[], int]) -> None:
    other = Partner(run_jobs)
    partner.report([partner.row(1)])
    other.report([other.row(1)])
    assert partner.records()[0]["person"] == other.records()[0]["person"]


def test_one_person_in_two_programmes_of_one_file_is_one_person(partner: Partner, run_jobs: Callable[[], int]) -> None:
    second = Partner(run_jobs, partner.organisation)
    rows = [partner.row(1), partner.row(1, programme=second.programme.code, cohort=second.cohort.code)]
    assert partner.report(rows)["counts"]["accepted"] == 2
    assert len({record["person"] for record in partner.records()}) == 1


def test_records_by_api_take_the_same_way(partner: Partner) -> None:
    body = {"period": partner.period.code, "records": [partner.row(1), partner.row(2, district="火星区")]}
    answer = partner.api.post(f"{API}submissions/", body, format="json")
    assert answer.status_code == 202, answer.content
    partner.run_jobs()
    number = answer.json()["id"]
    assert partner.found(number) == {(2, "E02", "district")}
    assert partner.confirm(number)["status"] == "partly_accepted"
    again = partner.api.post(f"{API}submissions/", body, format="json")
    assert again.status_code == 409


def test_a_file_that_is_no_table_is_refused_whole(partner: Partner) -> None:
    file = io.BytesIO(b"%PDF-1.4 nothing here")
    answer = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code})
    partner.run_jobs()
    number = answer.json()["id"]
    assert partner.submission(number)["status"] == "rejected"
    assert [(one["rule"], one["severity"], one["row"]) for one in partner.findings(number)] == [("F01", "fatal", None)]
    assert partner.api.post(f"{API}submissions/{number}/confirm/").status_code == 409


def test_nobody_else_learns_that_it_exists(partner: Partner, run_jobs: Callable[[], int]) -> None:
    number = partner.send([partner.row(1, district="火星区")])["id"]
    other = Partner(run_jobs)
    here = f"{API}submissions/{number}/"
    for tail in ("", "findings/", "findings/summary/", "report.xlsx"):
        assert other.api.get(here + tail).status_code == 404, tail
    for tail in ("confirm/", "cancel/"):
        assert other.api.post(here + tail).status_code == 404, tail
    assert other.api.patch(here + "rows/2/", {"name": "张三"}, format="json").status_code == 404


def test_an_unknown_period_and_an_empty_call_are_named(partner: Partner) -> None:
    answer = partner.api.post(f"{API}submissions/", {"period": "1999-Q9"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "period"
    answer = partner.api.post(f"{API}submissions/", {"period": partner.period.code})
    assert answer.json()["errors"][0]["field"] == "file"


def test_the_template_comes_back_empty_as_no_data_row(partner: Partner) -> None:
    for path in ("template.xlsx", "template.csv"):
        answer = partner.api.get(API + path, HTTP_ACCEPT="application/json")
        assert answer.status_code == 200
        file = io.BytesIO(b"".join(answer) if answer.streaming else answer.content)
        sent = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code})
        partner.run_jobs()
        assert [one["rule"] for one in partner.findings(sent.json()["id"])] == ["F03"], path


def test_the_report_marks_the_bad_cells_where_the_clerk_wrote_them(partner: Partner) -> None:
    import openpyxl

    sent = partner.send([partner.row(1), partner.row(2, district="火星区")])
    answer = partner.api.get(f"{API}submissions/{sent['id']}/report.xlsx")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    place = [column.code for column in COLUMNS].index("district") + 1
    assert sheet.cell(3, place).value == "火星区"
    assert "E02" in str(sheet.cell(3, place).comment)
    assert sheet.cell(2, place).comment is None
    assert partner.officer.get(f"{API}submissions/{sent['id']}/report.xlsx").status_code == 403


def test_a_batch_holds_objects_and_whatever_stands_in_them_is_told_by_the_checks(partner: Partner) -> None:
    def send(*records: object) -> tuple[int, dict]:
        body = {"period": partner.period.code, "records": records}
        answer = partner.api.post(f"{API}submissions/", body, format="json")
        return answer.status_code, answer.json()

    status, problem = send(partner.row(1), 7, None, "x")
    assert status == 400
    assert {error["field"] for error in problem["errors"]} == {"records.1", "records.2", "records.3"}
    status, sent = send(partner.row(1), partner.row(2, district="火星区", remarks=7, mobile=True), {})
    assert status == 202
    partner.run_jobs()
    told = partner.submission(sent["id"])
    assert (told["status"], told["counts"]["rows"], told["counts"]["rejected"]) == ("checked", 2, 1)
    assert partner.found(sent["id"]) == {(2, "E02", "district")}

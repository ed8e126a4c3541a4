"""One repair for every row in which the same was found."""

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.submissions.models import Mend
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    return Partner(run_jobs)


def mend_all(partner: Partner, number: int, **body: object):  # type: ignore[no-untyped-def]
    return partner.api.post(f"{API}submissions/{number}/mend-all/", body, format="json")


def test_every_row_with_the_same_value_is_mended_at_once_and_no_other(partner: Partner) -> None:
    rows = [partner.row(n, district="贵安新区") for n in range(4)] + [partner.row(5, district="火星区"), partner.row(6)]
    sent = partner.send(rows)
    assert sent["counts"]["rejected"] == 5

    answer = mend_all(partner, sent["id"], rule="E02", column="district", value="贵安新区", to="花溪区")

    assert answer.status_code == 200, answer.content
    assert answer.json()["rows"] == 4
    assert answer.json()["counts"]["rejected"] == 1
    assert partner.found(sent["id"]) == {(6, "E02", "district")}
    with scope.everything():
        assert Mend.objects.filter(submission=sent["id"]).count() == 4
        entry = AuditEntry.objects.filter(action="submission.rows_mended").get()
    assert entry.detail == {"rule": "E02", "column": "district", "rows": 4}


def test_empty_cells_are_filled_together(partner: Partner) -> None:
    sent = partner.send([partner.row(n, path="") for n in range(3)])
    answer = mend_all(partner, sent["id"], rule="E01", column="path", to="培养")
    assert answer.json()["rows"] == 3
    assert partner.submission(sent["id"])["counts"]["accepted"] == 3


def test_numbers_are_mended_one_by_one(partner: Partner) -> None:
    sent = partner.send([partner.row(1, id_number="110101198001010011")])
    shown = partner.findings(sent["id"])[0]["value"]
    answer = mend_all(partner, sent["id"], rule="E04", column="id_number", value=shown, to="x")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "column"


def test_a_value_of_which_a_part_is_masked_names_no_row(partner: Partner) -> None:
    sent = partner.send([partner.row(1, district="110101198001010011")])
    shown = partner.findings(sent["id"])[0]["value"]
    assert "*" in shown
    answer = mend_all(partner, sent["id"], rule="E02", column="district", value=shown, to="花溪区")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (404, "row_not_found")


def test_what_nobody_found_and_what_is_taken_is_refused(partner: Partner) -> None:
    sent = partner.send([partner.row(1)])
    assert mend_all(partner, sent["id"], rule="E02", column="district", value="x", to="y").status_code == 404
    partner.confirm(sent["id"])
    assert mend_all(partner, sent["id"], rule="E02", column="district", value="x", to="y").status_code == 409
    assert mend_all(partner, sent["id"], rule="E02", column="nothing", value="x", to="y").status_code == 400

"""A single record by form: checked like a file, its findings beside its fields, corrected and sent again."""

import re
from typing import Any

import pytest

from tests.factories import PartnerFactory
from tests.programs.desks.partner.conftest import Browse
from tests.support.partner import Partner, number

pytestmark = pytest.mark.django_db
FORM = "/submissions/new/record/"


def entered(partner: Partner, **changes: Any) -> dict[str, Any]:
    row = partner.row(1)
    coded = {"id_type": "111", "path": "trained", "outcome": "completed", "district": "520102"}
    return {**row, **coded, "period": partner.period.code, **changes}


def sent_with(answer: Any) -> int:
    assert answer.status_code == 303, answer.content.decode()
    return int(re.search(r"submission=(\d+)", answer["Location"]).group(1))  # type: ignore[union-attr]


def test_a_good_record_is_taken_at_once(partner: Partner, browse: Browse) -> None:
    clerk = browse(partner.clerk)
    page = clerk.get(FORM).content.decode()
    assert f'<option value="{partner.cohort.code}"' in page
    submission = sent_with(clerk.post(FORM, entered(partner)))
    waiting = clerk.get(FORM, {"submission": submission}).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    partner.run_jobs()
    assert "The record is reported" in clerk.get(FORM, {"submission": submission}).content.decode()
    [record] = partner.records()
    assert (record["state"], record["partner_ref"]) == ("submitted", "P000001")


def test_what_is_found_stands_beside_its_field_and_the_number_need_not_be_typed_again(
    partner: Partner, browse: Browse
) -> None:
    clerk = browse(partner.clerk)
    first = sent_with(clerk.post(FORM, entered(partner, completed_on="2018-12-01", mobile="13800000000")))
    partner.run_jobs()
    assert partner.submission(first)["status"] == "rejected"
    page = clerk.get(FORM, {"submission": first}).content.decode()
    assert "Nothing was taken: some fields need mending" in page
    assert "E09" in page
    assert re.search(r'<input[^>]*name="completed_on"[^>]*aria-describedby="[^"]*\bid_completed_on_found"', page)
    assert 'id="id_completed_on_found"' in page
    assert number(1) not in page
    assert "13800000000" not in page
    again = entered(partner, id_number="", mobile="", submission=first)
    second = sent_with(clerk.post(FORM, again))
    partner.run_jobs()
    assert partner.submission(second)["status"] == "accepted"
    detail = partner.api.get(f"/api/v1/records/{partner.records()[0]['id']}/").json()
    assert detail["values"]["mobile"] == "138******00"


def test_where_it_is_signed_off_it_waits_and_a_bad_one_is_cancelled_when_sent_again(
    partner: Partner, browse: Browse
) -> None:
    partner.organisation.sign_off = True
    partner.organisation.save()
    clerk = browse(partner.clerk)
    first = sent_with(clerk.post(FORM, entered(partner, completed_on="2018-12-01")))
    partner.run_jobs()
    assert partner.submission(first)["status"] == "checked"
    second = sent_with(clerk.post(FORM, entered(partner, submission=first)))
    partner.run_jobs()
    assert partner.submission(first)["status"] == "cancelled"
    assert partner.submission(second)["awaiting"] == "signature"
    assert "waits for a signatory" in clerk.get(FORM, {"submission": second}).content.decode()


def test_an_empty_form_and_a_file_of_others_are_no_record(partner: Partner, browse: Browse) -> None:
    clerk = browse(partner.clerk)
    assert clerk.post(FORM, {"period": ""}).status_code == 400
    sent = partner.send([partner.row(1, name="")])
    assert "need mending" not in clerk.get(FORM, {"submission": sent["id"]}).content.decode(), "a file is no record"
    reader = browse(PartnerFactory(organisation=partner.organisation, read_only=True))
    assert reader.get(FORM).status_code == 403

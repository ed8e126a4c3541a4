"""Mending together, seeing what changes, withdrawing, and asking for a cohort, as pages."""

import pytest

from tests.factories import PartnerFactory
from tests.programs.desks.partner.conftest import Browse
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


def test_all_rows_with_the_same_value_are_mended_from_one_finding(partner: Partner, browse: Browse) -> None:
    sent = partner.send([partner.row(n, district="贵安新区") for n in range(3)])
    clerk = browse(partner.clerk)
    page = clerk.get(f"/submissions/{sent['id']}/").content.decode()
    assert "Mend all 3 rows with “贵安新区”" in page
    address = f"/submissions/{sent['id']}/mend-all/"
    asked = {"rule": "E02", "column": "district", "value": "贵安新区"}
    form = clerk.get(address, asked).content.decode()
    assert "Mend 3 rows and check again" in form
    answer = clerk.post(address, asked | {"to": "520111"})
    assert answer.status_code == 303, answer.content.decode()
    assert partner.submission(sent["id"])["counts"]["accepted"] == 3


def test_what_changes_is_told_old_and_new(partner: Partner, browse: Browse) -> None:
    partner.report([partner.row(1)])
    sent = partner.send([partner.row(1, district="花溪区")])
    clerk = browse(partner.clerk)
    assert "1 amends what stands" in clerk.get(f"/submissions/{sent['id']}/").content.decode()
    page = clerk.get(f"/submissions/{sent['id']}/changes/").content.decode()
    assert "<del" in page
    assert "南明区" in page or "Nanming" in page


def test_a_missing_cohort_is_asked_for_from_its_finding(partner: Partner, browse: Browse) -> None:
    sent = partner.send([partner.row(1, cohort="SPRING-2")])
    clerk = browse(partner.clerk)
    address = f"/submissions/{sent['id']}/"
    assert "Ask for this cohort" in clerk.get(address).content.decode()
    form = clerk.get("/cohort-requests/new/", {"submission": sent["id"], "row": 2}).content.decode()
    assert 'value="SPRING-2"' in form
    assert f'value="{partner.programme.code}" selected' in form
    assert 'value="2019-01-07"' in form
    body = {
        "submission": sent["id"],
        "code": "SPRING-2",
        "programme": partner.programme.code,
        "starts_on": "2019-01-01",
        "ends_on": "2019-03-31",
    }
    assert clerk.post("/cohort-requests/new/", body).status_code == 303
    assert "Asked for; the bureau has not answered yet" in clerk.get(address).content.decode()
    [asked] = partner.officer.get(f"{API}cohort-requests/").json()["results"]
    partner.officer.post(f"{API}cohort-requests/{asked['id']}/refuse/", {"reason": "并入第一期"}, format="json")
    page = clerk.get(address).content.decode()
    assert "The bureau refused this cohort" in page
    assert "并入第一期" in page


def test_a_submission_and_a_record_are_withdrawn_with_a_reason(partner: Partner, browse: Browse) -> None:
    sent = partner.report([partner.row(1), partner.row(2)])
    clerk = browse(partner.clerk)
    [first, _second] = sorted(one["id"] for one in partner.records())
    assert "Withdraw: reported in error" in clerk.get(f"/records/{first}/").content.decode()
    assert clerk.post(f"/records/{first}/withdraw/", {"reason": "误报"}).status_code == 303
    address = f"/submissions/{sent['id']}/"
    assert "Withdraw this submission" in clerk.get(address).content.decode()
    assert clerk.post(f"{address}withdraw/", {"reason": "整份误报"}).status_code == 303
    page = clerk.get(address).content.decode()
    assert "This submission was withdrawn" in page
    assert "整份误报" in page
    assert {one["state"] for one in partner.records()} == {"withdrawn"}


def test_the_statement_bears_the_digest_and_who_signed(partner: Partner, browse: Browse) -> None:
    partner.organisation.sign_off = True
    partner.organisation.save()
    signatory = PartnerFactory(organisation=partner.organisation, signatory=True)
    sent = partner.send([partner.row(1)])
    address = f"/submissions/{sent['id']}/"
    clerk = browse(partner.clerk)
    assert "Hand over for signature" in clerk.get(address).content.decode()
    assert clerk.post(f"{address}confirm/").status_code == 303
    assert "It waits for a signatory" in clerk.get(address).content.decode()
    signing = browse(signatory)
    assert "Look and sign" in signing.get("/").content.decode()
    assert "Sign:" in signing.get(address).content.decode()
    assert signing.post(f"{address}confirm/").status_code == 303
    partner.run_jobs()
    for language, title in (("en", "Responsible signatory"), ("zh-hans", sent["sha256"])):
        page = browse(signatory, language).get(f"{address}statement/").content.decode()
        assert title in page
        assert sent["sha256"] in page
        assert signatory.username in page
        assert partner.clerk.username in page


def test_where_nobody_signs_off_the_line_is_left_for_a_pen(partner: Partner, browse: Browse) -> None:
    sent = partner.report([partner.row(1)])
    page = browse(partner.clerk, "en").get(f"/submissions/{sent['id']}/statement/").content.decode()
    assert page.count(f'<div class="statement-line">{partner.clerk.username}</div>') == 1
    assert '<div class="statement-line"></div>' in page

"""One record: its values, its amendments, the decisions on it."""

import pytest

from tests.factories import AmendmentFactory, ManagerFactory, OfficerFactory, PartnerFactory, RecordFactory
from tests.support.http import Caller

CONTACT = {
    "mobile": "13812345678",
    "email": "zhang.wei@example.com",
    "education_cert_no": "106571201802000001",
    "title_cert_no": None,
}


def test_sealed_values_are_shown_masked(db: None) -> None:
    record = RecordFactory(high_end=True, contact=CONTACT, remarks="转岗")
    for user in (OfficerFactory(), ManagerFactory(), PartnerFactory(organisation=record.organisation)):
        answer = Caller(user).get(f"records/{record.pk}/")
        values = answer.json()["values"]
        assert values["mobile"] == "138******78"
        assert values["education_cert_no"] == "106*************01"
        assert (values["school"], values["graduated_on"], values["remarks"]) == ("贵州大学", "2018-06-30", "转岗")
        assert "title_cert_no" not in values
        for secret in (*filter(None, CONTACT.values()), record.person.number):
            assert secret.encode() not in answer.content


def test_a_partner_reads_what_was_decided_and_why_but_not_by_whom(db: None) -> None:
    record = RecordFactory()
    officer = Caller(OfficerFactory(username="officer-li"))
    officer.post(f"records/{record.pk}/return/", {"reason": "Add the certificate."}, format="json")
    body = Caller(PartnerFactory(organisation=record.organisation)).get(f"records/{record.pk}/").json()
    assert body["state"] == "returned"
    assert [(one["decision"], one["reason"], one["by"]) for one in body["decisions"]] == [
        ("return", "Add the certificate.", None)
    ]
    assert officer.get(f"records/{record.pk}/").json()["decisions"][0]["by"] == "officer-li"


@pytest.mark.parametrize("state", ["pending", "superseded", "rejected"])
def test_amendments_are_listed_and_the_pending_one_compared(db: None, state: str) -> None:
    amendment = AmendmentFactory(state=state, outcome="withdrawn", completed_on=None)
    body = Caller(OfficerFactory()).get(f"records/{amendment.record_id}/").json()
    assert [(one["id"], one["state"]) for one in body["amendments"]] == [(amendment.pk, state)]
    if state != "pending":
        assert body["amendment"] is None
    else:
        changes = {one["column"]: (one["old"], one["new"]) for one in body["amendment"]["changes"]}
        assert changes["outcome"] == ("completed", "withdrawn")
        assert changes["completed_on"] == ("2019-03-29", None)


def test_no_such_record(db: None) -> None:
    officer = Caller(OfficerFactory())
    for id in (1, 2**63, 10**30):
        assert officer.get(f"records/{id}/").status_code == 404
    assert officer.get("records/x/").status_code == 404

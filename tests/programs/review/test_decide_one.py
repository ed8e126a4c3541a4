"""An officer decides on one record."""

import json
from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from backend.vault import services as vault
from programs.records.models import Amendment, Decision, Outcome, Record
from talent.credentials.models import Credential
from talent.people.models import PersonChange
from tests.factories import (
    AdminFactory,
    AmendmentFactory,
    CredentialFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    RecordFactory,
)
from tests.support.http import Caller, code_of

REASON = {"reason": "The certificate does not match."}


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


def marks() -> list[tuple[int, str]]:
    with everything():
        return list(PersonChange.objects.order_by("pk").values_list("person_id", "reason"))


def fresh(row: Any) -> Any:
    with everything():
        return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("decision", "before", "after", "marked"),
    [
        ("verify", "submitted", "verified", "verified"),
        ("return", "submitted", "returned", None),
        ("reject", "submitted", "rejected", None),
        ("revoke", "verified", "revoked", "revoked"),
    ],
)
def test_what_a_decision_does(officer: Caller, decision: str, before: str, after: str, marked: str | None) -> None:
    record = RecordFactory(state=before)
    answer = officer.post(f"records/{record.pk}/{decision}/", REASON, format="json")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["id"], body["state"], body["reason"]) == (record.pk, after, REASON["reason"])
    assert [(one["decision"], one["reason"], one["by"]) for one in body["decisions"]] == [
        (decision, REASON["reason"], "officer-li")
    ]
    assert fresh(record).state == after
    assert marks() == ([(record.person_id, marked)] if marked else [])
    with everything():
        [entry] = AuditEntry.objects.filter(action=f"record.{decision}")
    assert (entry.actor, entry.subject_type, entry.subject_id) == ("officer-li", "record", str(record.pk))


def test_deciding_the_same_again_changes_nothing(officer: Caller) -> None:
    record = RecordFactory()
    first = officer.post(f"records/{record.pk}/verify/").json()
    again = Caller(OfficerFactory()).post(f"records/{record.pk}/verify/")
    assert (again.status_code, again.json()) == (200, first)
    assert len(marks()) == 1
    with everything():
        assert AuditEntry.objects.filter(action="record.verify").count() == 1


def test_deciding_otherwise_is_a_conflict_that_names_what_stands(officer: Caller) -> None:
    record = RecordFactory()
    officer.post(f"records/{record.pk}/reject/", REASON, format="json")
    answer = officer.post(f"records/{record.pk}/verify/")
    assert (answer.status_code, code_of(answer), answer.json()["state"]) == (409, "conflict", "rejected")
    assert fresh(record).state == "rejected"


@pytest.mark.parametrize("decision", ["return", "reject", "revoke"])
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "   "}])
def test_a_decision_against_needs_a_reason(officer: Caller, decision: str, body: dict[str, str]) -> None:
    record = RecordFactory(state="verified" if decision == "revoke" else "submitted")
    answer = officer.post(f"records/{record.pk}/{decision}/", body, format="json")
    assert (answer.status_code, code_of(answer)) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["reason"]
    assert fresh(record).state == record.state


def test_there_is_no_such_record(officer: Caller) -> None:
    for id in (1, 2**62, 2**70):
        assert officer.post(f"records/{id}/verify/").status_code == 404


@pytest.mark.parametrize("factory", [PartnerFactory, ManagerFactory, AdminFactory])
def test_only_officers_decide(db: None, factory: type[OfficerFactory]) -> None:
    record = RecordFactory()
    user = factory(organisation=record.organisation)
    for decision in ("verify", "return", "reject", "revoke"):
        assert Caller(user).post(f"records/{record.pk}/{decision}/", REASON, format="json").status_code == 403
    assert Caller().post(f"records/{record.pk}/verify/").status_code == 401
    assert fresh(record).state == "submitted"


class TestAmendments:
    """A verified record stands while other values for it are reviewed."""

    @pytest.fixture
    def record(self, db: None) -> Record:
        return RecordFactory(
            state=Record.State.VERIFIED,
            high_end=True,
            contact={"mobile": "13800001111", "email": "old@example.com", "education_cert_no": "106571201802000001"},
        )

    @pytest.fixture
    def amendment(self, record: Record) -> Amendment:
        return AmendmentFactory(
            record=record,
            education="11",
            school="清华大学",
            graduated_on="2018-07-01",
            title="082",
            title_awarded_on="2018-09-01",
            basis="education",
            district="520103",
            contact={"mobile": "13900002222", "email": "", "education_cert_no": "106571201801000002"},
        )

    def test_it_is_shown_as_old_and_new_before_it_is_decided(self, officer: Caller, amendment: Amendment) -> None:
        body = officer.get(f"records/{amendment.record_id}/").json()
        assert (body["state"], body["pending"], body["values"]["education"]) == ("verified", True, "14")
        assert body["values"]["mobile"] == "138******11"
        changes = {one["column"]: (one["old"], one["new"]) for one in body["amendment"]["changes"]}
        assert changes["education"] == ("14", "11")
        assert changes["school"] == ("贵州大学", "清华大学")
        assert changes["district"] == ("520102", "520103")
        assert changes["mobile"] == ("138******11", "139******22")
        assert changes["education_cert_no"] == ("106*************01", "106*************02")
        assert changes["email"][1] == ""
        assert "outcome" not in changes

    def test_verified_it_takes_the_place_of_what_stood(self, officer: Caller, amendment: Amendment) -> None:
        record = amendment.record
        body = officer.post(f"records/{record.pk}/verify/").json()
        assert (body["state"], body["pending"], body["amendment"]) == ("verified", False, None)
        assert (body["submission"], body["row"]) == (amendment.submission_id, amendment.row)
        assert (body["education"], body["title"], body["district"]) == ("11", "082", "520103")
        now = fresh(record)
        assert bytes(now.digest) == bytes(amendment.digest)
        assert now.reported_at == record.reported_at
        opened = json.loads(vault.unseal("record", "sealed", record.pk, bytes(now.sealed)))
        assert opened["mobile"] == "13900002222"
        assert fresh(amendment).state == Amendment.State.TAKEN
        assert marks() == [(record.person_id, "corrected")]
        with everything():
            claims = Credential.objects.filter(record_id=record.pk).order_by("kind")
            assert [(one.kind, one.code, one.school, str(one.held_from)) for one in claims] == [
                ("education", "11", "清华大学", "2018-07-01"),
                ("title", "082", "", "2018-09-01"),
            ]
            [index] = vault.index_many(["education|106571201801000002"])
            assert [one.number_index and bytes(one.number_index) for one in claims] == [index, None]
            decided = Decision.objects.get(record=record)
            assert (decided.amendment_id, decided.submission_id) == (amendment.pk, amendment.submission_id)
        assert officer.post(f"records/{record.pk}/verify/").status_code == 200
        assert len(marks()) == 1

    def test_a_claim_that_did_not_change_keeps_its_row(self, officer: Caller, record: Record) -> None:
        with everything():
            before = Credential.objects.get(record_id=record.pk)
            [before.number_index] = vault.index_many(["education|106571201802000001"])
            before.state = Credential.State.REFUTED
            before.save()
        other = CredentialFactory()
        AmendmentFactory(
            record=record, high_end=True, remarks="moved", contact={"education_cert_no": "106571201802000001"}
        )
        assert officer.post(f"records/{record.pk}/verify/").status_code == 200
        with everything():
            assert Credential.objects.get(record_id=record.pk).pk == before.pk
            assert Credential.objects.get(record_id=record.pk).state == Credential.State.REFUTED
            assert Credential.objects.filter(pk=other.pk).exists()

    def test_without_credentials_and_contacts_nothing_of_them_is_left(self, officer: Caller, record: Record) -> None:
        AmendmentFactory(record=record, outcome=Outcome.WITHDRAWN, completed_on=None)
        body = officer.post(f"records/{record.pk}/verify/").json()
        assert (body["outcome"], body["completed_on"], body["tier"]) == ("withdrawn", None, "other")
        assert "mobile" not in body["values"]
        assert fresh(record).sealed is None
        with everything():
            assert not Credential.objects.filter(record_id=record.pk).exists()

    @pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("reject", "rejected")])
    def test_returned_or_rejected_the_old_one_stands(
        self, officer: Caller, amendment: Amendment, decision: str, state: str
    ) -> None:
        record = amendment.record
        body = officer.post(f"records/{record.pk}/{decision}/", REASON, format="json").json()
        assert (body["state"], body["pending"], body["education"]) == ("verified", False, "14")
        assert [(one["state"], one["reason"]) for one in body["amendments"]] == [(state, REASON["reason"])]
        assert marks() == []
        assert officer.post(f"records/{record.pk}/{decision}/", REASON, format="json").status_code == 200
        for other in {"verify", "return", "reject"} - {decision}:
            answer = officer.post(f"records/{record.pk}/{other}/", REASON, format="json")
            assert (answer.status_code, answer.json()["state"]) == (409, "verified")

    def test_revoking_the_record_supersedes_it(self, officer: Caller, amendment: Amendment) -> None:
        body = officer.post(f"records/{amendment.record_id}/revoke/", REASON, format="json").json()
        assert (body["state"], body["pending"], body["education"]) == ("revoked", False, "14")
        assert fresh(amendment).state == Amendment.State.SUPERSEDED
        assert marks() == [(amendment.record.person_id, "revoked")]

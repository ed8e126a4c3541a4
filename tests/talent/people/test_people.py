"""People over HTTP: who sees whom, and how much of them."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.targets.models import LedgerEntry, Plan, Target
from tests.factories import (
    AdminFactory,
    AmendmentFactory,
    IdentityDocumentFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PersonAliasFactory,
    PersonFactory,
    PersonReportFactory,
    RecordFactory,
)
from tests.support.http import Caller, code_of
from tests.support.rosters import refresh_roster


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


def ids(caller: Caller, **filters: Any) -> list[int]:
    refresh_roster()
    answer = caller.get("people/", filters)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_what_a_person_shows(officer: Caller) -> None:
    person = PersonFactory(name="张伟", gender="2", birth_date=dt.date(1990, 5, 1))
    passport = IdentityDocumentFactory(person=person, id_type="414", number="E12345678")
    refresh_roster()
    [row] = officer.get("people/").json()["results"]
    assert row == {
        "id": person.pk,
        "name": "张伟",
        "gender": "2",
        "birth_date": "1990-05-01",
        "birth_year": 1990,
        "documents": [
            {"id_type": "111", "number": person.number[:3] + "*" * 13 + person.number[-2:]},
            {"id_type": "414", "number": passport.masked_number},
        ],
        "organisations": [],
        "states": [],
        "tier": "other",
        "reason": "",
        "counts": [],
    }


@pytest.mark.parametrize("factory", [ManagerFactory, AdminFactory])
def test_managers_and_administrators_see_masked_people(db: None, factory: type[OfficerFactory]) -> None:
    person = PersonFactory(name="张伟", birth_date=dt.date(1990, 5, 1))
    PersonAliasFactory(person=person, name="张玮")
    caller = Caller(factory())
    refresh_roster()
    for body in (caller.get("people/").json()["results"][0], caller.get(f"people/{person.pk}/").json()):
        assert (body["name"], body["birth_date"], body["birth_year"]) == ("张*", None, 1990)
    assert caller.get(f"people/{person.pk}/").json()["other_names"] == ["张*"]
    answer = caller.get("people/", {"name": "张"})
    assert (answer.status_code, code_of(answer)) == (403, "permission_denied")


def test_a_partner_sees_those_it_reported(db: None) -> None:
    own, other = RecordFactory(), RecordFactory()
    shared = RecordFactory(organisation=other.organisation, person=own.person)
    caller = Caller(PartnerFactory(organisation=own.organisation))
    assert ids(caller) == [own.person_id]
    assert ids(caller, organisation=other.organisation.code) == []
    assert caller.get(f"people/{other.person_id}/").status_code == 404
    assert caller.get(f"people/{other.person_id}/timeline/").status_code == 404
    body = caller.get(f"people/{own.person_id}/").json()
    assert [one["id"] for one in body["records"]] == [own.pk]
    timeline = caller.get(f"people/{own.person_id}/timeline/").json()["results"]
    assert {event["detail"]["record"] for event in timeline} == {own.pk}
    body = Caller(OfficerFactory()).get(f"people/{own.person_id}/").json()
    assert [one["id"] for one in body["records"]] == [own.pk, shared.pk]


def test_filters(officer: Caller) -> None:
    wanted = PersonFactory(name="张伟", gender="2", birth_date=dt.date(1991, 1, 1))
    other = PersonFactory(name="王芳", gender="1", birth_date=dt.date(1980, 1, 1))
    report = PersonReportFactory(person=wanted)
    PersonReportFactory(person=wanted)
    for filters in (
        {"name": "张伟"},
        {"name": "张"},
        {"gender": "2"},
        {"birth_year": 1991},
        {"organisation": report.organisation.code},
    ):
        assert ids(officer, **filters) == [wanted.pk], filters
    assert ids(officer) == [other.pk, wanted.pk]
    for filters in ({"birth_year": "x"}, {"birth_year": 12}, {"number": "1"}):
        assert officer.get("people/", filters).status_code == 400


def test_a_person_with_records_and_credentials(officer: Caller) -> None:
    record = RecordFactory(high_end=True)
    body = officer.get(f"people/{record.person_id}/").json()
    assert [(one["id"], one["tier"], one["state"]) for one in body["records"]] == [(record.pk, "high_end", "submitted")]
    assert [(one["record"], one["kind"], one["code"]) for one in body["credentials"]] == [
        (record.pk, "education", "14")
    ]


class TestReveal:
    """A full number is shown to an officer who says why."""

    def test_the_numbers_once_and_on_the_trail(self, officer: Caller) -> None:
        person = PersonFactory()
        IdentityDocumentFactory(person=person, id_type="414", number="E12345678")
        answer = officer.post(f"people/{person.pk}/reveal/", {"reason": "Certificate check"}, format="json")
        assert answer.status_code == 200
        assert answer.json() == {
            "id": person.pk,
            "documents": [{"id_type": "111", "number": person.number}, {"id_type": "414", "number": "E12345678"}],
        }
        assert answer["Cache-Control"] == "no-store"
        with everything():
            [entry] = AuditEntry.objects.filter(action="person.reveal")
        assert (entry.actor, entry.subject_id) == ("officer-li", str(person.pk))
        assert entry.detail == {"reason": "Certificate check", "documents": 2}
        assert person.number not in str(entry.detail)

    def test_sent_twice_it_is_entered_twice(self, officer: Caller) -> None:
        person = PersonFactory()
        answers = [
            officer.post(
                f"people/{person.pk}/reveal/", {"reason": "Check"}, format="json", headers={"Idempotency-Key": "k1"}
            )
            for _ in range(2)
        ]
        assert answers[0].content == answers[1].content
        assert [answer["Cache-Control"] for answer in answers] == ["no-store"] * 2
        with everything():
            entries = AuditEntry.objects.filter(action__startswith="person.reveal").order_by("pk")
            assert [entry.action for entry in entries] == ["person.reveal", "person.reveal_again"]

    @pytest.mark.parametrize("body", [{}, {"reason": " "}])
    def test_without_a_reason_nothing_is_shown(self, officer: Caller, body: dict[str, str]) -> None:
        person = PersonFactory()
        answer = officer.post(f"people/{person.pk}/reveal/", body, format="json")
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["reason"])
        with everything():
            assert not AuditEntry.objects.filter(action="person.reveal").exists()

    def test_it_is_for_officers(self, db: None) -> None:
        record = RecordFactory()
        for user in (ManagerFactory(), AdminFactory(), PartnerFactory(organisation=record.organisation)):
            answer = Caller(user).post(f"people/{record.person_id}/reveal/", {"reason": "x"}, format="json")
            assert answer.status_code == 403
        assert Caller(OfficerFactory()).post("people/1/reveal/", {"reason": "x"}, format="json").status_code == 404


class TestTimeline:
    """What happened, in the order of time."""

    def test_reported_verified_amended_revoked(self, officer: Caller) -> None:
        record = RecordFactory()
        officer.post(f"records/{record.pk}/verify/")
        amendment = AmendmentFactory(record=record)
        officer.post(f"records/{record.pk}/reject/", {"reason": "No proof"}, format="json")
        officer.post(f"records/{record.pk}/revoke/", {"reason": "Fraud"}, format="json")
        events = officer.get(f"people/{record.person_id}/timeline/").json()["results"]
        assert [event["event"] for event in events] == ["reported", "verified", "amended", "rejected", "revoked"]
        assert events[3]["detail"] == {
            "record": record.pk,
            "amendment": amendment.pk,
            "reason": "No proof",
            "by": "officer-li",
        }
        partner = Caller(PartnerFactory(organisation=record.organisation))
        seen = partner.get(f"people/{record.person_id}/timeline/").json()["results"]
        assert [event["event"] for event in seen] == [event["event"] for event in events]
        assert all("by" not in event["detail"] for event in seen if event["event"] != "reported")

    def test_the_count_is_for_staff_and_whose_credit_it_is(self, officer: Caller) -> None:
        record = RecordFactory(state="verified")
        with everything():
            plan = Plan.objects.create(code="p", starts_on="2018-01-01", ends_on="2020-12-31")
            target = Target.objects.create(plan=plan, code="t", goal=1, starts_on="2018-01-01", ends_on="2020-12-31")
            LedgerEntry.objects.create(
                target=target,
                person=record.person,
                number=1,
                delta=1,
                effective_on="2019-03-29",
                recorded_at="2019-05-01T00:00:00+08:00",
                reason="verified",
                record_id=record.pk,
                organisation=record.organisation,
                programme=record.programme,
                path=record.path,
                basis="none",
            )
        [counted] = [
            event
            for event in officer.get(f"people/{record.person_id}/timeline/").json()["results"]
            if event["event"] == "counted"
        ]
        assert counted["detail"]["target"] == "t"
        assert counted["detail"]["effective_on"] == "2019-03-29"
        partner = Caller(PartnerFactory(organisation=record.organisation))
        seen = partner.get(f"people/{record.person_id}/timeline/").json()["results"]
        assert [event["event"] for event in seen].count("counted") == 1
        other = RecordFactory(person=record.person)
        seen = Caller(PartnerFactory(organisation=other.organisation)).get(f"people/{record.person_id}/timeline/")
        assert "counted" not in [event["event"] for event in seen.json()["results"]]

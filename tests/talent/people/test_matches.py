"""Match cases: opened by a commit, settled by an officer."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from backend.accounts.models import Organisation
from backend.accounts.scope import everything, within
from backend.audit.models import AuditEntry
from backend.vault import services as vault
from talent.people.models import MatchCase, PersonAlias
from talent.people.services import NewCase, open_match_cases
from tests.factories import (
    AdminFactory,
    ManagerFactory,
    MatchCaseFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PersonAliasFactory,
    PersonFactory,
    RecordFactory,
)
from tests.support.http import Caller, code_of


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


def new_case(organisation: Organisation, **changes: Any) -> NewCase:
    given: dict[str, Any] = {
        "organisation_id": organisation.pk,
        "submission_id": 7,
        "row": 12,
        "name": "王晓明",
        "name_key": "王晓明",
    }
    return NewCase(**given | changes)


class TestOpening:
    """A commit opens cases under the partner's scope, which may not read them."""

    def test_a_partner_commits_and_reads_nothing_of_it(self, db: None) -> None:
        organisation = OrganisationFactory()
        person = PersonFactory(name="王小明", birth_date=dt.date(1990, 5, 1))
        with within(organisation.pk):
            assert open_match_cases(cases=[new_case(organisation, person_id=person.pk)]) == 1
            assert not MatchCase.objects.exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('shugu.scope', true)")
                assert cursor.fetchone() == ("organisation",)
        with everything():
            [case] = MatchCase.objects.all()
        assert (case.person_id, case.name, case.row, case.state) == (person.pk, "王晓明", 12, "open")
        assert (case.reasons, case.score) == (["same_number", "read_alike"], 0.91)

    def test_nobody_is_asked_twice(self, db: None) -> None:
        organisation = OrganisationFactory()
        person = PersonFactory(name="王小明")
        case = new_case(organisation, person_id=person.pk, birth_date=person.birth_date)
        with within(organisation.pk):
            assert open_match_cases(cases=[case, case]) == 1
        with everything():
            MatchCase.objects.update(state="different")
        other = OrganisationFactory()
        with within(other.pk):
            assert open_match_cases(cases=[new_case(other, person_id=person.pk)]) == 0
            assert open_match_cases(cases=[]) == 0
        with everything():
            [kept] = MatchCase.objects.all()
        assert (kept.state, kept.organisation_id) == ("different", organisation.pk)
        assert "same_birth_date" in kept.reasons


def test_what_a_case_shows(officer: Caller) -> None:
    person = PersonFactory(name="王小明")
    case = MatchCaseFactory(person=person, name="王晓明", reasons=["same_number", "read_alike"], score=0.91)
    [row] = officer.get("matches/").json()["results"]
    assert row == officer.get(f"matches/{case.pk}/").json()
    assert (row["state"], row["score"], row["person"]) == ("open", 0.91, person.pk)
    assert (row["name_on_record"], row["name_reported"]) == ("王小明", "王晓明")
    assert [reason["code"] for reason in row["reasons"]] == ["same_number", "read_alike"]
    assert row["reasons"][0]["message"] == "Both give the same identity number."
    assert (row["organisation"], row["submission"], row["row"]) == (case.organisation.code, 1, 2)
    assert person.number not in str(row)


def test_filters(officer: Caller) -> None:
    wanted = MatchCaseFactory(state="same", score=0.9, submission_id=44)
    MatchCaseFactory(score=0.2)
    for filters in (
        {"state": "same"},
        {"score_from": "0.5"},
        {"submission": 44},
        {"person": wanted.person_id},
        {"organisation": wanted.organisation.code},
    ):
        assert [row["id"] for row in officer.get("matches/", filters).json()["results"]] == [wanted.pk], filters


def test_same_gives_another_name_so_that_the_row_passes(officer: Caller) -> None:
    record = RecordFactory(person__name="王小明", person__name_key="王小明")
    case = MatchCaseFactory(person=record.person, name="王晓明", name_key="王晓明")
    [index] = vault.index_many([f"111|{record.person.number}"])

    def name_state() -> int:
        with everything(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT name_state FROM known_numbers(%s::bytea[], %s::text[], %s)",
                [[index], ["王晓明"], case.organisation_id],
            )
            return cursor.fetchone()[0]

    assert name_state() == 2
    body = officer.post(f"matches/{case.pk}/same/").json()
    assert (body["state"], body["decided_at"] is not None) == ("same", True)
    assert name_state() == 1
    assert officer.get(f"people/{record.person_id}/").json()["other_names"] == ["王晓明"]
    with everything():
        [entry] = AuditEntry.objects.filter(action="match.same")
    assert (entry.actor, entry.subject_id) == ("officer-li", str(case.pk))


def test_different_is_remembered(officer: Caller) -> None:
    case = MatchCaseFactory()
    assert officer.post(f"matches/{case.pk}/different/").json()["state"] == "different"
    with everything():
        assert not PersonAlias.objects.exists()


def test_settled_twice_alike_is_no_conflict_and_otherwise_is(officer: Caller) -> None:
    case = MatchCaseFactory()
    PersonAliasFactory(person=case.person, name=case.name, name_key=case.name_key)
    first = officer.post(f"matches/{case.pk}/same/")
    again = Caller(OfficerFactory()).post(f"matches/{case.pk}/same/")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    other = officer.post(f"matches/{case.pk}/different/")
    assert (other.status_code, code_of(other), other.json()["state"]) == (409, "conflict", "same")
    with everything():
        assert AuditEntry.objects.filter(action__startswith="match.").count() == 1


def test_they_are_the_officers(db: None) -> None:
    case = MatchCaseFactory()
    for user in (PartnerFactory(organisation=case.organisation), ManagerFactory(), AdminFactory()):
        caller = Caller(user)
        assert caller.get("matches/").status_code == 403
        assert caller.get(f"matches/{case.pk}/").status_code == 403
        assert caller.post(f"matches/{case.pk}/same/").status_code == 403
    assert Caller(OfficerFactory()).post("matches/1/same/").status_code == 404

"""What the bureau sets: a second officer, every credential looked at."""

from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.records.claims import FirstVerification
from programs.records.models import Decision, Record
from programs.review import settings
from talent.credentials.models import Credential
from tests.factories import AdminFactory, AmendmentFactory, OfficerFactory, SubmissionFactory
from tests.programs.desks.officer.world import fresh, reported, states
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db
WHY = {"reason": "证书不符。"}


@pytest.fixture
def li() -> User:
    return OfficerFactory(username="li")


@pytest.fixture
def wang() -> User:
    return OfficerFactory(username="wang")


def post(user: User, path: str, **body: Any) -> Any:
    return Caller(user).post(path, body, format="json")


def switch(**on: Any) -> Any:
    return Caller(AdminFactory()).patch("review/settings/", on, format="json")


def test_shipped_off_and_set_by_administrators_on_the_trail(li: User) -> None:
    shown = Caller(li).get("review/settings/").json()
    assert (shown["second_officer"], shown["every_credential"], shown["changed_by"]) == (False, False, None)
    assert Caller(li).patch("review/settings/", {"second_officer": True}, format="json").status_code == 403
    assert switch(claim_minutes=1).status_code == 400
    body = switch(second_officer=True, undo_hours=24).json()
    assert (body["second_officer"], body["undo_hours"], body["claim_minutes"]) == (True, 24, 120)
    assert switch(second_officer=True).status_code == 200
    with everything():
        [entry] = AuditEntry.objects.filter(action="review.settings")
    assert entry.detail == {
        "second_officer": {"old": False, "new": True},
        "undo_hours": {"old": 72, "new": 24},
    }


def test_two_officers_verify_who_would_be_high_end(li: User, wang: User) -> None:
    switch(second_officer=True)
    [senior] = reported(1, high_end=True)
    [plain] = reported(1)
    assert post(li, f"records/{plain.pk}/verify/").json()["state"] == "verified"
    first = post(li, f"records/{senior.pk}/verify/").json()
    assert (first["state"], first["first_verification"]["officer"]) == ("submitted", "li")
    again = post(li, f"records/{senior.pk}/verify/")
    assert (again.status_code, code_of(again)) == (409, "second_officer")
    assert Caller(li).get("records/", {"second": "true"}).json()["results"][0]["id"] == senior.pk
    second = post(wang, f"records/{senior.pk}/verify/").json()
    assert (second["state"], second["first_verification"]) == ("verified", None)
    with everything():
        assert Decision.objects.filter(record=senior).count() == 1
        assert FirstVerification.objects.get().closed_at is not None


def test_another_decision_of_the_second_is_plain(li: User, wang: User) -> None:
    switch(second_officer=True)
    [record] = reported(1, high_end=True)
    post(li, f"records/{record.pk}/verify/")
    assert post(wang, f"records/{record.pk}/return/", **WHY).json()["state"] == "returned"
    with everything():
        assert not FirstVerification.objects.filter(closed_at=None).exists()


def test_many_at_once_keep_to_it_too(li: User, wang: User) -> None:
    switch(second_officer=True)
    seniors, plain = reported(3, high_end=True), reported(2)
    ids = [one.pk for one in (*seniors, *plain)]
    first = post(li, "records/decide/", ids=ids, decision="verify").json()
    assert (first["decided"], first["first_verified"]) == (2, 3)
    same = post(li, "records/decide/", ids=ids, decision="verify").json()
    assert (same["standing"], [one["why"] for one in same["skipped"]]) == (2, ["second_officer"] * 3)
    assert post(wang, "records/decide/", ids=ids, decision="verify").json()["decided"] == 3
    assert set(states([*seniors, *plain])) == {"verified"}


def test_the_first_speaks_for_the_values_that_it_saw(li: User, wang: User) -> None:
    switch(second_officer=True)
    [record] = reported(1, high_end=True)
    post(li, f"records/{record.pk}/verify/")
    later = SubmissionFactory(organisation=record.organisation)
    with everything():
        Record.objects.filter(pk=record.pk).update(submission=later)
    assert post(wang, f"records/{record.pk}/verify/").json()["state"] == "submitted"
    assert post(li, f"records/{record.pk}/verify/").json()["state"] == "verified"


def test_an_amendment_that_makes_high_end_needs_two(li: User, wang: User) -> None:
    switch(second_officer=True)
    amendment = AmendmentFactory(high_end=True)
    first = post(li, f"records/{amendment.record_id}/verify/").json()
    assert (first["pending"], first["first_verification"]["officer"]) == (True, "li")
    assert post(wang, f"records/{amendment.record_id}/verify/").json()["pending"] is False
    assert fresh(amendment.record).education == "14"


def test_switched_off_the_first_officer_may_finish(li: User) -> None:
    switch(second_officer=True)
    [record] = reported(1, high_end=True)
    post(li, f"records/{record.pk}/verify/")
    switch(second_officer=False)
    assert post(li, f"records/{record.pk}/verify/").json()["state"] == "verified"


def test_every_credential_is_looked_at_before_a_verification(li: User) -> None:
    switch(every_credential=True)
    seniors, plain = reported(2, high_end=True), reported(1)
    refused = post(li, f"records/{seniors[0].pk}/verify/")
    assert (refused.status_code, code_of(refused)) == (409, "credentials")
    many = post(li, "records/decide/", ids=[one.pk for one in (*seniors, *plain)], decision="verify").json()
    assert (many["decided"], [one["why"] for one in many["skipped"]]) == (1, ["credentials"] * 2)
    with everything():
        Credential.objects.filter(record_id=seniors[0].pk).update(state="confirmed")
        Credential.objects.filter(record_id=seniors[1].pk).update(state="evidenced")
    unexamined = Caller(li).get("records/", {"credential": "unexamined"}).json()["results"]
    assert [row["id"] for row in unexamined] == [seniors[1].pk]
    assert post(li, f"records/{seniors[0].pk}/verify/").status_code == 200
    assert post(li, f"records/{seniors[1].pk}/verify/").status_code == 409
    assert post(li, f"records/{seniors[1].pk}/return/", **WHY).status_code == 200


def test_the_row_of_settings_is_one(li: User) -> None:
    switch(claim_minutes=30)
    with everything():
        assert settings.current().claim_minutes == 30

"""Officers take records on, so that two never work at the same."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from programs.records.claims import Claim
from programs.records.models import Record
from tests.conftest import Clock
from tests.factories import AdminFactory, AmendmentFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.desks.officer.world import reported, states
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def li() -> User:
    return OfficerFactory(username="li")


@pytest.fixture
def wang() -> User:
    return OfficerFactory(username="wang")


def post(user: User, path: str, **body: Any) -> Any:
    return Caller(user).post(path, body, format="json")


def ids(records: list[Record]) -> list[int]:
    return [record.pk for record in records]


def holders() -> dict[int, str]:
    with everything():
        return dict(Claim.objects.values_list("record_id", "officer__username"))


def test_a_submission_is_claimed_whole_and_a_colleague_gets_the_rest(li: User, wang: User) -> None:
    records = reported(4)
    mine = post(li, "claims/", ids=ids(records[:1])).json()
    assert (mine["claimed"], mine["held_count"]) == (1, 0)
    answer = post(wang, "claims/", filter={"submission": records[0].submission_id}).json()
    assert (answer["claimed"], answer["ids"]) == (3, ids(records[1:]))
    [held] = answer["held"]
    assert (held["id"], held["by"]) == (records[0].pk, "li")
    assert holders() == {records[0].pk: "li", **{one.pk: "wang" for one in records[1:]}}
    with everything():
        assert AuditEntry.objects.filter(action="record.claim").count() == 2


def test_what_a_colleague_holds_is_not_decided_on(li: User, wang: User) -> None:
    records = reported(3)
    post(li, "claims/", ids=ids(records[:2]))
    answer = post(wang, f"records/{records[0].pk}/verify/")
    assert (answer.status_code, code_of(answer)) == (409, "held")
    body = answer.json()
    assert (body["held_by"], body["state"]) == ("li", "submitted")
    assert dt.datetime.fromisoformat(body["since"]).tzinfo is not None
    assert "li" in body["detail"]

    many = post(wang, "records/decide/", ids=ids(records), decision="verify").json()
    assert (many["decided"], many["skipped_count"]) == (1, 2)
    assert [(one["id"], one["why"], one["by"]) for one in many["skipped"]] == [
        (one.pk, "held", "li") for one in records[:2]
    ]
    assert post(li, "records/decide/", ids=ids(records), decision="verify").json()["decided"] == 2
    assert states(records) == ["verified"] * 3
    assert holders() == {}, "what is decided is held by nobody"


def test_a_claim_runs_out_unless_its_officer_works(li: User, wang: User, clock: Clock) -> None:
    records = reported(2)
    post(li, "claims/", ids=ids(records))
    clock.shift(minutes=90)
    assert post(li, "claims/renew/").json() == {"records": 2}
    clock.shift(minutes=180)
    assert code_of(post(wang, f"records/{records[0].pk}/verify/")) == "held"
    clock.shift(minutes=220)
    assert post(wang, "claims/", ids=ids(records)).json()["claimed"] == 2
    assert set(holders().values()) == {"wang"}


def test_the_next_ones_of_a_list_that_wait_and_are_free(li: User, wang: User) -> None:
    organisation = OrganisationFactory()
    records = reported(5, organisation=organisation)
    other = reported(2)
    amended = AmendmentFactory(record__organisation=organisation).record
    with everything():
        Record.objects.filter(pk=records[1].pk).update(state="rejected")
    post(wang, "claims/", ids=ids(records[:1]))
    given = {"organisation": organisation.code, "sort": "waiting"}
    first = post(li, "claims/next/", filter=given, count=2).json()
    assert first["ids"] == ids(records[2:4])
    second = post(li, "claims/next/", filter=given).json()
    assert set(second["ids"]) == {records[4].pk, amended.pk}
    assert post(li, "claims/next/", filter=given).json()["claimed"] == 0
    assert post(li, "claims/next/", count=3).json()["ids"] == ids(other)
    assert post(li, "claims/next/", count=101).status_code == 400
    assert post(li, "claims/next/", filter={"nonsense": 1}).status_code == 400


def test_releasing_gives_back_what_is_ones_own(li: User, wang: User) -> None:
    records = reported(4)
    post(li, "claims/", ids=ids(records[:3]))
    post(wang, "claims/", ids=ids(records[3:]))
    assert post(li, "claims/release/", ids=ids(records[1:])).json() == {"records": 2}
    assert post(li, "claims/release/").json() == {"records": 1}
    assert holders() == {records[3].pk: "wang"}


def test_handing_over_with_a_word(li: User, wang: User) -> None:
    records = reported(2)
    post(li, "claims/", ids=ids(records[:1]))
    refused = post(li, "claims/hand-over/", ids=ids(records), to="wang")
    assert refused.status_code == 409
    assert post(li, "claims/hand-over/", ids=ids(records[:1]), to="nobody").status_code == 400
    assert post(li, "claims/hand-over/", ids=ids(records[:1]), to="li").status_code == 400
    note = "证件号 520102198501010018 请再核对"
    assert post(li, "claims/hand-over/", ids=ids(records[:1]), to="wang", note=note).json() == {"records": 1}
    [row] = Caller(wang).get("claims/", {"officer": "wang"}).json()["results"]
    assert (row["record"], row["handed_by"]) == (records[0].pk, "li")
    assert "198501010018" not in row["note"]
    assert code_of(post(li, f"records/{records[0].pk}/verify/")) == "held"
    assert post(wang, f"records/{records[0].pk}/verify/").status_code == 200


def test_taking_over_needs_a_reason_and_is_on_the_trail(li: User, wang: User) -> None:
    records = reported(2)
    post(li, "claims/", ids=ids(records))
    assert post(wang, "claims/take-over/", ids=ids(records[:1]), reason=" ").status_code == 400
    assert post(wang, "claims/take-over/", ids=ids(records[:1]), reason="李休假").json() == {"records": 1}
    assert holders() == {records[0].pk: "wang", records[1].pk: "li"}
    with everything():
        detail = AuditEntry.objects.get(action="record.take_over").detail
    assert (detail["from"], detail["to"], detail["reason"]) == (["li"], "wang", "李休假")
    admin = AdminFactory()
    assert post(admin, "claims/take-over/", ids=ids(records), reason="清理").json() == {"records": 2}
    assert holders() == {}


def test_partners_hear_nothing_of_claims(li: User) -> None:
    records = reported(1)
    post(li, "claims/", ids=ids(records))
    partner = Caller(PartnerFactory(organisation=records[0].organisation))
    assert partner.get("claims/").status_code == 403
    assert partner.get(f"records/{records[0].pk}/").json()["claim"] is None
    assert partner.get("records/", {"claim": "others"}).json()["results"] == []
    assert Caller(li).get(f"records/{records[0].pk}/").json()["claim"]["officer"] == "li"


def test_the_queue_by_who_holds_it(li: User, wang: User) -> None:
    records = reported(3)
    post(li, "claims/", ids=ids(records[:1]))
    post(wang, "claims/", ids=ids(records[1:2]))

    def found(**given: str) -> list[int]:
        rows = Caller(li).get("records/", {"sort": "waiting", **given}).json()["results"]
        return [row["id"] for row in rows]

    assert found(claim="mine") == [records[0].pk]
    assert found(claim="others") == [records[1].pk]
    assert found(claim="nobody") == [records[2].pk]
    assert found() == ids(records)
    assert Caller(li).get("records/", {"claim": "everybody"}).status_code == 400

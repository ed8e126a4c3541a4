"""Sign-off inside a partner: filled in by one, confirmed by another who answers for it."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from tests.factories import PartnerFactory
from tests.support.partner import API, Partner, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    partner = Partner(run_jobs)
    partner.organisation.sign_off = True
    partner.organisation.save()
    return partner


@pytest.fixture
def signatory(partner: Partner) -> User:
    return PartnerFactory(organisation=partner.organisation, signatory=True)


def confirm(who: APIClient, number: int) -> dict[str, Any]:
    answer = who.post(f"{API}submissions/{number}/confirm/")
    assert answer.status_code == 202, answer.content
    return answer.json()


def test_a_clerk_hands_over_and_a_signatory_has_it_taken(partner: Partner, signatory: User) -> None:
    sent = partner.send([partner.row(1)])
    handed = confirm(partner.api, sent["id"])
    assert (handed["status"], handed["awaiting"], handed["prepared_by"]) == (
        "checked",
        "signature",
        partner.clerk.username,
    )
    assert confirm(partner.api, sent["id"])["awaiting"] == "signature", "handing over twice changes nothing"
    another = client_of(PartnerFactory(organisation=partner.organisation))
    assert confirm(another, sent["id"])["status"] == "checked", "a clerk does not sign"
    assert [one["id"] for one in partner.api.get(f"{API}submissions/?awaiting=signature").json()["results"]] == [
        sent["id"]
    ]
    assert confirm(client_of(signatory), sent["id"])["status"] == "committing"
    partner.run_jobs()
    taken = partner.submission(sent["id"])
    assert (taken["status"], taken["awaiting"], taken["confirmed_by"]) == ("accepted", "", signatory.username)


def test_two_people_even_where_both_could_sign(partner: Partner, signatory: User) -> None:
    sent = partner.send([partner.row(1)])
    assert confirm(client_of(signatory), sent["id"])["prepared_by"] == signatory.username
    assert confirm(client_of(signatory), sent["id"])["status"] == "checked"
    second = PartnerFactory(organisation=partner.organisation, signatory=True)
    assert confirm(client_of(second), sent["id"])["status"] == "committing"


def test_a_clerk_takes_the_place_of_a_signatory_who_handed_it_over(partner: Partner, signatory: User) -> None:
    sent = partner.send([partner.row(1)])
    confirm(client_of(signatory), sent["id"])
    assert confirm(partner.api, sent["id"])["prepared_by"] == partner.clerk.username
    assert confirm(client_of(signatory), sent["id"])["status"] == "committing"


def test_mending_takes_back_that_it_was_handed_over(partner: Partner, signatory: User) -> None:
    sent = partner.send([partner.row(1), partner.row(2, district="火星区")])
    confirm(partner.api, sent["id"])
    mended = partner.api.patch(f"{API}submissions/{sent['id']}/rows/3/", {"district": "花溪区"}, format="json")
    assert mended.status_code == 200
    now = partner.submission(sent["id"])
    assert (now["awaiting"], now["prepared_by"], now["prepared_at"]) == ("", None, None)


def test_what_confirms_itself_is_handed_over_and_waits(partner: Partner, signatory: User) -> None:
    sent = partner.send([partner.row(1)], confirm="auto")
    assert (sent["status"], sent["awaiting"], sent["prepared_by"]) == ("checked", "signature", partner.clerk.username)
    assert confirm(client_of(signatory), sent["id"])["status"] == "committing"
    nothing = partner.send([partner.row(2, name="")], confirm="auto")
    assert (nothing["status"], nothing["awaiting"]) == ("checked", "")


def test_the_bureau_on_the_partners_behalf_needs_no_signature(partner: Partner) -> None:
    sent = partner.send([partner.row(1)])
    assert confirm(partner.officer, sent["id"])["status"] == "committing"


def test_without_sign_off_nothing_waits(partner: Partner) -> None:
    partner.organisation.sign_off = False
    partner.organisation.save()
    assert partner.report([partner.row(1)])["status"] == "accepted"

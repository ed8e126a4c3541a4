"""A cohort that a partner misses: asked for from a finding, granted or refused, and the file goes on where it stood."""

from typing import Any

import pytest

from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    return Partner(run_jobs)


def ask(partner: Partner, **changes: Any) -> Any:
    body = {
        "code": "SPRING-2",
        "programme": partner.programme.code,
        "starts_on": "2019-01-01",
        "ends_on": "2019-03-31",
        "explanation": "加开一期",
    }
    return partner.api.post(f"{API}cohort-requests/", body | changes, format="json")


def answer(partner: Partner, request: int, what: str, **body: Any) -> Any:
    return partner.officer.post(f"{API}cohort-requests/{request}/{what}/", body, format="json")


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].rsplit("/", 1)[-1]


def test_once_it_is_granted_the_file_goes_on_where_it_stood(partner: Partner) -> None:
    sent = partner.send([partner.row(1), partner.row(2, cohort="SPRING-2"), partner.row(3, cohort="spring-2")])
    assert sent["counts"]["rejected"] == 2
    asked = ask(partner, submission=sent["id"])
    assert asked.status_code == 201, asked.content
    assert (asked.json()["state"], asked.json()["submission"]) == ("asked", sent["id"])

    granted = answer(partner, asked.json()["id"], "grant", ends_on="2019-04-30", capacity=40)
    assert granted.status_code == 200, granted.content
    assert (granted.json()["state"], granted.json()["cohort"], granted.json()["ends_on"]) == (
        "granted",
        "SPRING-2",
        "2019-04-30",
    )
    partner.run_jobs()

    now = partner.submission(sent["id"])
    assert (now["status"], now["counts"]["accepted"], now["counts"]["rejected"]) == ("checked", 3, 0)
    assert partner.findings(sent["id"]) == []
    assert partner.confirm(sent["id"])["status"] == "accepted"
    assert answer(partner, asked.json()["id"], "grant").status_code == 200, "granting twice changes nothing"
    assert code(answer(partner, asked.json()["id"], "refuse", reason="晚了")) == (409, "conflict")


def test_it_is_asked_from_a_submission_of_ones_own_alone(partner: Partner) -> None:
    theirs = Partner(partner.run_jobs)
    other = theirs.send([theirs.row(1)])["id"]
    for number in (other, other + 1_000_000):
        refused = ask(partner, submission=number)
        assert (code(refused), refused.json()["errors"][0]["field"]) == ((400, "invalid"), "submission")
    assert partner.api.get(f"{API}cohort-requests/").json()["results"] == []


def test_it_is_refused_with_a_reason_that_the_partner_reads(partner: Partner) -> None:
    asked = ask(partner).json()
    assert code(answer(partner, asked["id"], "refuse", reason=" ")) == (400, "invalid")
    assert answer(partner, asked["id"], "refuse", reason="请并入第一期").status_code == 200
    [seen] = partner.api.get(f"{API}cohort-requests/", {"state": "refused"}).json()["results"]
    assert seen["reason"] == "请并入第一期"
    assert code(answer(partner, asked["id"], "grant")) == (409, "conflict")
    assert ask(partner).status_code == 201, "it may be asked for again"


def test_what_could_not_be_opened_cannot_be_asked_for(partner: Partner) -> None:
    assert code(ask(partner, ends_on="2031-01-01")) == (400, "invalid")
    assert code(ask(partner, ends_on="2018-12-31")) == (400, "invalid")
    assert code(ask(partner, code=partner.cohort.code.lower())) == (409, "already_exists")
    assert ask(partner).status_code == 201
    assert code(ask(partner)) == (409, "already_exists")


def test_others_see_nothing_of_it_and_only_officers_decide(partner: Partner, run_jobs) -> None:  # type: ignore[no-untyped-def]
    asked = ask(partner).json()
    other = Partner(run_jobs)
    assert other.api.get(f"{API}cohort-requests/{asked['id']}/").status_code == 404
    assert other.api.get(f"{API}cohort-requests/").json()["results"] == []
    assert partner.api.post(f"{API}cohort-requests/{asked['id']}/grant/").status_code == 403

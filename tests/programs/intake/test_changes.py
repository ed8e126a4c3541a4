"""What a checked submission would change of what stands, old and new."""

import pytest

from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs) -> Partner:  # type: ignore[no-untyped-def]
    return Partner(run_jobs)


def changes(partner: Partner, number: int) -> list[dict]:
    answer = partner.api.get(f"{API}submissions/{number}/changes/")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_each_changed_column_is_told_old_and_new(partner: Partner) -> None:
    partner.report([partner.row(n, mobile="13800000000") for n in range(3)])
    sent = partner.send(
        [
            partner.row(0, mobile="13800000000"),
            partner.row(1, district="花溪区", mobile="13911112222"),
            partner.row(2, completed_on="2019-02-03", mobile="13800000000"),
            partner.row(3),
        ]
    )
    assert sent["counts"]["unchanged"] == 1
    assert sent["amendments"] == 2
    first, second = changes(partner, sent["id"])
    assert (first["row"], first["verified"]) == (3, False)
    assert [(one["column"], one["old"], one["new"]) for one in first["changes"]] == [
        ("district", "520102", "520111"),
        ("mobile", "138******00", "139******22"),
    ]
    assert "13911112222" not in str(first)
    assert [(one["column"], one["old"], one["new"]) for one in second["changes"]] == [
        ("completed_on", "2019-02-01", "2019-02-03")
    ]


def test_a_verified_record_is_compared_with_what_awaits_review(partner: Partner) -> None:
    partner.report([partner.row(0)])
    partner.decide("verify")
    partner.report([partner.row(0, district="花溪区")])
    sent = partner.send([partner.row(0, district="乌当区")])
    [one] = changes(partner, sent["id"])
    assert one["verified"]
    assert [(c["column"], c["old"], c["new"]) for c in one["changes"]] == [("district", "520111", "520112")]
    assert partner.confirm(sent["id"])["amendments"] == 1


def test_what_another_organisation_reported_is_never_compared(partner: Partner, run_jobs) -> None:  # type: ignore[no-untyped-def]
    other = Partner(run_jobs)
    other.report([other.row(0, district="花溪区")])
    sent = partner.send([partner.row(0)])
    assert changes(partner, sent["id"]) == []
    assert sent["amendments"] == 0


def test_it_is_told_between_checks_and_confirmation_alone(partner: Partner) -> None:
    sent = partner.report([partner.row(0)])
    answer = partner.api.get(f"{API}submissions/{sent['id']}/changes/")
    assert answer.status_code == 409

"""Credentials over HTTP."""

from typing import Any

import pytest

from tests.factories import CredentialFactory, ManagerFactory, OfficerFactory, PartnerFactory, RecordFactory
from tests.support.http import Caller


@pytest.fixture
def officer(db: None) -> Caller:
    return Caller(OfficerFactory())


def test_what_a_credential_shows(officer: Caller) -> None:
    record = RecordFactory(high_end=True)
    [row] = officer.get("credentials/").json()["results"]
    whole = officer.get(f"credentials/{row['id']}/").json()
    assert whole == row | {"evidence": [], "examinations": []}
    assert row == {
        "id": row["id"],
        "person": record.person_id,
        "record": record.pk,
        "organisation": record.organisation.code,
        "kind": "education",
        "code": "14",
        "label": row["label"],
        "school": "贵州大学",
        "held_from": "2018-06-30",
        "state": "claimed",
        "number": "",
        "evidence_count": 0,
    }
    assert row["label"].startswith("Master")
    assert officer.get("credentials/", headers={"accept-language": "zh-hans"}).json()["results"][0]["label"] == (
        "硕士研究生毕业"
    )


def test_a_partner_sees_those_of_its_own_records(db: None) -> None:
    own = RecordFactory(high_end=True)
    other = RecordFactory(high_end=True, person=own.person)
    caller = Caller(PartnerFactory(organisation=own.organisation))
    [row] = caller.get("credentials/").json()["results"]
    assert row["record"] == own.pk
    [hidden] = Caller(ManagerFactory()).get("credentials/", {"record": other.pk}).json()["results"]
    assert caller.get(f"credentials/{hidden['id']}/").status_code == 404
    assert Caller().get("credentials/").status_code == 401


@pytest.mark.parametrize(
    "filters",
    [
        {"kind": "title"},
        {"code": "082"},
        {"school": "清华大学"},
        {"state": "confirmed"},
        {"examined": "true"},
        {"held_from": "2019-01-01"},
    ],
    ids=lambda filters: next(iter(filters)),
)
def test_a_filter_finds_one_of_two(officer: Caller, filters: dict[str, Any]) -> None:
    wanted = CredentialFactory(kind="title", code="082", school="清华大学", state="confirmed", held_from="2019-06-01")
    CredentialFactory()
    assert [row["id"] for row in officer.get("credentials/", filters).json()["results"]] == [wanted.pk]
    for name, value in (("person", wanted.person_id), ("organisation", wanted.organisation.code)):
        assert [row["id"] for row in officer.get("credentials/", {name: value}).json()["results"]] == [wanted.pk]

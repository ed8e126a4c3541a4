"""Practice goes the way of every submission, and nothing of it counts."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit.models import AuditEntry
from backend.vault.files.models import SealedChunk, SealedFile
from programs.submissions import practising
from programs.submissions.models import Finding, Mend, Submission
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.partner import API, Partner, as_csv, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


def practise(partner: Partner, rows: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return partner.send(rows, practice="true", **options)


def test_a_practised_file_gets_its_receipt_and_brings_nothing(partner: Partner) -> None:
    spoilt = partner.row(1, district="火星区")
    told = practise(partner, [partner.row(0), spoilt, partner.row(2, gender="女")])
    assert told["practice"] is True
    assert told["status"] == "checked"
    assert told["counts"]["rejected"] == 2
    received = dt.datetime.fromisoformat(told["received_at"])
    assert dt.datetime.fromisoformat(told["practice_until"]) - received == dt.timedelta(days=7)
    assert (3, "E02", "district") in partner.found(told["id"])

    mended = partner.api.patch(f"{API}submissions/{told['id']}/rows/3/", {"district": "南明区"}, format="json")
    assert mended.status_code == 200
    assert mended.json()["counts"]["rejected"] == 1
    report = partner.api.get(f"{API}submissions/{told['id']}/report.xlsx")
    assert report.status_code == 200

    done = partner.confirm(told["id"])
    assert done["status"] == "partly_accepted"
    assert done["counts"] == {
        "rows": 3,
        "accepted": 2,
        "accepted_with_warnings": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert done["committed_at"] is not None
    assert partner.records() == []
    assert partner.api.get(f"{API}people/").json()["results"] == []
    owed = partner.api.get(f"{API}obligations/").json()["results"]
    assert {one["state"] for one in owed} <= {"missing"}


def test_what_would_come_of_it_is_what_comes_of_it_in_earnest(partner: Partner) -> None:
    partner.report([partner.row(0), partner.row(1)])
    rows = [partner.row(0), partner.row(1, district="云岩区"), partner.row(2), partner.row(3, gender="女")]
    tried = partner.confirm(practise(partner, rows)["id"])
    again = practise(partner, rows, confirm="auto")
    real = partner.report(rows)
    assert real["counts"] == {
        "rows": 4,
        "accepted": 2,
        "accepted_with_warnings": 0,
        "unchanged": 1,
        "rejected": 1,
    }
    for one in (tried, again):
        assert one["counts"] == real["counts"]
        assert one["status"] == real["status"]
        assert one["amendments"] == real["amendments"] == 1
        assert partner.found(one["id"]) == partner.found(real["id"])

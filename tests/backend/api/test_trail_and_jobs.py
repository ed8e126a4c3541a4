"""The audit trail and background jobs over HTTP."""

import datetime as dt
from typing import Any

import pytest

from backend.clock import now
from backend.jobs.models import Job
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db


def test_the_trail_tells_who_did_what_where(scope_all: None) -> None:
    officer, admin = OfficerFactory(), Caller(AdminFactory())
    Caller(officer).post(
        "organisations/",
        {"code": "NEW", "name_zh": "新", "kind": "employer"},
        format="json",
        REMOTE_ADDR="198.51.100.9",
    )
    [entry] = admin.get("audit/?action=organisation.create").json()["results"]
    assert entry == {
        "id": entry["id"],
        "at": entry["at"],
        "action_id": entry["action_id"],
        "actor": officer.username,
        "role": "officer",
        "organisation": officer.organisation.code,
        "action": "organisation.create",
        "subject_type": "organisation",
        "subject_id": entry["subject_id"],
        "detail": {"code": "NEW", "kind": "employer"},
        "address": "198.51.100.9",
    }

    def count(**filters: Any) -> int:
        return int(admin.get("audit/", {**filters, "action": "organisation.create", "count": "exact"}).json()["count"])

    moment = now()
    before, later = (moment - dt.timedelta(hours=1)).isoformat(), (moment + dt.timedelta(hours=1)).isoformat()
    assert count(actor=officer.username, organisation=officer.organisation.code) == 1
    assert count(subject_type="organisation", subject_id=entry["subject_id"]) == 1
    assert count(action_id=entry["action_id"]) == 1
    assert count(at_from=before, at_to=later) == 1
    assert count(at_from=later) == count(at_to=before) == count(actor="nobody") == count(organisation="NO-SUCH") == 0


@pytest.mark.parametrize("factory", [PartnerFactory, OfficerFactory, ManagerFactory])
def test_the_trail_is_for_administrators(factory: Any) -> None:
    caller = Caller(factory())
    for address in ("audit/", "audit/?format=csv", "audit/?format=xlsx"):
        answer = caller.get(address)
        assert (answer.status_code, code_of(answer)) == (403, "permission_denied")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_writes_on_the_trail(method: str) -> None:
    assert Caller(AdminFactory()).generic(method, "audit/").status_code == 405


def test_jobs_are_seen_by_their_own(scope_all: None) -> None:
    own, other = OrganisationFactory(), OrganisationFactory()
    mine = Job.objects.create(kind="intake.check", organisation=own, subject_id=7, done=3, total=9, state="running")
    theirs = Job.objects.create(kind="intake.check", organisation=other)
    bureaus = Job.objects.create(kind="review.decide")
    partner, officer = Caller(PartnerFactory(organisation=own)), Caller(OfficerFactory())
    answer = partner.get(f"jobs/{mine.pk}/").json()
    assert answer == {
        "id": mine.pk,
        "kind": "intake.check",
        "state": "running",
        "progress": {"done": 3, "total": 9},
        "organisation": own.code,
        "subject_id": 7,
        "result": {},
        "error": "",
        "created_at": answer["created_at"],
        "finished_at": None,
    }
    assert partner.get("jobs/").json()["results"] == [answer]
    for hidden in (theirs, bureaus):
        assert partner.get(f"jobs/{hidden.pk}/").status_code == 404
    listed = [row["id"] for row in officer.get("jobs/").json()["results"]]
    assert listed == [bureaus.pk, theirs.pk, mine.pk]
    narrowed = officer.get(f"jobs/?state=running&kind=intake.check&organisation={own.code}&subject_id=7").json()[
        "results"
    ]
    assert [row["id"] for row in narrowed] == [mine.pk]


@pytest.mark.parametrize("id", ["0", "999999999999", "9" * 30])
def test_no_such_job(id: str) -> None:
    assert Caller(OfficerFactory()).get(f"jobs/{id}/").status_code == 404

"""Where a partner stands decides its next lot's plan; officers rule, administrators set."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backend import clock
from backend.accounts.scope import everything, within
from backend.audit.models import AuditEntry
from programs.review.sampling import selectors
from programs.review.sampling.models import Lot, SamplingSetting
from programs.review.sampling.settings import in_force
from tests.factories import AdminFactory, CohortFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.review.sampling.world import BATCHES, judge_all, of, opened, past, reported, sampling_on
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db
SETTINGS = "review/sampling-settings/"


@pytest.fixture
def officer() -> Caller:
    return Caller(OfficerFactory(username="officer-li"))


def rule(caller: Caller, code: str, act: str, reason: str = "已复核") -> Any:
    return caller.post(f"review/sampling/{code}/", {"act": act, "reason": reason}, format="json")


def test_a_partners_history_gives_its_next_plan(officer: Caller) -> None:
    sampling_on()
    cohort, other = CohortFactory(), CohortFactory()
    past(cohort.organisation, cohort, "ANAN")
    reported(30, cohort=cohort)
    reported(30, cohort=other)
    tightened = opened(officer, cohort)
    # AQL 4.0 leads letter D to E under normal and to F under tightened inspection.
    assert tightened["plan"]["severity"] == "tightened"
    assert (tightened["plan"]["table"], tightened["sample_size"], tightened["accept_number"]) == ("2-B", 20, 1)
    normal = opened(officer, other)
    assert (normal["plan"]["severity"], normal["sample_size"], normal["accept_number"]) == ("normal", 13, 1)
    judge_all(officer, tightened)
    told = officer.get(f"review/sampling/{cohort.organisation.code}/").json()
    assert (told["severity"], told["accepted_in_a_row"], len(told["history"])) == ("tightened", 1, 5)
    assert told["history"][-1]["lot"] == tightened["id"]


def test_what_stands_on_each_lot_agrees_with_what_its_history_gives(officer: Caller) -> None:
    """Nothing of the state is stored, and so it can be told again: each lot was opened as its partner stood then."""
    sampling_on()
    cohort = CohortFactory()
    for wrong in (3, 3, 0, 0, 0, 0, 0, 3):
        reported(3, cohort=cohort)
        judge_all(officer, opened(officer, cohort), wrong=wrong)
    with everything():
        found = list(Lot.objects.filter(organisation=cohort.organisation).order_by("pk"))
        turns = selectors.history(cohort.organisation_id)
    severities = [lot.severity for lot in found]
    assert severities == ["normal", "normal", *["tightened"] * 5, "normal"]
    assert [turn.state.severity for turn in turns] == [*severities[1:], "normal"]


def test_sampling_stops_after_five_and_goes_on_when_an_officer_resumes_it(officer: Caller) -> None:
    sampling_on()
    cohort = CohortFactory()
    code = cohort.organisation.code
    past(cohort.organisation, cohort, "NN")
    past(cohort.organisation, cohort, "NNNNN", severity="tightened")
    _submission, records = reported(9, cohort=cohort)
    answer = officer.post(BATCHES, of(cohort), format="json")
    assert (answer.status_code, code_of(answer)) == (409, "sampling_discontinued")
    assert officer.get(f"review/sampling/{code}/").json()["stopped"]
    # Every record is then looked at: one by one, and not many at once.
    assert officer.post(f"records/{records[0].pk}/verify/").status_code == 200
    many = {"ids": [one.pk for one in records[1:]], "decision": "verify"}
    assert code_of(officer.post("records/decide/", many, format="json")) == "verified_as_lots"
    assert rule(officer, code, "consent").status_code == 409
    assert rule(officer, code, "resume", " ").status_code == 400
    resumed = rule(officer, code, "resume", "已更换填报人并重新培训")
    assert (resumed.status_code, resumed.json()["stopped"], resumed.json()["severity"]) == (200, False, "tightened")
    assert resumed.json()["history"][-1]["reason"] == "已更换填报人并重新培训"
    assert rule(officer, code, "resume").status_code == 409
    assert opened(officer, cohort)["plan"]["severity"] == "tightened"
    with everything():
        assert AuditEntry.objects.get(action="sampling.resume").detail["organisation"] == code


def test_reduced_inspection_waits_for_consent_or_begins_by_itself(officer: Caller) -> None:
    asks, alone = CohortFactory(), CohortFactory()
    sampling_on()
    sampling_on(alone.organisation, reduced="automatic")
    past(asks.organisation, asks, "A" * 10)
    past(alone.organisation, alone, "A" * 10, automatic=True)
    for cohort in (asks, alone):
        reported(300, cohort=cohort)
    assert opened(officer, alone)["plan"]["severity"] == "reduced"
    waiting = officer.get(f"review/sampling/{asks.organisation.code}/").json()
    assert (waiting["severity"], waiting["score"], waiting["awaits_consent"]) == ("normal", 30, True)
    assert rule(officer, asks.organisation.code, "consent").json()["severity"] == "reduced"
    lot = opened(officer, asks)
    assert (lot["plan"]["table"], lot["sample_size"], lot["accept_number"]) == ("2-C", 20, 3)
    assert rule(officer, asks.organisation.code, "normal", "换了系统").json()["severity"] == "normal"


def test_a_partner_sees_where_it_stands_and_nobody_elses(officer: Caller) -> None:
    cohort = CohortFactory()
    past(cohort.organisation, cohort, "AN")
    own = Caller(PartnerFactory(organisation=cohort.organisation))
    address = f"review/sampling/{cohort.organisation.code}/"
    assert [one["result"] for one in own.get(address).json()["history"]] == ["accepted", "not_accepted"]
    assert rule(own, cohort.organisation.code, "resume").status_code == 403
    assert Caller(PartnerFactory()).get(address).status_code == 404


def test_of_what_was_set_the_latest_that_has_begun_stands_and_an_organisations_own_goes_first() -> None:
    one, other = OrganisationFactory(), OrganisationFactory()
    today = clock.today()
    sampling_on(aql="1.0")
    sampling_on(aql="2.5", from_on=today + dt.timedelta(days=3))
    sampling_on(one, mode="off")
    sampling_on(one, mode="general", from_on=today + dt.timedelta(days=7))

    def aql(organisation: Any, days: int) -> str | None:
        found = in_force(today + dt.timedelta(days=days)).of(organisation.pk)
        return found.aql if found else None

    with everything():
        assert [aql(other, days) for days in (0, 2, 3, 9)] == ["1.0", "1.0", "2.5", "2.5"]
        assert [aql(one, days) for days in (0, 3, 7)] == [None, None, "2.5"]
        assert in_force(today - dt.timedelta(days=1)).on is False


def test_administrators_set_it_with_a_reason(officer: Caller) -> None:
    admin = Caller(AdminFactory(username="admin-wu"))
    partner = OrganisationFactory(code="GZU")
    today = clock.today().isoformat()
    body = {"mode": "on", "aql": "0.65", "level": "S-4", "from_on": today, "reason": "首年试行"}
    assert officer.post(SETTINGS, body, format="json").status_code == 403
    made = admin.post(SETTINGS, body | {"organisation": "GZU", "counted": ["critical"]}, format="json")
    assert made.status_code == 201
    assert made.json() | {"id": 0, "set_at": ""} == {
        "id": 0,
        "organisation": "GZU",
        "mode": "on",
        "aql": "0.65",
        "level": "S-4",
        "reduced": "asks",
        "outside": "refused",
        "counted": ["critical"],
        "critical_fails": False,
        "from_on": today,
        "reason": "首年试行",
        "set_by": "admin-wu",
        "set_at": "",
    }
    bad: list[dict[str, Any]] = [
        {"aql": "0.66"},
        {"aql": "15"},
        {"level": "IV"},
        {"mode": "general"},
        {"from_on": "2019-01-01"},
        {"counted": []},
        {"reason": ""},
    ]
    for wrong in bad:
        assert admin.post(SETTINGS, body | wrong, format="json").status_code == 400, wrong
    assert [one["aql"] for one in officer.get(SETTINGS + "?organisation=GZU").json()["results"]] == ["0.65"]
    assert Caller(PartnerFactory(organisation=partner)).get(SETTINGS).status_code == 403
    with everything():
        entry = AuditEntry.objects.get(action="sampling.set")
    assert (entry.detail["organisation"], entry.detail["aql"]) == ("GZU", "0.65")


def test_what_was_set_and_ruled_cannot_be_rewritten_and_stays_behind_its_wall(officer: Caller) -> None:
    cohort = CohortFactory()
    setting = sampling_on(cohort.organisation)
    with everything():
        for statement in (
            "UPDATE sampling_setting SET aql = '10' WHERE id = %s",
            "DELETE FROM sampling_setting WHERE id = %s",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [setting.pk])
    past(cohort.organisation, cohort, "A")
    with within(cohort.organisation_id):
        assert not SamplingSetting.objects.exists()
        assert Lot.objects.count() == 1
    with within(OrganisationFactory().pk):
        assert not Lot.objects.exists()

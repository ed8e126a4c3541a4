"""Scorecards against cases worked by hand, and what a partner learns of its peers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from programs.periods.expected import expect_obligations
from programs.periods.models import Obligation
from programs.scorecards.figures import FEWEST_PEERS, Spread, spread
from tests.factories import (
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
)
from tests.programs.reminders.world import AFTER_2, AFTER_8, BEFORE, DUE, move
from tests.support.partner import API, Partner, client_of

MEASURES = ("on_time", "first_pass", "duplicates", "verified", "correction_days")


def card(client: Any, **filters: str) -> dict[str, Any]:
    [one] = client.get(f"{API}scorecards/", filters).json()["results"]
    assert isinstance(one, dict)
    return one


def test_a_period_worked_by_hand(clock: Any, run_jobs: Callable[[], int]) -> None:
    """Ten rows: one lacks its name, one is there twice, one is mended before it is taken; of eight records taken, four
    are verified, one is rejected, one is returned and corrected two days later."""
    move(clock, BEFORE)
    partner = Partner(run_jobs)
    expect_obligations()
    rows = [partner.row(n) for n in range(1, 9)]
    rows += [partner.row(1), partner.row(9, name="")]
    rows[7]["district"] = "火星区"
    sent = partner.send(rows)
    mended = partner.api.patch(f"{API}submissions/{sent['id']}/rows/9/", {"district": "南明区"}, format="json")
    assert mended.status_code == 200, mended.content
    run_jobs()
    taken = partner.confirm(sent["id"])
    assert (taken["counts"]["rows"], taken["counts"]["accepted"]) == (10, 8)

    ids = [one["id"] for one in partner.records()]
    for record in ids[:4]:
        assert partner.officer.post(f"{API}records/{record}/verify/", {}, format="json").status_code == 200
    for record, decision in ((ids[4], "reject"), (ids[5], "return")):
        answer = partner.officer.post(f"{API}records/{record}/{decision}/", {"reason": "核查"}, format="json")
        assert answer.status_code == 200, answer.content
    run_jobs()
    move(clock, AFTER_8)
    one = card(partner.api, period="2019-Q1")
    assert one["organisation"] == partner.organisation.code
    assert one["on_time"] == 1.0
    assert one["first_pass"] == 0.7, "eight of ten were taken, one of them once it was mended"
    assert one["duplicates"] == 0.1
    assert one["verified"] == round(4 / 6, 4)
    assert one["correction_days"] is None, "nothing was corrected yet"
    assert one["counts"] == {
        "rows": 10,
        "first_rows": 10,
        "first_passed": 7,
        "duplicates": 1,
        "decided": 6,
        "verified": 4,
        "corrected": 0,
    }
    assert one["peers"] == dict.fromkeys(MEASURES), "there is nobody beside it"


@pytest.mark.usefixtures("db")
def test_on_time_by_what_became_of_the_obligation(clock: Any) -> None:
    owing = {name: OrganisationFactory(code=name) for name in ("ON", "LATE", "NEVER", "EXCUSED")}
    ProgrammeFactory(organisations=list(owing.values()))
    PeriodFactory(due_on=DUE)
    expect_obligations()
    moment = dt.datetime.combine(BEFORE, dt.time(9), dt.UTC)
    with scope.everything():
        for name, state, on_time in (
            ("ON", "confirmed_zero", True),
            ("LATE", "reported", False),
            ("EXCUSED", "excused", None),
        ):
            mine = Obligation.objects.filter(organisation=owing[name])
            mine.update(state=state, on_time=on_time, settled_at=moment)
    officer = client_of(OfficerFactory(email=""))
    move(clock, DUE)
    due = {one["organisation"]: one["on_time"] for one in cards(officer)}
    assert due == {"ON": 1.0, "LATE": 0.0, "NEVER": None, "EXCUSED": None}, "today it may still come"
    move(clock, AFTER_2)
    over = {one["organisation"]: one["on_time"] for one in cards(officer)}
    assert over == {"ON": 1.0, "LATE": 0.0, "NEVER": 0.0, "EXCUSED": None}


def cards(client: Any) -> list[dict[str, Any]]:
    found = client.get(f"{API}scorecards/", {"period": "2019-Q1"}).json()["results"]
    assert isinstance(found, list)
    return found


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("others", "told"), [(FEWEST_PEERS - 1, False), (FEWEST_PEERS, True)])
def test_a_partner_sees_its_own_beside_peers_whom_nobody_can_name(clock: Any, others: int, told: bool) -> None:
    partners = [OrganisationFactory(code=f"PEER-{n}") for n in range(others + 1)]
    stranger = OrganisationFactory(code="OTHER-KIND", kind="employer")
    ProgrammeFactory(organisations=[*partners, stranger])
    PeriodFactory(due_on=DUE)
    expect_obligations()
    with scope.everything():
        settled = dt.datetime.combine(BEFORE, dt.time(9), dt.UTC)
        Obligation.objects.exclude(organisation=partners[0]).update(state="reported", on_time=True, settled_at=settled)
    move(clock, AFTER_8)
    client = client_of(PartnerFactory(organisation=partners[0]))
    answer = client.get(f"{API}scorecards/", {"period": "2019-Q1"})
    [one] = answer.json()["results"]
    assert (one["organisation"], one["on_time"]) == ("PEER-0", 0.0)
    wanted = {"peers": others, "low": 1.0, "median": 1.0, "high": 1.0, "mean": 1.0} if told else None
    assert one["peers"]["on_time"] == wanted
    assert all(other.code not in answer.content.decode() for other in [*partners[1:], stranger])
    assert cards_of(client, "PEER-1") == [], "naming another one shows nothing of it"
    assert len(cards(client_of(ManagerFactory()))) == others + 2


def cards_of(client: Any, organisation: str) -> list[Any]:
    found = client.get(f"{API}scorecards/", {"period": "2019-Q1", "organisation": organisation}).json()["results"]
    assert isinstance(found, list)
    return found


@pytest.mark.usefixtures("db")
def test_the_change_is_from_the_period_before_of_the_same_length(clock: Any) -> None:
    partner = OrganisationFactory(code="GZU")
    ProgrammeFactory(organisations=[partner], starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2019, 12, 31))
    frequency = {"frequency": "quarter"}
    PeriodFactory(due_on=DUE, **frequency)
    year_end = {"starts_on": dt.date(2018, 10, 1), "ends_on": dt.date(2018, 12, 31), "due_on": dt.date(2019, 1, 15)}
    PeriodFactory(code="2018-Q4", **year_end, **frequency)
    PeriodFactory(code="2019-02", starts_on=dt.date(2019, 2, 1), ends_on=dt.date(2019, 2, 28), frequency="month")
    expect_obligations()
    with scope.everything():
        settled = dt.datetime(2019, 4, 1, tzinfo=dt.UTC)
        own = Obligation.objects.filter(period__code="2019-Q1")
        own.update(state="reported", on_time=True, settled_at=settled)
    move(clock, AFTER_8)
    one = card(client_of(OfficerFactory(email="")), period="2019-Q1")
    assert one["change"]["on_time"] == 1.0, "late before, on time now"
    assert one["change"]["first_pass"] is None


@pytest.mark.usefixtures("db")
def test_an_unknown_period_or_name_is_refused() -> None:
    officer = client_of(OfficerFactory(email=""))
    assert officer.get(f"{API}scorecards/", {"period": "1900-Q1"}).status_code == 400
    assert officer.get(f"{API}scorecards/", {"perod": "2019-Q1"}).status_code == 400


def test_a_spread_is_told_of_enough_values_alone() -> None:
    few = [0.5] * (FEWEST_PEERS - 1)
    assert spread(few) is None
    assert spread([*few, None]) is None, "who has no value is no peer"
    assert spread([0.0, 0.25, 0.5, 0.75, 1.0]) == Spread(5, 0.25, 0.5, 0.75, 0.5)

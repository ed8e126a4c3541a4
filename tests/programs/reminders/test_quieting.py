"""Who is left in peace is not reminded, and hears once of what has waited when it is over."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.periods import obligations
from programs.reminders.models import LadderStage
from programs.reminders.services import tick
from tests.factories import ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.reminders.world import AFTER_2, AFTER_5, BEFORE, DUE, SHANGHAI, contact, move, owing, rows
from tests.support.mailbox import Mailbox
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
QUIET = f"{API}reminders/quiet/"
CLERK = [contact("submitter", "clerk@example.com")]


@pytest.fixture
def officer() -> Any:
    return client_of(OfficerFactory(email=""))


@pytest.fixture
def beat(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> Callable[[dt.date], list[str]]:
    """Beat at nine of a day; to whom mail went."""

    def at(day: dt.date) -> list[str]:
        move(clock, day)
        tick()
        run_jobs()
        taken = sorted(to for to, _message in mailbox.taken)
        mailbox.taken.clear()
        return taken

    return at


def quiet(client: Any, **body: Any) -> Any:
    return client.post(QUIET, {"organisation": "GZU", "reason": "搬迁校区", **body}, format="json")


def test_a_snooze_ends_on_its_day_with_one_message(officer: Any, beat: Any, clock: Any) -> None:
    owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    assert quiet(officer, until=str(AFTER_2)).status_code == 201
    assert [beat(day) for day in (BEFORE, DUE)] == [[], []]
    assert beat(AFTER_2) == ["clerk@example.com"]
    assert {one.stage: one.state for one in rows(recipient="clerk@example.com") if one.state != "scheduled"} == {
        "before_5": "skipped",
        "due": "skipped",
        "after_2": "sent",
    }


def test_a_mute_lasts_until_it_is_lifted(officer: Any, beat: Any, clock: Any) -> None:
    owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    made = quiet(officer).json()
    assert (made["until"], made["lasting"], made["reason"]) == (None, True, "搬迁校区")
    assert [beat(day) for day in (BEFORE, DUE, AFTER_2)] == [[], [], []]
    without = officer.post(f"{QUIET}{made['id']}/lift/", {}, format="json")
    assert without.status_code == 400
    lifted = officer.post(f"{QUIET}{made['id']}/lift/", {"reason": "搬完"}, format="json")
    assert (lifted.status_code, lifted.json()["lasting"], lifted.json()["lift_reason"]) == (200, False, "搬完")
    assert officer.post(f"{QUIET}{made['id']}/lift/", {"reason": "搬完"}, format="json").status_code == 409
    assert beat(AFTER_2) == ["clerk@example.com"]
    with scope.everything():
        assert AuditEntry.objects.filter(action__in=["reminders.quiet", "reminders.unquiet"]).count() == 2


def test_what_a_stage_says_later_that_day_is_not_said_before(
    officer: Any, beat: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    """Lifted an hour before a stage, or snoozed until a day on which one speaks in the afternoon: one message."""
    owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    with scope.everything():
        LadderStage.objects.filter(code="after_5").update(hour=dt.time(14))
    made = quiet(officer).json()
    assert [beat(day) for day in (BEFORE, DUE)] == [[], []]
    move(clock, AFTER_2, 8)
    assert officer.post(f"{QUIET}{made['id']}/lift/", {"reason": "搬完"}, format="json").status_code == 200
    tick()
    run_jobs()
    assert mailbox.taken == []
    assert {one.stage: one.state for one in rows(recipient="clerk@example.com") if one.state != "scheduled"} == {
        "before_5": "skipped",
        "due": "skipped",
    }
    assert quiet(officer, until=str(AFTER_5)).status_code == 201
    until = dt.datetime.combine(AFTER_5, dt.time(23), SHANGHAI)
    foretold = officer.get(f"{API}reminders/preview/", {"at": until.isoformat()}).json()["results"]
    mine = [(one["stage"], one["due_at"]) for one in foretold if one["recipient"] == "clerk@example.com"]
    assert mine == [("after_5", dt.datetime.combine(AFTER_5, dt.time(14), SHANGHAI).isoformat())]
    assert "clerk@example.com" not in beat(AFTER_2) + beat(AFTER_5)
    move(clock, AFTER_5, 14)
    tick()
    run_jobs()
    assert [to for to, _message in mailbox.taken].count("clerk@example.com") == 1


def test_what_is_settled_meanwhile_is_not_caught_up_with(officer: Any, beat: Any, clock: Any) -> None:
    owed = owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    quiet(officer, until=str(AFTER_2))
    beat(DUE)
    with scope.everything():
        obligations.excuse(actor=OfficerFactory(email=""), obligation=owed, reason="停办")
    assert [beat(day) for day in (AFTER_2, AFTER_5)] == [[], []]
    assert {one.state for one in rows()} == {"cancelled"}


def test_one_obligation_alone_and_nobody_elses(officer: Any, beat: Any, clock: Any) -> None:
    owed = owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    stranger = OrganisationFactory(code="OTHER")
    wrong = quiet(officer, organisation="OTHER", obligation=owed.pk)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "obligation")
    assert quiet(officer, organisation=stranger.code).status_code == 201
    assert beat(BEFORE) == ["clerk@example.com"]
    assert quiet(officer, obligation=owed.pk).status_code == 201
    assert quiet(officer, obligation=owed.pk).json()["type"].endswith("already_exists")
    assert beat(DUE) == []
    by_hand = officer.post(f"{API}obligations/{owed.pk}/remind/")
    assert (by_hand.status_code, "搬迁校区" in by_hand.json()["detail"]) == (409, True)


def test_a_day_that_is_past_and_no_reason_are_refused(officer: Any, clock: Any) -> None:
    owing()
    move(clock, BEFORE)
    for body in ({"until": str(BEFORE)}, {"reason": "  "}, {"reason": "x" * 501}, {"organisation": "NOBODY"}):
        assert quiet(officer, **body).status_code == 400
    assert client_of(ManagerFactory()).get(QUIET).status_code == 200
    assert client_of(PartnerFactory()).get(QUIET).status_code == 403


def test_a_snooze_that_has_run_out_makes_room_for_another(officer: Any, clock: Any) -> None:
    owing()
    move(clock, BEFORE)
    assert quiet(officer, until="2019-04-10").status_code == 201
    assert quiet(officer).status_code == 409
    move(clock, dt.date(2019, 4, 10))
    assert officer.get(QUIET, {"lasting": "true"}).json()["results"] == []
    assert quiet(officer).status_code == 201
    assert len(officer.get(QUIET, {"organisation": "GZU"}).json()["results"]) == 2


def test_a_snooze_ends_at_nine_and_not_at_midnight(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    quiet(officer, until="2019-04-18")
    for hour, wanted in ((0, []), (8, []), (9, ["clerk@example.com"]), (10, ["clerk@example.com"])):
        move(clock, dt.date(2019, 4, 18), hour, minutes=5 if hour == 0 else 0)
        tick()
        run_jobs()
        assert [to for to, _message in mailbox.taken] == wanted, hour


LONGER = [
    ("2019-04-09", False),
    ("2019-04-15", False),
    ("2019-04-15", True),
    ("2019-04-16", True),
    ("2019-04-18", False),
    ("2019-04-23", False),
    ("2019-04-23", True),
    ("2019-05-20", True),
]


@pytest.mark.parametrize(
    ("until", "digest"),
    [
        ("2019-04-09", True),
        ("2019-04-16", False),
        ("2019-04-18", True),
        ("2019-05-20", False),
        *(pytest.param(day, digest, marks=pytest.mark.soak) for day, digest in LONGER),
    ],
)
def test_the_preview_tells_what_goes_out_when_a_snooze_ends(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int], until: str, digest: bool
) -> None:
    """Day and recipient of every message that is foretold, and no other, is received."""
    organisation = owing(contacts=[*CLERK, contact("leader", "leader@example.com")]).organisation
    if digest:
        clerk = PartnerFactory(organisation=organisation, email="clerk@example.com")
        assert client_of(clerk).put(f"{API}reminders/digest/", {"digest": True, "hour": "11:00"}, format="json")
    move(clock, dt.date(2019, 4, 1))
    quiet(officer, until=until)
    far = dt.datetime(2019, 5, 30, tzinfo=SHANGHAI).isoformat()
    rows_told = officer.get(f"{API}reminders/preview/", {"at": far}).json()["results"]
    told = {(dt.datetime.fromisoformat(one["due_at"]).date(), one["recipient"]) for one in rows_told}
    assert any(str(day) == until for day, _to in told), "the catch-up is foretold"
    got = set()
    day = dt.date(2019, 4, 1)
    while day < dt.date(2019, 5, 30):
        for hour in (0, 9, 11):
            move(clock, day, hour, minutes=1)
            tick()
            run_jobs()
            got |= {(day, to) for to, _message in mailbox.taken}
            mailbox.taken.clear()
        day += dt.timedelta(days=1)
    assert got == told


def test_the_preview_leaves_out_what_will_not_go_out(officer: Any, clock: Any) -> None:
    owing(contacts=CLERK)
    move(clock, dt.date(2019, 4, 1))
    until = dt.datetime(2019, 5, 30, tzinfo=SHANGHAI).isoformat()

    def foretold() -> set[str]:
        found = officer.get(f"{API}reminders/preview/", {"at": until}).json()["results"]
        return {one["stage"] for one in found}

    assert "before_5" in foretold()
    quiet(officer, until=str(AFTER_2))
    assert foretold() == {"after_2", "after_5", "leader_5", "bureau_8"}
    officer.post(f"{QUIET}{officer.get(QUIET).json()['results'][0]['id']}/lift/", {"reason": "x"}, format="json")
    quiet(officer)
    assert foretold() == set()

"""A ladder as versions: drafted, looked at beside what is in force, switched on, and never sending anything twice."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.models import AuditEntry
from programs.reminders.models import LadderPolicy
from programs.reminders.services import tick
from programs.reminders.shipped import load_ladders
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.reminders.world import BEFORE, DUE, SHANGHAI, contact, move, owing, rows, states
from tests.support.mailbox import Mailbox
from tests.support.partner import API, client_of

pytestmark = pytest.mark.django_db
POLICIES = f"{API}reminders/policies/"


@pytest.fixture
def officer() -> Any:
    return client_of(OfficerFactory(email=""))


def drafted(client: Any, kind: str = "reporting") -> dict[str, Any]:
    answer = client.post(POLICIES, {"kind": kind}, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def changed(
    client: Any, draft: dict[str, Any], change: Callable[[dict[str, dict[str, Any]]], object]
) -> dict[str, Any]:
    """The draft with its stages, by code, changed in place."""
    stages = {one["code"]: one for one in draft["stages"]}
    change(stages)
    answer = client.patch(f"{POLICIES}{draft['id']}/", {"stages": list(stages.values())}, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def switched_on(client: Any, draft: dict[str, Any], **more: str) -> dict[str, Any]:
    answer = client.post(f"{POLICIES}{draft['id']}/switch-on/", {"reason": "新学期", **more}, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def compared(client: Any, policy: dict[str, Any], first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    answer = client.get(f"{POLICIES}{policy['id']}/preview/", {"from": str(first), "to": str(last)})
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def test_what_is_shipped_is_in_force_or_a_draft_and_loading_again_changes_nothing(officer: Any) -> None:
    found = officer.get(POLICIES).json()["results"]
    assert {one["kind"]: one["state"] for one in found} == {
        "reporting": "in_force",
        **dict.fromkeys(("retention", "returned", "unconfirmed", "threads", "matches"), "draft"),
    }
    assert [one["kind"] for one in officer.get(POLICIES, {"in_force": "true"}).json()["results"]] == ["reporting"]
    with scope.everything():
        assert load_ladders() == []


def test_a_draft_is_a_copy_that_sends_nothing(officer: Any, clock: Any, mailbox: Mailbox) -> None:
    owing()
    move(clock, dt.date(2019, 4, 1))
    draft = drafted(officer)
    assert (draft["state"], draft["version"]) == ("draft", 2)
    [before] = officer.get(POLICIES, {"in_force": "true", "kind": "reporting"}).json()["results"]
    assert draft["stages"] == before["stages"]
    changed(officer, draft, lambda stages: stages.pop("due"))
    tick()
    assert {one.stage for one in rows()} >= {"due", "before_5"}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"days": 21}, "days", "out_of_bounds"),
        ({"days": -41}, "days", "out_of_bounds"),
        ({"code": "by_hand"}, "code", "invalid"),
        ({"code": "before_5"}, "code", "already_exists"),
        ({"quiet_from": "21:00"}, "quiet_from", "half"),
        ({"quiet_from": "20:00", "quiet_until": "09:30"}, "hour", "quiet"),
        ({"channel": "webhook"}, "endpoint", "required"),
        ({"channel": "webhook", "endpoint": "999999"}, "endpoint", "unknown"),
        ({"endpoint": "3"}, "endpoint", "unexpected"),
        ({"channel": "inbox", "contact_role": "教务"}, "contact_role", "unexpected"),
        ({"subject_en": "Report of {organization}"}, "subject_en", "unknown_placeholder"),
        ({"text_zh": "请报送 {period.code}"}, "text_zh", "unknown_placeholder"),
        ({"text_en": "{organisation"}, "text_en", "stray_brace"),
        ({"text_en": "{organisation!r}"}, "text_en", "unknown_placeholder"),
    ],
)
def test_a_stage_that_cannot_be_is_refused(officer: Any, values: dict[str, Any], field: str, code: str) -> None:
    draft = drafted(officer)
    place = next(n for n, one in enumerate(draft["stages"]) if one["code"] == "due")
    draft["stages"][place].update(values)
    answer = officer.patch(f"{POLICIES}{draft['id']}/", {"stages": draft["stages"]}, format="json")
    assert answer.status_code == 400
    assert (f"stages.{place}.{field}", code) in {(one["field"], one["code"]) for one in answer.json()["errors"]}


def test_who_may_not_and_what_is_in_force_is_not_changed(officer: Any) -> None:
    [before] = officer.get(POLICIES, {"in_force": "true"}).json()["results"]
    refused = officer.patch(f"{POLICIES}{before['id']}/", {"stages": before["stages"]}, format="json")
    assert refused.status_code == 409
    draft = drafted(officer)
    manager = client_of(ManagerFactory())
    assert manager.post(f"{POLICIES}{draft['id']}/switch-on/", {"reason": "x"}, format="json").status_code == 403
    without = officer.post(f"{POLICIES}{draft['id']}/switch-on/", {"reason": " "}, format="json")
    assert without.status_code == 400
    past = officer.post(f"{POLICIES}{draft['id']}/switch-on/", {"reason": "x", "from": "2019-01-01"}, format="json")
    assert past.json()["errors"][0]["field"] == "from"
    assert switched_on(client_of(AdminFactory()), draft)["state"] == "in_force"
    with scope.everything():
        [entry] = AuditEntry.objects.filter(action="ladder.switch_on")
    assert entry.detail["reason"] == "新学期"


def test_the_preview_tells_what_a_draft_would_change_and_then_it_is_so(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing(contacts=[contact("submitter", "clerk@example.com"), contact("dean", "dean@example.com")])
    move(clock, dt.date(2019, 4, 1))
    run_jobs()

    def change(stages: dict[str, dict[str, Any]]) -> None:
        stages["before_5"] |= {"days": -7, "counting": "calendar", "hour": "10:30"}
        del stages["due"]
        stages["dean_2"] = {"code": "dean_2", "days": 2, "audience": "leader", "contact_role": "dean"}

    draft = changed(officer, drafted(officer), change)
    told = compared(officer, draft, dt.date(2019, 4, 1), dt.date(2019, 4, 30))
    by_code = {(one["stage"], one["recipient"]): one for one in told}
    clerk = "clerk@example.com"
    moved = by_code["before_5", clerk]
    assert (moved["change"], moved["in_force"][:16], moved["here"][:16]) == (
        "moved",
        "2019-04-08T09:00",
        "2019-04-08T10:30",
    )
    assert (by_code["due", clerk]["change"], by_code["due", clerk]["here"]) == ("dropped", None)
    assert (by_code["dean_2", "dean@example.com"]["change"], by_code["after_2", clerk]["change"]) == ("added", "same")
    assert compared(officer, draft, dt.date(2019, 4, 16), dt.date(2019, 4, 16)) == []

    switched_on(officer, draft)
    promised = Counter((one["here"][:16], one["recipient"]) for one in told if one["here"])
    got: Counter[tuple[str, str]] = Counter()
    for day in range(1, 31):
        for hour, minutes in ((9, 0), (10, 30)):
            move(clock, dt.date(2019, 4, day), hour, minutes)
            tick()
            run_jobs()
            at = f"2019-04-{day:02d}T{hour:02d}:{minutes:02d}"
            got.update((at, to) for to, _message in mailbox.taken)
            mailbox.taken.clear()
    assert got == promised
    assert states(stage="due") == {("due", clerk): ("cancelled", "replaced")}


def test_a_switch_neither_catches_up_nor_sends_twice(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing()
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert len(mailbox.taken) == 2
    mailbox.taken.clear()

    def change(stages: dict[str, dict[str, Any]]) -> None:
        stages["before_5"]["days"] = -2
        stages["before_9"] = {"code": "before_9", "days": -9, "audience": "submitter"}

    switched_on(officer, changed(officer, drafted(officer), change))
    for day in range(8, 13):
        move(clock, dt.date(2019, 4, day))
        tick()
        run_jobs()
    assert mailbox.taken == [], "before_5 went out under its code, and before_9 lies before the switch"
    move(clock, DUE)
    tick()
    run_jobs()
    assert len(mailbox.taken) == 2
    with scope.everything():
        newest = LadderPolicy.objects.get(kind="reporting", version=2)
    assert {one.policy_id for one in rows(stage="due")} == {newest.pk}


def test_a_version_can_be_switched_on_from_a_day_to_come(officer: Any, clock: Any, mailbox: Mailbox) -> None:
    owing()
    move(clock, dt.date(2019, 4, 1))
    draft = switched_on(
        officer, changed(officer, drafted(officer), lambda s: s["due"].update(hour="15:00")), **{"from": "2019-04-10"}
    )
    assert draft["state"] == "planned"
    tick()
    at = {one.stage: one.due_at.astimezone(SHANGHAI).strftime("%m-%d %H") for one in rows()}
    assert (at["before_5"], at["due"]) == ("04-08 09", "04-15 15")
    assert {one["state"] for one in officer.get(POLICIES, {"kind": "reporting"}).json()["results"]} == {
        "planned",
        "in_force",
    }
    # Of two that are to come, the one switched on last holds.
    sooner = switched_on(officer, drafted(officer), **{"from": "2019-04-09"})
    tick()
    assert {one.due_at.astimezone(SHANGHAI).hour for one in rows(stage="due")} == {9}
    assert officer.get(f"{POLICIES}{draft['id']}/").json()["state"] == "retired"
    assert officer.get(f"{POLICIES}{sooner['id']}/").json()["state"] == "planned"


def test_switched_off_nothing_more_goes_out(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing()
    move(clock, dt.date(2019, 4, 1))
    run_jobs()
    [there] = officer.get(POLICIES, {"in_force": "true"}).json()["results"]
    off = officer.post(f"{POLICIES}{there['id']}/switch-off/", {"reason": "停"}, format="json")
    assert (off.status_code, off.json()["state"]) == (200, "retired")
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert mailbox.taken == []
    assert {(one.state, one.note) for one in rows()} == {("cancelled", "replaced")}


def test_nothing_is_switched_on_that_nobody_carries(officer: Any) -> None:
    draft = drafted(officer)
    with scope.everything():
        LadderPolicy.objects.get(pk=draft["id"]).stages.filter(code="due").update(channel="pigeon")
    refused = officer.post(f"{POLICIES}{draft['id']}/switch-on/", {"reason": "x"}, format="json")
    assert refused.status_code == 400
    assert "not_carried" in {one["code"] for one in refused.json()["errors"]}


def test_quiet_hours_and_days_off_are_waited_out(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing()
    move(clock, dt.date(2019, 4, 1))

    def change(stages: dict[str, dict[str, Any]]) -> None:
        stages["before_5"] |= {"quiet_from": "20:00", "quiet_until": "08:00", "working_days_only": True}

    switched_on(officer, changed(officer, drafted(officer), change))
    # The sender was down on Monday the 8th until late in the evening.
    for hour, wanted in ((21, 0), (23, 0)):
        move(clock, BEFORE, hour)
        tick()
        run_jobs()
        assert len(mailbox.taken) == wanted
    move(clock, BEFORE + dt.timedelta(days=1), 7)
    tick()
    run_jobs()
    assert mailbox.taken == []
    move(clock, BEFORE + dt.timedelta(days=1), 8)
    tick()
    run_jobs()
    assert sorted(to for to, _message in mailbox.taken) == ["clerk@example.com", "english@example.com"]


def test_a_later_stage_that_waits_for_its_hour_replaces_an_earlier_one_that_does_not(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    """Beat was away until the evening of the due day, whose stage is not sent at night: one mail, in the morning."""
    owing(contacts=[contact("submitter", "clerk@example.com")])
    move(clock, dt.date(2019, 4, 1))

    def change(stages: dict[str, dict[str, Any]]) -> None:
        stages["due"] |= {"quiet_from": "20:00", "quiet_until": "08:00"}

    switched_on(officer, changed(officer, drafted(officer), change))
    for day, hour, wanted in ((15, 21, 0), (16, 8, 1), (16, 12, 1)):
        move(clock, dt.date(2019, 4, day), hour)
        tick()
        run_jobs()
        assert len(mailbox.taken) == wanted, (day, hour)


def test_what_a_day_off_has_kept_goes_out_at_its_hour_and_once(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    """Beat was away until Saturday; what was due is not sent as Monday begins, nor is what it replaces sent later."""
    owing(contacts=[contact("submitter", "clerk@example.com")])
    move(clock, dt.date(2019, 4, 1))

    def change(stages: dict[str, dict[str, Any]]) -> None:
        for code in [code for code in stages if code not in ("due", "after_2")]:
            del stages[code]
        stages["due"] |= {"working_days_only": True, "hour": "10:00", "days": 3}
        stages["after_2"] |= {"days": 4, "working_days_only": True}

    switched_on(officer, changed(officer, drafted(officer), change))
    for day, hour, minutes, wanted in ((20, 9, 0, 0), (22, 0, 5, 0), (22, 9, 0, 1), (22, 10, 0, 1), (22, 18, 0, 1)):
        move(clock, dt.date(2019, 4, day), hour, minutes)
        tick()
        run_jobs()
        assert len(mailbox.taken) == wanted, (day, hour)


def test_a_day_off_waits_for_the_next_working_day(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing()
    move(clock, dt.date(2019, 4, 1))

    def change(stages: dict[str, dict[str, Any]]) -> None:
        for code in [code for code in stages if code != "due"]:
            del stages[code]
        stages["due"] |= {"working_days_only": True}
        stages["saturday"] = {"code": "saturday", "days": 5, "counting": "calendar", "audience": "submitter"}
        stages["monday"] = {**stages["saturday"], "code": "monday", "working_days_only": True, "audience": "leader"}

    switched_on(officer, changed(officer, drafted(officer), change))
    tick()
    days = {one.stage: one.due_at.astimezone(SHANGHAI).date().day for one in rows()}
    assert days == {"due": 15, "saturday": 20, "monday": 22}


def test_the_bureaus_own_words_are_filled_in_and_the_shipped_ones_stay_the_default(
    officer: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing(name_en="Guizhou <University>", name_zh="贵州{period}大学")
    move(clock, dt.date(2019, 4, 1))

    def change(stages: dict[str, dict[str, Any]]) -> None:
        stages["before_5"] |= {
            "subject_en": "{organisation}: {period}",
            "text_en": "Dear all,\nplease report {period} by {due}.\n\n{link}",
            "subject_zh": "{organisation}催报",
        }

    switched_on(officer, changed(officer, drafted(officer), change))
    move(clock, BEFORE)
    tick()
    run_jobs()
    got = dict(mailbox.taken)
    english, chinese = got["english@example.com"], got["clerk@example.com"]
    assert english["Subject"] == "Guizhou <University>: 2019-Q1"
    text, html = (part.get_content() for part in english.iter_parts())
    lines = text.splitlines()
    assert lines[:3] == ["Dear all,", "please report 2019-Q1 by 15 April 2019.", ""]
    assert lines.count("http://127.0.0.1:8000/obligations/") == 1
    assert '<a href="http://127.0.0.1:8000/obligations/">' in html
    assert "Dear all,<br>please report" in html
    # What looks like a placeholder in a value is a value, and where no text is given the shipped one is sent.
    assert chinese["Subject"] == "贵州{period}大学催报"
    said = next(iter(chinese.iter_parts())).get_content()
    assert "贵州{period}大学 2019-Q1 期（2019年1月1日至2019年3月31日）的数据" in said


def test_partners_see_neither_ladders_nor_what_is_told_inside(clock: Any) -> None:
    clerk: User = PartnerFactory(organisation=OrganisationFactory())
    assert client_of(clerk).get(POLICIES).status_code == 403

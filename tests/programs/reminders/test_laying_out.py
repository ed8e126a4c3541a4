"""The ladder as it is written down, moved and foretold, and reminding by hand."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.periods import services as periods
from programs.periods.expected import expect_obligations
from programs.periods.models import Period
from programs.reminders.services import tick
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory
from tests.programs.reminders.world import (
    AFTER_2,
    AFTER_5,
    AFTER_8,
    BEFORE,
    DUE,
    SHANGHAI,
    contact,
    move,
    owing,
    partner,
    rows,
    states,
)
from tests.support.mailbox import Mailbox
from tests.support.partner import API, client_of

NINE = dt.time(9)
LADDER = [("before_5", BEFORE), ("due", DUE), ("after_2", AFTER_2), ("after_5", AFTER_5), ("leader_5", AFTER_5)]


def test_a_period_that_is_opened_has_its_ladder_without_waiting_for_beat(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    partner(contacts=[contact("submitter", "clerk@example.com"), contact("leader", "leader@example.com")])
    move(clock, DUE, 10)
    with scope.everything():
        quarter: dict[str, Any] = {"frequency": "quarter", "first": dt.date(2019, 1, 1), "last": dt.date(2019, 3, 31)}
        periods.generate_periods(actor=None, working_days_after_end=10, **quarter)
    run_jobs()
    found = [(row.stage, row.due_at.astimezone(SHANGHAI)) for row in rows(organisation__code="GZU")]
    assert found == [(stage, dt.datetime.combine(day, NINE, SHANGHAI)) for stage, day in LADDER]
    assert [address for address, _message in mailbox.taken] == ["clerk@example.com"]
    assert states(stage__in=["before_5", "due"]) == {
        ("before_5", "clerk@example.com"): ("skipped", "later_stage"),
        ("due", "clerk@example.com"): ("sent", ""),
    }


def test_a_due_day_that_moves_takes_its_ladder_along(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing()
    move(clock, dt.date(2019, 4, 1))
    run_jobs()
    before = len(rows())
    with scope.everything():
        periods.change_period(actor=None, period=Period.objects.get(), due_on=dt.date(2019, 4, 30))
    run_jobs()
    assert len(rows()) == before
    # From the 1st to the 4th of May nobody works, and on Sunday the 28th of April everybody does.
    days = {row.stage: row.due_at.astimezone(SHANGHAI).date() for row in rows()}
    assert (days["before_5"], days["due"], days["after_2"]) == (
        dt.date(2019, 4, 24),
        dt.date(2019, 4, 30),
        dt.date(2019, 5, 6),
    )


def test_whoever_is_no_contact_any_more_is_not_written_to(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owed = owing()
    move(clock, dt.date(2019, 4, 1))
    tick()
    with scope.everything():
        organisation = owed.organisation
        organisation.contacts = [contact("submitter", "new@example.com"), contact("leader", "leader@example.com")]
        organisation.save()
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert states(stage="before_5") == {
        ("before_5", "clerk@example.com"): ("cancelled", "not_a_recipient"),
        ("before_5", "english@example.com"): ("cancelled", "not_a_recipient"),
        ("before_5", "new@example.com"): ("sent", ""),
    }
    assert [address for address, _message in mailbox.taken] == ["new@example.com"]


def test_who_is_a_contact_again_is_written_to_again(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    """Somebody stood in for a week; what went out meanwhile is not repeated but for the latest of it."""
    own = [contact("submitter", "clerk@example.com"), contact("leader", "leader@example.com")]
    owed = owing(contacts=own)
    got = []
    for day, submitter in ((1, "clerk"), (4, "stand-in"), (8, "stand-in"), (9, "clerk"), (15, "clerk"), (17, "clerk")):
        with scope.everything():
            owed.organisation.contacts = [contact("submitter", f"{submitter}@example.com"), own[1]]
            owed.organisation.save(update_fields=["contacts"])
        move(clock, dt.date(2019, 4, day), 10)
        tick()
        run_jobs()
        got += [(day, to.partition("@")[0]) for to, _message in mailbox.taken]
        mailbox.taken.clear()
    assert got == [(8, "stand-in"), (9, "clerk"), (15, "clerk"), (17, "clerk")]


def foretold(client: Any, at: dt.datetime) -> list[tuple[str, str, str]]:
    found = client.get(f"{API}reminders/preview/", {"at": at.isoformat()}).json()["results"]
    return [(one["due_at"], one["stage"], one["recipient"]) for one in found]


def test_the_preview_tells_what_goes_out_if_nothing_comes(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owed = owing()
    move(clock, dt.date(2019, 4, 1))
    officer, own = client_of(OfficerFactory(email="")), client_of(PartnerFactory(organisation=owed.organisation))
    stranger = client_of(PartnerFactory(organisation=OrganisationFactory()))
    far = dt.datetime(2019, 9, 1, tzinfo=SHANGHAI)
    assert foretold(officer, dt.datetime.combine(BEFORE, dt.time(8, 59), SHANGHAI)) == []
    whole = foretold(officer, far)
    assert [stage for _at, stage, _to in whole].count("bureau_8") == 1
    assert foretold(own, far) == [one for one in whole if one[1] != "bureau_8"]
    assert foretold(stranger, far) == []
    assert (rows(), mailbox.taken) == ([], []), "to look changes nothing"

    for day in (BEFORE, DUE, AFTER_2, AFTER_5, AFTER_8):
        move(clock, day)
        tick()
        run_jobs()
        mailbox.taken.clear()
    went = [(row.due_at.astimezone(SHANGHAI).isoformat(), row.stage, row.recipient) for row in rows(state="sent")]
    assert sorted(went) == sorted(whole)
    assert foretold(officer, far) == []


def test_an_officer_reminds_by_hand_once_a_day(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owed = owing()
    officer = client_of(OfficerFactory(email=""))
    address = f"{API}obligations/{owed.pk}/remind/"
    assert client_of(PartnerFactory(organisation=owed.organisation)).post(address).status_code == 403
    for day, wanted in ((dt.date(2019, 4, 10), 2), (dt.date(2019, 4, 11), 4)):
        move(clock, day)
        first, second = officer.post(address), officer.post(address)
        assert (first.status_code, second.status_code) == (200, 200)
        assert [one["id"] for one in first.json()] == [one["id"] for one in second.json()]
        run_jobs()
        assert len([row for row in rows(state="sent") if row.stage.startswith("by_hand")]) == wanted
    assert len({message["Message-ID"] for _address, message in mailbox.taken}) == len(mailbox.taken)
    with scope.everything():
        assert AuditEntry.objects.filter(action="obligation.remind").count() == 2


def test_there_must_be_something_to_remind_of_and_somebody_to_write_to(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    officer = client_of(OfficerFactory(email=""))
    owed = owing()
    officer.post(f"{API}obligations/{owed.pk}/excuse/", {"reason": "停办"}, format="json")
    assert officer.post(f"{API}obligations/{owed.pk}/remind/").status_code == 409
    OrganisationFactory(code="NOBODY")
    with scope.everything():
        lonely = partner(code="NOBODY2", contacts=[])
        lonely.users.update(is_active=False)
    expect_obligations()
    run_jobs()
    with scope.everything():
        [other] = lonely.obligations.all()
    refused = officer.post(f"{API}obligations/{other.pk}/remind/")
    assert (refused.status_code, "NOBODY2" in refused.json()["detail"]) == (409, True)
    assert mailbox.taken == []

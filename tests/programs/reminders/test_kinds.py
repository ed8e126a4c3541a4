"""What else is reminded of, each by its own clock and to its own end."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.reminders import policies
from programs.reminders.models import LadderPolicy
from programs.reminders.services import tick
from programs.review import services as decisions
from programs.review import threads
from programs.submissions.models import Submission
from talent.people.models import MatchCase
from tests.factories import ManagerFactory, OfficerFactory, PartnerFactory, PeriodFactory, RecordFactory
from tests.programs.reminders.world import SHANGHAI, contact, move, partner, rows
from tests.support.mailbox import Mailbox
from tests.support.partner import API, Partner, client_of

pytestmark = pytest.mark.django_db
# A Monday; the days after it are worked until the Dragon Boat Festival on Friday the 7th of June.
START = dt.date(2019, 5, 20)


@pytest.fixture
def beat(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> Callable[..., list[tuple[str, str]]]:
    """Beat at nine of a day; to whom which subject went, but the mails of other rooms."""

    def at(day: dt.date) -> list[tuple[str, str]]:
        move(clock, day)
        tick()
        run_jobs()
        with scope.everything():
            ours = {one.delivery.message_id for one in rows() if one.delivery is not None}
        taken = sorted(
            (to, str(message["Subject"]).strip()) for to, message in mailbox.taken if message["Message-ID"] in ours
        )
        mailbox.taken.clear()
        return taken

    return at


@pytest.fixture
def university() -> Organisation:
    return partner(contacts=[contact("submitter", "clerk@example.com"), contact("leader", "leader@example.com")])


def switch_on(kind: str) -> User:
    officer: User = OfficerFactory(email="officer@example.com", language="zh-hans")
    with scope.everything():
        policies.switch_on(actor=officer, policy=LadderPolicy.objects.get(kind=kind), reason="试行")
    return officer


def after(days: int) -> dt.date:
    return START + dt.timedelta(days=days)


def test_returned_records_of_a_day_are_one_reminder_until_all_are_mended(
    clock: Any, beat: Any, university: Organisation
) -> None:
    records = RecordFactory.create_batch(3, organisation=university)
    move(clock, START, 15)
    officer = switch_on("returned")
    with scope.everything():
        for record in records:
            decisions.decide_one(record_id=record.pk, decision="return", reason="证书号有误", actor=officer)
    assert beat(after(2)) == []
    told = client_of(OfficerFactory(email="")).get(
        f"{API}reminders/preview/", {"at": dt.datetime(2019, 7, 1, tzinfo=SHANGHAI).isoformat()}
    )
    stages = [(one["stage"], one["obligation"], one["kind"]) for one in told.json()["results"]]
    assert stages[0] == ("after_3", None, "returned")
    assert beat(after(3)) == [("clerk@example.com", "2019年5月20日退回的记录：贵州大学")]
    assert beat(after(3)) == []
    with scope.everything():
        Record.objects.filter(pk__in=[one.pk for one in records[1:]]).update(state="submitted")
    assert [to for to, _subject in beat(after(9))] == ["clerk@example.com"], "one is still returned"
    with scope.everything():
        Record.objects.update(state="submitted")
    assert beat(after(14)) == []
    assert {one.state for one in rows(kind="returned", stage="leader_10")} == {"cancelled"}
    mine = client_of(PartnerFactory(organisation=university)).get(f"{API}reminders/", {"kind": "returned"}).json()
    assert {one["audience"] for one in mine["results"]} == {"submitter", "leader"}


def test_a_checked_submission_until_it_is_confirmed_or_cancelled(
    clock: Any, beat: Any, university: Organisation, run_jobs: Callable[[], int]
) -> None:
    sender = Partner(run_jobs, university)
    move(clock, START, 15)
    switch_on("unconfirmed")
    first = sender.send([sender.row(1)])["id"]
    second = sender.send([sender.row(2)])["id"]
    with scope.everything():
        assert set(Submission.objects.values_list("status", flat=True)) == {"checked"}
    assert len(beat(after(1))) == 2
    sender.confirm(first)
    told = beat(after(3))
    assert [(to, f"{second}" in subject) for to, subject in told] == [("clerk@example.com", True)]
    assert sender.api.post(f"{API}submissions/{second}/cancel/").status_code == 200
    assert beat(after(7)) == []
    assert {one.note for one in rows(kind="unconfirmed", state="cancelled")} == {"settled"}


def test_a_question_by_a_clock_that_starts_anew_when_it_is_asked_again(
    clock: Any, beat: Any, university: Organisation
) -> None:
    record = RecordFactory(organisation=university)
    move(clock, START, 15)
    officer = switch_on("threads")
    with scope.everything():
        thread = threads.open_thread(actor=officer, text="请核对学历", record=record)
    assert beat(after(1)) == []
    assert [to for to, _subject in beat(after(2))] == ["clerk@example.com"]
    clerk = PartnerFactory(organisation=university)
    with scope.everything():
        threads.say(actor=clerk, thread=thread, text="已核对")
    assert beat(after(8)) == []
    with scope.everything():
        threads.say(actor=officer, thread=thread, text="请再核对")
    assert beat(after(9)) == []
    assert [to for to, _subject in beat(after(10))] == ["clerk@example.com"]
    with scope.everything():
        threads.close(actor=officer, thread=thread)
    assert beat(after(15)) == []


def test_match_questions_are_the_bureaus_own(
    clock: Any, beat: Any, university: Organisation, run_jobs: Callable[[], int]
) -> None:
    sender = Partner(run_jobs, university)
    move(clock, START, 15)
    switch_on("matches")
    ManagerFactory(email="manager@example.com")
    sender.report([sender.row(9, name="欧阳建国")])
    sender.report([sender.row(9, name="司马相如")])
    with scope.everything():
        assert MatchCase.objects.filter(state="open").exists()
    assert beat(after(2)) == []
    told = [to for to, _subject in beat(after(3))]
    assert (told.count("officer@example.com"), told.count("clerk@example.com")) == (1, 0)
    partner_sees = client_of(sender.clerk).get(f"{API}reminders/", {"kind": "matches"}).json()["results"]
    at = dt.datetime(2019, 7, 1, tzinfo=SHANGHAI).isoformat()
    foretold = client_of(sender.clerk).get(f"{API}reminders/preview/", {"at": at}).json()["results"]
    assert (partner_sees, [one for one in foretold if one["kind"] == "matches"]) == ([], [])
    with scope.everything():
        MatchCase.objects.update(state="different")
    assert beat(after(16)) == []
    refused = client_of(OfficerFactory(email="")).patch(
        f"{API}reminders/policies/{draft_of('matches')}/",
        {"stages": [{"code": "clerk", "days": 3, "audience": "submitter"}]},
        format="json",
    )
    assert refused.json()["errors"][0]["field"] == "stages.0.audience"


def draft_of(kind: str) -> int:
    with scope.everything():
        return policies.draft(actor=OfficerFactory(email=""), kind=kind).pk


def test_a_proof_of_stay_has_words_of_its_own(clock: Any, beat: Any, university: Organisation) -> None:
    move(clock, dt.date(2019, 5, 6))
    switch_on("retention")
    with scope.everything():
        Obligation.objects.create(
            kind="retention",
            organisation=university,
            period=PeriodFactory(code="2019-05", due_on=START),
            due_on=START,
        )
    assert beat(START) == [("clerk@example.com", "2019-05 留用证明：贵州大学")]
    with scope.everything():
        Obligation.objects.update(state="excused", settled_at="2019-05-21T00:00:00Z")
    assert beat(after(7)) == []

"""Reminders over quarters and years under a moved clock: what a mail server received against an independent model.

For each slot of each day: who got mail, by which rung, and about what; nobody twice about one thing on one day. In the
end the books of obligations, reminders and messages agree with the model's.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.bell import Bell
from tests.conftest import Clock
from tests.programs.reminders.world import move
from tests.programs.reminders.years.house import House, Received
from tests.programs.reminders.years.model import Mail, Model
from tests.programs.reminders.years.story import MANAGER, OFFICER, SECOND_OFFICER, SHANGHAI, Story, story
from tests.support.postoffice import PostOffice

STATES = {"off": "cancelled", "waiting": "scheduled", "posted": "sending"}
STAFF = {OFFICER, SECOND_OFFICER, MANAGER}


@pytest.fixture
def office(tmp_path: Path, settings: Any) -> Iterator[PostOffice]:
    one = PostOffice(tmp_path).open()
    settings.EMAIL_URL = one.url
    yield one
    one.close()


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every bell is lost here: what waits is found in the books."""
    monkeypatch.setattr(Bell, "ring", lambda *_: False)


def test_a_quarter_of_twelve_partners(fresh_database: str, clock: Clock, office: PostOffice) -> None:
    live(story(partners=12, count=1, seed=7), clock, office)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_two_years_of_two_hundred_partners(fresh_database: str, clock: Clock, office: PostOffice) -> None:
    received = live(story(partners=200, count=8, seed=20_190_301), clock, office)
    assert received > 4_000


def live(told: Story, clock: Clock, office: PostOffice) -> int:
    """Lives through a story on both sides; how many messages were received."""
    house, model = House(told, clock, office), Model(told)
    office.newly_taken()
    daily: Counter[tuple[dt.date, str, Any]] = Counter()
    for day, hour in told.moments():
        move(clock, day, hour)
        now = dt.datetime.combine(day, dt.time(hour), SHANGHAI)
        for deed in told.deeds.get((day, hour), ()):
            house.deed(deed, now)
            model.deed(deed, now)
        got = house.slot(now)
        compare(got, model.slot(now), now)
        for recipient, lead, _named in got:
            if lead is not None and recipient not in STAFF:
                daily[day, recipient, lead[1]] += 1
    assert max(daily.values()) == 1, "somebody was reminded of one thing twice on one day"
    books_agree(house, model)
    return office.count()


def compare(got: Iterable[Received], wanted: Iterable[Mail], now: dt.datetime) -> None:
    """What came in a slot is what should have come.

    Where several rungs fell due at one moment, which of them speaks for all is nobody's business.
    """
    ours: dict[str, list[Received]] = defaultdict(list)
    theirs: dict[str, list[Mail]] = defaultdict(list)
    for one in got:
        ours[one[0]].append(one)
    for mail in wanted:
        theirs[mail.recipient].append(mail)
    for to in ours.keys() | theirs.keys():
        leads = [lead for _to, lead, _named in ours[to] if lead is not None]
        allowed = {lead for mail in theirs[to] for lead in mail.leads}
        named = {about for *_to, one in ours[to] for about in one}, {one for mail in theirs[to] for one in mail.named}
        agree = (
            len(ours[to]) == len(theirs[to])
            and set(leads) <= allowed
            and len(set(leads)) == len(leads) == sum(bool(mail.leads) for mail in theirs[to])
            and named[0] == named[1]
        )
        assert agree, f"{now:%Y-%m-%d %H:%M %A}, {to}\n  received {ours[to]}\n  wanted   {theirs[to]}"


def books_agree(house: House, model: Model) -> None:
    """Obligations, reminders and messages are as they ought to be, row by row."""
    owed = {
        about: (
            one.due_on,
            one.state,
            one.settled_on,
            None if one.state in ("missing", "excused") or one.settled_on is None else one.settled_on <= one.due_on,
        )
        for about, one in model.owed.items()
    }
    assert _unlike(house.obligations(), owed) == {}
    rows = {key: STATES.get(row.state, row.state) for key, row in (model.done | model.rows).items()}
    assert _unlike(house.reminders(), rows) == {}
    messages = {"sent": model.counts["sent"], "failed": model.counts["failed"], "withdrawn": model.counts["withdrawn"]}
    assert house.deliveries() == {state: count for state, count in messages.items() if count}
    assert house.suppressed() == model.suppressed
    assert len(house.office.taken()) == model.counts["sent"]
    assert house.twice() == []
    assert house.failed() == 0


def _unlike(found: dict[Any, Any], wanted: dict[Any, Any]) -> dict[Any, Any]:
    return {
        key: (found.get(key), wanted.get(key))
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    }

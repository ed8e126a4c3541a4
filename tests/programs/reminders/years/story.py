"""What happens in some quarters of many partners: drawn by chance from a seed, and told to both sides alike.

Nothing here knows the product. Days are worked out by ``chinese_calendar``, a table that the product does not use.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import chinese_calendar

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
DAY = dt.timedelta(days=1)
SLOTS = (8, 9, 12, 17, 22)
"""The hours of each day at which something may happen and beat wakes."""

OFFICE, NOON = 8, 12
DIGEST_HOUR = 16
OFFICER, SECOND_OFFICER, MANAGER = "officer@example.com", "second@example.com", "manager@example.com"
"""The second officer has chosen one message a day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung as the ladder has it."""

    code: str
    days: int
    audience: str
    calendar_days: bool = False
    quiet: tuple[int, int] | None = None
    working_days_only: bool = False
    digest: bool = False


LADDERS = {
    1: (
        Stage("before_5", -5, "submitter"),
        Stage("due", 0, "submitter", quiet=(20, 9)),
        Stage("after_2", 2, "submitter"),
        Stage("after_5", 5, "submitter"),
        Stage("leader_5", 5, "leader"),
        Stage("bureau_8", 8, "bureau"),
        Stage("manager_10", 10, "manager", digest=True),
    ),
    2: (
        Stage("before_10", -10, "submitter", calendar_days=True, working_days_only=True),
        Stage("due", 0, "submitter"),
        Stage("after_3", 3, "submitter", working_days_only=True),
        Stage("after_5", 6, "submitter"),
        Stage("leader_8", 8, "leader", quiet=(12, 14)),
        Stage("bureau_8", 9, "bureau", digest=True),
        Stage("manager_10", 10, "manager", digest=True),
    ),
}
RETURNED = (
    Stage("after_3", 3, "submitter"),
    Stage("after_7", 7, "submitter"),
    Stage("leader_10", 10, "leader"),
    Stage("bureau_15", 15, "bureau", digest=True),
)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A period and the day by which it is to be reported."""

    code: str
    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens: ``n`` is the partner, ``value`` what more must be said."""

    kind: str
    n: int = -1
    value: Any = None


@dataclass
class Story:
    """How many partners there are, over which quarters and days, and what happens when."""

    partners: int
    quarters: list[Quarter]
    first: dt.date
    last: dt.date
    deeds: dict[tuple[dt.date, int], list[Deed]] = field(default_factory=lambda: defaultdict(list))

    def add(self, day: dt.date, hour: int, kind: str, n: int = -1, value: Any = None) -> None:
        self.deeds[day, hour].append(Deed(kind, n, value))

    def moments(self) -> Iterator[tuple[dt.date, int]]:
        """Every slot of every day, in order."""
        day = self.first
        while day <= self.last:
            for hour in SLOTS:
                yield day, hour
            day += DAY


def is_working_day(day: dt.date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def working_day(day: dt.date, count: int) -> dt.date:
    """So many working days after a day, or before it."""
    step = DAY if count > 0 else -DAY
    for _one in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def address(n: int, which: int = 0) -> str:
    """Who reports for a partner: the first, and whoever came after."""
    return f"clerk{n}.{which}@example.com"


def leader(n: int) -> str:
    return f"leader{n}@example.com"


def chooses_digest(n: int) -> bool:
    """Every tenth clerk wants one message a day."""
    return n % 10 == 3


def quarters(count: int) -> list[Quarter]:
    """So many quarters from the first of 2019 on, each due ten working days after its end."""
    found = []
    for n in range(count):
        year, quarter = 2019 + n // 4, n % 4
        starts_on = dt.date(year, quarter * 3 + 1, 1)
        ends_on = (dt.date(year, quarter * 3 + 3, 28) + dt.timedelta(days=7)).replace(day=1) - DAY
        found.append(Quarter(f"{year}-Q{quarter + 1}", starts_on, ends_on, working_day(ends_on, 10)))
    return found


def story(partners: int, count: int, seed: int) -> Story:
    """A story of so many partners over so many quarters."""
    chance = random.Random(seed)
    there = quarters(count)
    told = Story(partners, there, dt.date(2019, 3, 1), there[-1].due_on + dt.timedelta(days=45))
    for n in range(partners):
        _partner(told, n, chance)
    for place, quarter in enumerate(there):
        _world(told, place, quarter)
    # In the midst of a ladder: what lies before goes by the first version, what lies after by the second.
    middle = there[count // 2].due_on
    told.add(middle - DAY, OFFICE, "switch", value=working_day(middle, 2))
    for deeds in told.deeds.values():
        deeds.sort(key=lambda deed: deed.kind not in ("beat_on", "beat_off", "away_on", "away_off"))
    return told


def _partner(told: Story, n: int, chance: random.Random) -> None:
    clerks, quiet_until, bouncing = 0, told.first, False
    for quarter in told.quarters:
        _reports(told, n, quarter, chance)
        due = quarter.due_on
        if not bouncing and chance.random() < 0.06 and not chooses_digest(n):
            # The address stops working; it is mended, replaced by another, or neither.
            since = due + dt.timedelta(days=chance.randint(-12, 6))
            told.add(since, OFFICE, "bounce", n, address(n, clerks))
            after = since + dt.timedelta(days=chance.randint(2, 20))
            ending = chance.choice(("mend", "contact", "none"))
            if ending == "mend":
                told.add(after, OFFICE, "mend", n, address(n, clerks))
            elif ending == "contact":
                clerks += 1
                told.add(after, OFFICE, "contact", n, address(n, clerks))
            bouncing = ending == "none"
        elif chance.random() < 0.1 and not chooses_digest(n) and not bouncing:
            since = due + dt.timedelta(days=chance.randint(-15, 15))
            if chance.random() < 0.4:
                # Somebody stands in and the first one comes back.
                told.add(since, OFFICE, "contact", n, address(n, clerks + 1))
                told.add(since + dt.timedelta(days=chance.randint(1, 6)), OFFICE, "contact", n, address(n, clerks))
            else:
                clerks += 1
                told.add(since, OFFICE, "contact", n, address(n, clerks))
        elif chance.random() < 0.1:
            spell = working_day(due, chance.choice((-5, 2, 3, 5, 6)))
            told.add(spell, OFFICE, "busy_on", n, address(n, clerks))
            told.add(spell + DAY, OFFICE, "busy_off", n, address(n, clerks))
        if chance.random() < 0.12:
            since = max(due + dt.timedelta(days=chance.randint(-12, 8)), quiet_until)
            until = since + dt.timedelta(days=chance.randint(2, 25))
            alone = quarter.code if chance.random() < 0.4 else None
            if chance.random() < 0.5:
                told.add(since, OFFICE, "snooze", n, (alone, until))
            else:
                told.add(since, OFFICE, "mute", n, alone)
                told.add(until, OFFICE, "lift", n)
            quiet_until = until + DAY
        if chance.random() < 0.08:
            day = due + dt.timedelta(days=chance.randint(10, 25))
            told.add(day, NOON, "return", n, day)
            if chance.random() < 0.8:
                told.add(day + dt.timedelta(days=chance.randint(1, 30)), NOON, "mended", n, day)


def _reports(told: Story, n: int, quarter: Quarter, chance: random.Random) -> None:
    """On time, late, never, nothing to report, excused, granted more time, taken back."""
    due, kind = quarter.due_on, chance.random()
    early = max(quarter.ends_on + DAY, due - dt.timedelta(days=chance.randint(0, 13)))
    late = due + dt.timedelta(days=chance.randint(1, 25))
    if kind < 0.35:
        told.add(early, NOON, "report", n, quarter.code)
    elif kind < 0.55:
        told.add(late, NOON, "report", n, quarter.code)
    elif kind < 0.70:
        told.add(chance.choice((early, late)), NOON, "zero", n, quarter.code)
    elif kind < 0.76:
        told.add(chance.choice((early, late)), OFFICE, "excuse", n, quarter.code)
    elif kind < 0.86:
        day = due + dt.timedelta(days=chance.randint(-8, 4))
        later = due + dt.timedelta(days=chance.randint(5, 20))
        told.add(day, OFFICE, "extend", n, (quarter.code, later))
        if chance.random() < 0.6:
            told.add(later + dt.timedelta(days=chance.randint(-3, 6)), NOON, "report", n, quarter.code)
    elif kind < 0.90:
        told.add(early, NOON, "report", n, quarter.code)
        told.add(early + dt.timedelta(days=chance.randint(1, 15)), NOON, "take_back", n, quarter.code)


def _world(told: Story, place: int, quarter: Quarter) -> None:
    """What goes wrong for everybody: beat is away over a rung or two, or the mail server is."""
    due = quarter.due_on
    spans = ((0, 4), None, (5, 7), (-6, -4), None, (2, 3), (8, 11))
    span = spans[place % len(spans)]
    if span is not None:
        off, on = (due + dt.timedelta(days=days) for days in span)
        told.add(off, OFFICE, "beat_off")
        told.add(on, NOON if place % 2 else 22, "beat_on")
        # Granting more time lays ladders out at once, whether beat is away or not.
        for (day, _hour), deeds in list(told.deeds.items()):
            if off <= day <= on:
                deeds[:] = [deed for deed in deeds if deed.kind not in ("extend", "take_back")]
    else:
        away = working_day(due, 2 if place % 2 else 5)
        told.add(away, OFFICE, "away_on")
        told.add(away + DAY, OFFICE, "away_off")

"""What must have happened: a second mind, written from the documentation, that knows none of the product's code."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.programs.reminders.years.days import at, day_of, must_wait
from tests.programs.reminders.years.story import (
    DIGEST_HOUR,
    LADDERS,
    MANAGER,
    NOON,
    OFFICER,
    RETURNED,
    SECOND_OFFICER,
    SLOTS,
    Deed,
    Stage,
    Story,
    address,
    chooses_digest,
    leader,
)

RETURN = "returned"
AHEAD, BEHIND = dt.timedelta(days=60), dt.timedelta(days=30)
ONE_DAY = dt.timedelta(hours=24)
NINE = dt.timedelta(hours=9)
About = tuple[int, str]
"""A partner, and the period that it owes, or ``returned`` and the day."""


@dataclass(frozen=True)
class Mail:
    """One message: by which rungs about what it may have been written (one of ``leads``), and all that it names."""

    recipient: str
    leads: frozenset[tuple[str, About]]
    named: frozenset[About]


@dataclass
class Owed:
    """What a partner owes, and how it stands."""

    about: About
    due_on: dt.date
    state: str = "missing"
    settled_on: dt.date | None = None


@dataclass
class Row:
    """One rung to one recipient: ``waiting``, ``posted``, ``sent``, ``failed``, ``skipped``, ``off``."""

    about: About
    stage: Stage
    to: str
    due: dt.datetime
    state: str = "waiting"
    posted_once: bool = False

    @property
    def subject(self) -> tuple[About, str]:
        return self.about, self.stage.audience


@dataclass
class Posted:
    """A message that was handed over."""

    mail: Mail
    rows: list[Row]
    digest: bool


@dataclass
class Model:
    """The books as they ought to be; asked for each slot in order."""

    story: Story
    clerk: dict[int, str] = field(default_factory=dict)
    owed: dict[About, Owed] = field(default_factory=dict)
    returned: dict[About, dt.date] = field(default_factory=dict)
    rows: dict[tuple[About, str, str], Row] = field(default_factory=dict)
    done: dict[tuple[About, str, str], Row] = field(default_factory=dict)
    plan: dict[tuple[About, str, str], Row] = field(default_factory=dict)
    peace: dict[tuple[int, str | None], dt.date | None] = field(default_factory=dict)
    versions: list[tuple[int, dt.datetime]] = field(default_factory=list)
    bouncing: set[str] = field(default_factory=set)
    suppressed: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    pending: list[Posted] = field(default_factory=list)
    digested: set[tuple[str, int | None, dt.date]] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    beating: bool = True
    away: bool = False

    def __post_init__(self) -> None:
        self.versions = [(1, at(self.story.first, 0))]
        for n in range(self.story.partners):
            self.clerk[n] = address(n)
            for one in self.story.quarters:
                self.owed[n, one.code] = Owed((n, one.code), one.due_on)

    # What happens.

    def deed(self, deed: Deed, now: dt.datetime) -> None:
        """Takes part in what happens."""
        getattr(self, f"_{deed.kind}")(deed.n, deed.value, now)

    def _settle(self, about: About, state: str, now: dt.datetime) -> None:
        one = self.owed[about]
        if one.state == "missing":
            one.state, one.settled_on = state, now.date()
            self._call_off(about)

    def _report(self, n: int, code: str, now: dt.datetime) -> None:
        self._settle((n, code), "reported", now)

    def _zero(self, n: int, code: str, now: dt.datetime) -> None:
        self._settle((n, code), "confirmed_zero", now)

    def _excuse(self, n: int, code: str, now: dt.datetime) -> None:
        self._settle((n, code), "excused", now)

    def _take_back(self, n: int, code: str, _now: dt.datetime) -> None:
        one = self.owed[n, code]
        one.state, one.settled_on = "missing", None

    def _extend(self, n: int, value: tuple[str, dt.date], _now: dt.datetime) -> None:
        self.owed[n, value[0]].due_on = value[1]

    def _snooze(self, n: int, value: tuple[str | None, dt.date], _now: dt.datetime) -> None:
        self.peace[n, value[0]] = value[1]

    def _mute(self, n: int, code: str | None, _now: dt.datetime) -> None:
        self.peace[n, code] = None

    def _lift(self, n: int, _value: Any, _now: dt.datetime) -> None:
        for key in [key for key, until in self.peace.items() if key[0] == n and until is None]:
            del self.peace[key]

    def _contact(self, n: int, to: str, _now: dt.datetime) -> None:
        self.clerk[n] = to

    def _bounce(self, _n: int, to: str, _now: dt.datetime) -> None:
        self.bouncing.add(to)

    def _mend(self, _n: int, to: str, _now: dt.datetime) -> None:
        self.bouncing.discard(to)
        self.suppressed.discard(to)

    def _busy_on(self, _n: int, to: str, _now: dt.datetime) -> None:
        self.busy.add(to)

    def _busy_off(self, _n: int, to: str, _now: dt.datetime) -> None:
        self.busy.discard(to)

    def _return(self, n: int, day: dt.date, _now: dt.datetime) -> None:
        self.returned[n, f"{RETURN} {day}"] = day

    def _mended(self, n: int, day: dt.date, _now: dt.datetime) -> None:
        self.returned.pop((n, f"{RETURN} {day}"), None)

    def _switch(self, _n: int, since: dt.date, _now: dt.datetime) -> None:
        self.versions.append((2, at(since, 0)))

    def _beat_off(self, *_: Any) -> None:
        self.beating = False

    def _beat_on(self, *_: Any) -> None:
        self.beating = True

    def _away_on(self, *_: Any) -> None:
        self.away = True

    def _away_off(self, *_: Any) -> None:
        self.away = False

    # What follows.

    def slot(self, now: dt.datetime) -> list[Mail]:
        """What is received in a slot, after what has happened in it."""
        self._put_away(now)
        if self.beating:
            self._lay_out(now)
            self._beat(now)
        return list(self._deliver())

    def _put_away(self, now: dt.datetime) -> None:
        """What is long over and done is looked at no more."""
        if now.hour != SLOTS[0]:
            return
        for key, row in list(self.rows.items()):
            over = row.about not in self.returned and row.state not in ("waiting", "posted")
            if over and row.due < now - 5 * BEHIND:
                self.done[key] = self.rows.pop(key)

    def _open(self, now: dt.datetime) -> Iterator[tuple[About, dt.date]]:
        for about, one in self.owed.items():
            near = now.date() - BEHIND <= one.due_on <= now.date() + AHEAD
            if one.state == "missing" and near:
                yield about, one.due_on
        for about, day in self.returned.items():
            # What has waited longer than any rung and its catching up is not reminded of any more.
            if at(day, NOON) >= now - AHEAD - BEHIND:
                yield about, day

    def _planned(self, now: dt.datetime) -> dict[tuple[About, str, str], Row]:
        found = {}
        for about, day in self._open(now):
            for stage, since, until in self._ladder(about, now):
                due = at(day_of(stage, day), 9)
                if since <= due < until:
                    for to in self._recipients(about[0], stage):
                        found[about, stage.code, to] = Row(about, stage, to, due)
        return found

    def _ladder(self, about: About, now: dt.datetime) -> Iterator[tuple[Stage, dt.datetime, dt.datetime]]:
        end = at(dt.date(2100, 1, 1), 0)
        if about[1].startswith(RETURN):
            yield from ((stage, at(self.story.first, 0), end) for stage in RETURNED)
            return
        for place, (version, since) in enumerate(self.versions):
            until = self.versions[place + 1][1] if place + 1 < len(self.versions) else end
            if until > now - BEHIND:
                yield from ((stage, since, until) for stage in LADDERS[version])

    def _recipients(self, n: int, stage: Stage) -> list[str]:
        return {
            "submitter": [self.clerk[n]],
            "leader": [leader(n)],
            "bureau": [OFFICER, SECOND_OFFICER],
            "manager": [MANAGER],
        }[stage.audience]

    def _lay_out(self, now: dt.datetime) -> None:
        self.plan = self._planned(now)
        subjects = {about for about, _day in self._open(now)}
        for about in self._over() - subjects:
            self._call_off(about)
        for key, row in self.rows.items():
            if row.about not in subjects:
                continue
            if key in self.plan and (row.state == "waiting" or (row.state == "off" and not row.posted_once)):
                row.state, row.due, row.stage = "waiting", self.plan[key].due, self.plan[key].stage
            elif key not in self.plan and row.state == "waiting":
                row.state = "off"
        for key, row in self.plan.items():
            self.rows.setdefault(key, row)

    def _over(self) -> set[About]:
        """What was returned, and of which something is still to go out."""
        return {
            row.about
            for row in self.rows.values()
            if row.state in ("waiting", "posted") and row.about[1].startswith(RETURN)
        }

    def _call_off(self, about: About) -> None:
        """What is settled: nothing waits any more, and a message that has not gone out is withdrawn."""
        for row in self.rows.values():
            if row.about == about and row.state == "waiting":
                row.state = "off"
        for one in [one for one in self.pending if any(row.about == about for row in one.rows)]:
            self.pending.remove(one)
            self.counts["withdrawn"] += 1
            for row in one.rows:
                # What else a digest listed goes out by another one.
                row.state = "off" if row.about == about else "waiting"
                row.posted_once = row.about == about

    def _beat(self, now: dt.datetime) -> None:
        singly: dict[str, list[Row]] = defaultdict(list)
        collected: dict[tuple[str, int | None], list[Row]] = defaultdict(list)
        going: list[Row] = []
        kept: list[Row] = []
        for key, row in self.rows.items():
            if row.state == "waiting" and row.due <= now:
                if self._in_peace(row.about, now):
                    continue
                (kept if key in self.plan and must_wait(row.stage, now) else going).append(row)
        out = going + kept + [row for one in self.pending for row in one.rows]
        latest = {(row.subject, row.to): row.due for row in sorted(out, key=lambda row: row.due)}
        over = [row for row in out if row.due < latest[row.subject, row.to] or self._again_today(row, now)]
        self._give_way(over)
        for row in sorted(going, key=lambda row: row.due):
            if row.state == "skipped":
                continue
            own = None if row.stage.audience in ("bureau", "manager") else row.about[0]
            hour = self._hour(row)
            if hour is None:
                singly[row.to].append(row)
            elif now.hour >= hour and (row.to, own, now.date()) not in self.digested:
                collected[row.to, own].append(row)
        for (to, own), rows in collected.items():
            listed = [row for row in _last(rows) if now - row.due < BEHIND]
            if self._post(to, listed, rows, digest=True):
                self.digested.add((to, own, now.date()))
        for to, rows in singly.items():
            left = _last(rows)
            fresh = [row for row in left if now - row.due < ONE_DAY]
            stale = [row for row in left if row not in fresh]
            alive = [row for row in stale if now - row.due < BEHIND]
            if fresh:
                for row in fresh[1:]:
                    self._post(to, [row], [], digest=False)
                self._post(to, [fresh[0]], [row for row in rows if row not in fresh], digest=False, beside=stale)
            elif alive:
                [last] = alive[-1:]
                self._post(
                    to, [last], [row for row in rows if row is not last], digest=False, beside=stale, any_of=alive
                )
            else:
                self._post(to, [], rows, digest=False)

    def _give_way(self, over: list[Row]) -> None:
        """What waits for the mail server gives way; what else a digest listed goes out by another one."""
        for one in [one for one in self.pending if any(row in over for row in one.rows)]:
            self.pending.remove(one)
            self.counts["withdrawn"] += 1
            for row in one.rows:
                row.state = "waiting"
        for row in over:
            row.state = "skipped"

    def _again_today(self, row: Row, now: dt.datetime) -> bool:
        """Whether what was due on a day before is said once more by a rung that falls due later today."""
        same = (other for other in self.rows.values() if (other.subject, other.to) == (row.subject, row.to))
        later = (one.due for one in same if one.state == "waiting" and one.due > now)
        return row.due.date() < now.date() and any(due.date() == now.date() for due in later)

    def _hour(self, row: Row) -> int | None:
        if row.to == SECOND_OFFICER or (row.to == self.clerk[row.about[0]] and chooses_digest(row.about[0])):
            return DIGEST_HOUR
        planned = self.plan.get((row.about, row.stage.code, row.to))
        return 9 if planned is not None and planned.stage.digest else None

    def _post(
        self,
        to: str,
        speaking: list[Row],
        passed: Iterable[Row],
        *,
        digest: bool,
        beside: Iterable[Row] = (),
        any_of: Iterable[Row] = (),
    ) -> bool:
        for row in passed:
            row.state = "skipped"
        for row in speaking:
            row.state = "posted"
        if not speaking:
            return False
        leads = () if digest else [row for row in any_of or speaking if row.due == speaking[-1].due]
        mail = Mail(
            to,
            frozenset((row.stage.code, row.about) for row in leads),
            frozenset(row.about for row in [*speaking, *beside]),
        )
        self.pending.append(Posted(mail, list(speaking), digest))
        self.counts["posted"] += 1
        return True

    def _in_peace(self, about: About, now: dt.datetime) -> bool:
        n, code = about
        keys = [(n, None), (n, code)]
        return any(key in self.peace and (self.peace[key] or dt.date.max) > (now - NINE).date() for key in keys)

    def _deliver(self) -> Iterator[Mail]:
        left = []
        for one in self.pending:
            to = one.mail.recipient
            if to in self.suppressed:
                self._ended(one, "failed")
            elif self.away or to in self.busy:
                left.append(one)
            elif to in self.bouncing:
                self.suppressed.add(to)
                self.counts["refusals"] += 1
                self._ended(one, "failed")
            else:
                self._ended(one, "sent")
                yield one.mail
        self.pending = left

    def _ended(self, one: Posted, state: str) -> None:
        self.counts[state] += 1
        for row in one.rows:
            row.state = state


def _last(rows: Iterable[Row]) -> list[Row]:
    """Of each thing and whom it is told to, the latest rung."""
    found = {row.subject: row for row in rows}
    return [row for row in rows if found[row.subject] is row]

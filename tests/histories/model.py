"""What must be so, kept in plain Python by somebody who has only read the contract."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.histories.claims import Claims

PLAN = (dt.date(2017, 11, 28), dt.date(2020, 12, 31))
Key = tuple[int, int]
DEAD = ("rejected", "revoked", "withdrawn")


@dataclass(frozen=True)
class Values:
    """What a row says of a person: when they completed, and since when they hold a master's degree."""

    completed_on: dt.date | None
    graduated_on: dt.date | None


@dataclass(frozen=True)
class Kept:
    """A record as it stands, and what was reported since and is under review.

    ``number`` names whose number the values were sent with, ``pending_number`` those under review: of somebody who is
    known by several, another than the record's own may be used. ``made`` is the record's place among all.
    """

    values: Values
    state: str
    order: int
    number: int
    made: int
    pending: Values | None = None
    pending_number: int | None = None


@dataclass
class Model:
    """The records by (partner, person), who was found to be one, and what follows from them."""

    records: dict[Key, Kept] = field(default_factory=dict)
    merges: list[tuple[int, int]] = field(default_factory=list)
    order: int = 0
    left: dict[Key, dt.date] = field(default_factory=dict)
    """By record, since when its person is known to be away."""

    def __post_init__(self) -> None:
        self.claims = Claims(self.one_with)

    def one_with(self, person: int) -> frozenset[int]:
        """Everybody who is the same human being as ``person``, themselves among them."""
        found = {person}
        while more := {side for merge in self.merges if found & {*merge} for side in merge} - found:
            found |= more
        return frozenset(found)

    def merge(self, one: int, other: int) -> None:
        """An officer finds that two are one."""
        if other not in self.one_with(one):
            self.merges.append((one, other))
        self.claims.follow()

    def split(self, person: int) -> tuple[int, int] | None:
        """An officer takes the latest merge of a person back, their own before another of the same human being."""
        whole = self.one_with(person)
        theirs = [merge for merge in self.merges if merge[0] in whole]
        own = [merge for merge in theirs if person in merge]
        if not theirs:
            return None
        taken_back = (own or theirs)[-1]
        self.merges.remove(taken_back)
        return taken_back

    def report(self, partner: int, rows: dict[int, Values]) -> dict[str, int]:
        """Take rows in; how many are accepted, unchanged, and refused because they are about one person twice."""
        counts = {"accepted": 0, "unchanged": 0, "rejected": 0}
        self.order += 1
        seen: set[frozenset[int]] = set()
        before = dict(self.records)
        for person, values in rows.items():
            whole = self.one_with(person)
            if whole in seen:
                counts["rejected"] += 1
                continue
            seen.add(whole)
            key = self._record_of(partner, person, before)
            kept = before.get(key)
            if kept is None:
                now: Kept | None = Kept(values, "submitted", self.order, person, len(self.records))
            elif kept.state in DEAD:
                now = Kept(values, "submitted", self.order, person, kept.made)
            elif (person, values) == self._last(kept):
                now = None
            elif kept.state == "verified":
                now = replace(kept, pending=values, pending_number=person)
            else:
                now = replace(kept, values=values, number=person, state="submitted")
            counts["unchanged" if now is None else "accepted"] += 1
            if now is not None:
                self.records[key] = now
                if now.state == "submitted":
                    self.claims.put(key, person, values.graduated_on)
        self.claims.follow()
        return counts

    def _record_of(self, partner: int, person: int, records: dict[Key, Kept]) -> Key:
        """The record that a row is about: one that stands goes first, then the one under the row's own number."""
        own = [(partner, one) for one in self.one_with(person) if (partner, one) in records]
        ranked = sorted(own, key=lambda key: (records[key].state in DEAD, key[1] != person, records[key].made))
        return ranked[0] if ranked else (partner, person)

    @staticmethod
    def _last(kept: Kept) -> tuple[int, Values]:
        if kept.pending is not None and kept.pending_number is not None:
            return kept.pending_number, kept.pending
        return kept.number, kept.values

    def decide(self, partner: int, decision: str) -> int:
        """An officer decides on everything of a partner's that can be decided so; how many records that changes."""
        return self.decide_on([key for key in self.records if key[0] == partner], decision)

    def decide_on(self, keys: Iterable[Key], decision: str) -> int:
        """An officer decides on some records; how many that changes."""
        decided = 0
        for key in keys:
            now = self._decided(self.records[key], decision)
            decided += now != self.records[key]
            before = self.records[key]
            if now.state == "verified" and (now.number, now.values) != (before.number, before.values):
                self.claims.put(key, now.number, now.values.graduated_on)
            self.records[key] = now
        self.claims.follow()
        return decided

    def withdraw(self, partner: int, person: int) -> bool:
        """A partner takes back what it reported of a person; whether that can be done."""
        kept = self.records[partner, person]
        if kept.state in ("submitted", "returned", "withdrawn"):
            self.records[partner, person] = replace(kept, state="withdrawn")
        elif kept.state == "verified" and kept.pending is not None:
            self.records[partner, person] = replace(kept, pending=None, pending_number=None)
        else:
            return False
        return True

    @staticmethod
    def _decided(kept: Kept, decision: str) -> Kept:
        ends = {"verify": "verified", "return": "returned", "reject": "rejected"}
        if decision == "revoke":
            dropped = replace(kept, state="revoked", pending=None, pending_number=None)
            return dropped if kept.state == "verified" else kept
        if kept.state == "submitted":
            return replace(kept, state=ends[decision])
        if kept.state == "verified" and kept.pending is not None:
            number, values = Model._last(kept) if decision == "verify" else (kept.number, kept.values)
            return replace(kept, values=values, number=number, pending=None, pending_number=None)
        return kept

    def depart(self, partner: int, person: int, left_on: dt.date | None) -> None:
        """A partner tells since when somebody is away, or that they are not."""
        self.left.pop((partner, person), None)
        if left_on is not None:
            self.left[partner, person] = left_on

    def still_here(self, target: str, as_of: dt.date) -> int:
        """How many of those who count by a day are not away on it."""
        return sum(not self._gone(person, as_of) for person in self.counted(target, as_of))

    def _gone(self, person: int, on: dt.date) -> bool:
        whole = self.one_with(person)
        completed = {
            key: kept.values.completed_on
            for key, kept in self.records.items()
            if key[1] in whole and kept.state == "verified" and kept.values.completed_on
        }
        away = [self.left[key] for key in completed if key in self.left and self.left[key] <= on]
        return bool(away) and not any(max(away) < day <= on for day in completed.values())

    def counted(self, target: str, as_of: dt.date) -> dict[int, int]:
        """Who counts by a day: one for each human being, and the partner who is credited."""
        found = {}
        for whole in {self.one_with(key[1]) for key in self.records}:
            person = min(whole)
            verified = [
                (kept.values, kept.order, partner)
                for (partner, one), kept in self.records.items()
                if one in whole and kept.state == "verified"
            ]
            completions = [
                (values.completed_on, order, partner)
                for values, order, partner in verified
                if values.completed_on and PLAN[0] <= values.completed_on <= PLAN[1]
            ]
            degrees = [
                kept.values.graduated_on
                for key, kept in self.records.items()
                if key[1] in whole and kept.state == "verified" and kept.values.graduated_on and self.claims.counts(key)
            ]
            if not completions or (target == "high-end" and not degrees):
                continue
            completed_on, _order, partner = min(completions)
            day = max([completed_on, min(degrees)]) if target == "high-end" else completed_on
            if day <= min(as_of, PLAN[1]):
                found[person] = partner
        return found

"""What must be so, kept in plain Python by somebody who has only read the contract."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.histories.claims import Claims

PLAN = (dt.date(2017, 11, 28), dt.date(2020, 12, 31))
Key = tuple[int, int]


@dataclass(frozen=True)
class Values:
    """What a row says of a person: when they completed, and since when they hold a master's degree."""

    completed_on: dt.date | None
    graduated_on: dt.date | None


@dataclass(frozen=True)
class Kept:
    """A record as it stands, and what was reported since and is under review."""

    values: Values
    state: str
    order: int
    pending: Values | None = None


@dataclass
class Model:
    """The records by (partner, person), and what follows from them."""

    records: dict[Key, Kept] = field(default_factory=dict)
    claims: Claims = field(default_factory=Claims)
    order: int = 0

    def report(self, partner: int, rows: dict[int, Values]) -> dict[str, int]:
        """Take rows in; how many are accepted and how many unchanged."""
        counts = {"accepted": 0, "unchanged": 0}
        self.order += 1
        for person, values in rows.items():
            kept = self.records.get((partner, person))
            if kept is None or kept.state in ("rejected", "revoked", "withdrawn"):
                now: Kept | None = Kept(values, "submitted", self.order)
            elif values == (kept.pending or kept.values):
                now = None
            elif kept.state == "verified":
                now = replace(kept, pending=values)
            else:
                now = replace(kept, values=values, state="submitted")
            counts["unchanged" if now is None else "accepted"] += 1
            if now is not None:
                self.records[partner, person] = now
                if now.state == "submitted":
                    self.claims.put((partner, person), values.graduated_on)
        return counts

    def decide(self, partner: int, decision: str) -> int:
        """An officer decides on everything of a partner's that can be decided so; how many records that changes."""
        return self.decide_on([key for key in self.records if key[0] == partner], decision)

    def decide_on(self, keys: Iterable[Key], decision: str) -> int:
        """An officer decides on some records; how many that changes."""
        decided = 0
        for key in keys:
            now = self._decided(self.records[key], decision)
            decided += now != self.records[key]
            if now.state == "verified" and now.values != self.records[key].values:
                self.claims.put(key, now.values.graduated_on)
            self.records[key] = now
        return decided

    def withdraw(self, partner: int, person: int) -> bool:
        """A partner takes back what it reported of a person; whether that can be done."""
        kept = self.records[partner, person]
        if kept.state in ("submitted", "returned", "withdrawn"):
            self.records[partner, person] = replace(kept, state="withdrawn")
        elif kept.state == "verified" and kept.pending is not None:
            self.records[partner, person] = replace(kept, pending=None)
        else:
            return False
        return True

    @staticmethod
    def _decided(kept: Kept, decision: str) -> Kept:
        ends = {"verify": "verified", "return": "returned", "reject": "rejected"}
        if decision == "revoke":
            return replace(kept, state="revoked", pending=None) if kept.state == "verified" else kept
        if kept.state == "submitted":
            return replace(kept, state=ends[decision])
        if kept.state == "verified" and kept.pending is not None:
            return replace(kept, values=kept.pending if decision == "verify" else kept.values, pending=None)
        return kept

    def counted(self, target: str, as_of: dt.date) -> dict[int, int]:
        """Who counts by a day: the person, and the partner who is credited."""
        found = {}
        for person in {key[1] for key in self.records}:
            verified = [
                (kept.values, kept.order, partner)
                for (partner, one), kept in self.records.items()
                if one == person and kept.state == "verified"
            ]
            completions = [
                (values.completed_on, order, partner)
                for values, order, partner in verified
                if values.completed_on and PLAN[0] <= values.completed_on <= PLAN[1]
            ]
            degrees = [
                values.graduated_on
                for values, _order, partner in verified
                if values.graduated_on and self.claims.counts((partner, person))
            ]
            if not completions or (target == "high-end" and not degrees):
                continue
            completed_on, _order, partner = min(completions)
            day = max([completed_on, min(degrees)]) if target == "high-end" else completed_on
            if day <= min(as_of, PLAN[1]):
                found[person] = partner
        return found

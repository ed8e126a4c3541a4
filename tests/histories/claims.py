"""What must be so of people's degrees, kept in plain Python: who claims which, and what an officer found."""

import datetime as dt
from dataclasses import dataclass, field

Key = tuple[int, int]


@dataclass
class Claims:
    """By (partner, person), the degree's day and its state; everybody has one certificate, whoever reports it."""

    held: dict[Key, tuple[dt.date, str]] = field(default_factory=dict)
    evidence: str = "claimed"

    def put(self, key: Key, graduated_on: dt.date | None) -> None:
        """A record's values take effect: the same claim keeps its state, another begins anew, a false one stays so."""
        if graduated_on is None:
            self.held.pop(key, None)
        elif self.held.get(key, (None, ""))[0] != graduated_on:
            self.held.pop(key, None)
            self.held[key] = (graduated_on, "refuted" if "refuted" in self._others(key) else "claimed")

    def examine(self, key: Key, verdict: str) -> bool:
        """An officer's verdict on a claim; whether it can be given."""
        state = self.held[key][1]
        if verdict == "reopen":
            freed = self._of(key[1]) if state == "refuted" else [key]
            for one in freed:
                if self.held[one][1] == state:
                    self._set(one, "claimed")
            return True
        becomes, other = ("confirmed", "refuted") if verdict == "confirm" else ("refuted", "confirmed")
        if other in [state, *self._others(key)]:
            return False
        for one in [key] if verdict == "confirm" else self._of(key[1]):
            self._set(one, becomes)
        return True

    def counts(self, key: Key) -> bool:
        """Whether a claim counts by the rule in force."""
        state = self.held[key][1]
        return state == "confirmed" if self.evidence == "confirmed" else state != "refuted"

    def _of(self, person: int) -> list[Key]:
        return [key for key in self.held if key[1] == person]

    def _others(self, key: Key) -> list[str]:
        return [self.held[one][1] for one in self._of(key[1]) if one != key]

    def _set(self, key: Key, state: str) -> None:
        self.held[key] = (self.held[key][0], state)

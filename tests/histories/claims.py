"""What must be so of people's degrees, kept in plain Python: who claims which, and what an officer found."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

Key = tuple[int, int]


@dataclass(frozen=True)
class Claim:
    """The degree that a record carries: its day, its state, and whose certificate it is, by their number."""

    graduated_on: dt.date
    number: int
    state: str = "claimed"


@dataclass
class Claims:
    """By record, the degree; everybody has one certificate, whoever reports it and on whichever of their records.

    ``whole`` gives everybody who is the same human being.
    """

    whole: Callable[[int], frozenset[int]]
    held: dict[Key, Claim] = field(default_factory=dict)
    evidence: str = "claimed"

    def put(self, key: Key, number: int, graduated_on: dt.date | None) -> None:
        """A record's values take effect: the same claim keeps its state, another begins anew."""
        before = self.held.pop(key, None)
        if graduated_on is not None:
            same = before is not None and (before.graduated_on, before.number) == (graduated_on, number)
            self.held[key] = before if same and before is not None else Claim(graduated_on, number)

    def follow(self) -> None:
        """What is false on one record of a human being is false on all of them."""
        for key, claim in list(self.held.items()):
            if claim.state == "claimed" and "refuted" in self._others(key):
                self._set(key, "refuted")

    def examine(self, key: Key, verdict: str) -> bool:
        """An officer's verdict on a claim; whether it can be given."""
        state = self.held[key].state
        if verdict == "reopen":
            freed = self._of(key) if state == "refuted" else [key]
            for one in freed:
                if self.held[one].state == state:
                    self._set(one, "claimed")
            return True
        becomes, other = ("confirmed", "refuted") if verdict == "confirm" else ("refuted", "confirmed")
        if other in [state, *self._others(key)]:
            return False
        for one in [key] if verdict == "confirm" else self._of(key):
            self._set(one, becomes)
        return True

    def counts(self, key: Key) -> bool:
        """Whether a claim counts by the rule in force."""
        state = self.held[key].state
        return state == "confirmed" if self.evidence == "confirmed" else state != "refuted"

    def _of(self, key: Key) -> list[Key]:
        number, whole = self.held[key].number, self.whole(key[1])
        return [one for one, claim in self.held.items() if claim.number == number and one[1] in whole]

    def _others(self, key: Key) -> list[str]:
        return [self.held[one].state for one in self._of(key) if one != key]

    def _set(self, key: Key, state: str) -> None:
        self.held[key] = replace(self.held[key], state=state)

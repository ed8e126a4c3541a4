"""What partners tell of who has left: a step of the histories."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.histories.model import Model
from tests.support.partner import API, Partner

LEFT = st.sampled_from([dt.date(2019, 2, 15), dt.date(2019, 6, 1), dt.date(2021, 2, 1)])


class Departing(RuleBasedStateMachine):
    """Answers to the questions of who has stayed, beside the model."""

    run_jobs: ClassVar[Callable[[], int]]
    partners: list[Partner]
    model: Model
    changed: bool

    def person(self, number: int) -> int:
        """The row of a made-up person, who was reported."""
        raise NotImplementedError

    def known(self) -> list[int]:
        """Everybody who was reported, by their number."""
        raise NotImplementedError

    @precondition(lambda self: any(kept.state == "verified" for kept in self.model.records.values()))
    @rule(place=st.integers(0, 4), partner=st.integers(0, 1), left_on=LEFT, untrue=st.booleans())
    def depart(self, place: int, partner: int, left_on: dt.date, untrue: bool) -> None:
        client = self.partners[partner].api
        wanted: dict[str, Any] = {"state": ["open", "answered"], "limit": 500}
        asked = client.get(f"{API}retention/checks/", wanted).json()["results"]
        if not asked:
            return
        check = sorted(asked, key=lambda one: (one["since"], one["id"]))[place % len(asked)]
        number = next(one for one in self.known() if self.person(one) == check["person"])
        body: dict[str, Any] = {"answer": "employed_here"}
        if not untrue:
            left_on = max(left_on, dt.date.fromisoformat(check["since"]))
            body = {"answer": "employed_elsewhere", "left_on": str(left_on)}
        answer = client.post(f"{API}retention/checks/{check['id']}/answer/", body, format="json")
        assert answer.status_code == 200, answer.content
        type(self).run_jobs()
        self.model.depart(partner, number, None if untrue else left_on)
        self.changed = True

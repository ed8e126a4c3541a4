"""Hostile test 34: a scope is taken from a selector (a mutant), each in turn, and row security shows nothing of others.

A mutant is killed by the second wall where the other partner, asking everything that its function takes part in, still
gets nothing: what was not there is not there, and nothing of the partner's shows. It survives where something does.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from backend.api import base
from backend.web.base import Page
from tests.hostile import mutants
from tests.hostile.asking import Asker, Row
from tests.hostile.mutants import Place
from tests.policy.world import World

pytestmark = pytest.mark.django_db
# What row security lets a partner read on purpose, so that there the first wall stands alone; each with the reason.
WIDER = {
    "backend.accounts.selectors.organisations": "no rows of organisations': signing in reads it before a scope",
}


class Trial:
    """What the other partner gets, by the lines of the tables, with the whole wall and with each mutant."""

    def __init__(self, run_jobs: Callable[[], int]) -> None:
        self.asker = Asker(World(run_jobs))
        self.places = mutants.places()
        self.before: dict[Row, int] = {}
        self.through: dict[str, list[Row]] = {}
        with mutants.traced(self.places):
            for row in self.asker.rows():
                mutants.HIT.clear()
                status, shown = self.asker.ask(row)
                assert not shown, (row, shown)
                assert status != 500, row
                self.before[row] = status
                for function in mutants.HIT:
                    self.through.setdefault(function, []).append(row)

    def rows_of(self, place: Place) -> list[Row]:
        """The lines that run through the function of a place."""
        return self.through.get(f"{place.module}.{place.function}", [])

    def leaks(self, place: Place) -> list[str]:
        """What the mutant shows."""
        found = []
        with mutants.mutant(place):
            for row in self.rows_of(place):
                status, shown = self.asker.ask(row)
                if shown:
                    found.append(f"{row}: {sorted(shown)[:3]}")
                elif status < 400 <= self.before[row]:
                    found.append(f"{row}: {status}, not {self.before[row]}")
        return found


def table(trial: Trial) -> tuple[list[str], Counter[str]]:
    """A line for each mutant, and how many came to what."""
    lines, outcomes = [], Counter[str]()
    for place in trial.places:
        name = f"{place.module}.{place.function}"
        tried, leaks = len(trial.rows_of(place)), trial.leaks(place)
        outcome = "not reached" if not tried else "survived" if leaks else "killed by the second wall"
        if leaks and name in WIDER:
            outcome = "wider on purpose"
        outcomes[outcome] += 1
        lines.append(f"{outcome:26} {tried:4} lines  {place}  {'; '.join(leaks[:4])}")
        print(lines[-1], flush=True)
    return lines, outcomes


@pytest.fixture
def trial(db: None, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    return Trial(run_jobs)


@pytest.mark.hostile
@pytest.mark.timeout(1800)
def test_34_each_scope_that_is_taken_away_leaves_nothing_to_be_seen(trial: Trial) -> None:
    lines, outcomes = table(trial)
    print(dict(outcomes), "of", len(trial.places))
    assert len(trial.places) > 100
    assert outcomes["survived"] == 0, "\n".join(line for line in lines if line.startswith("survived"))
    assert outcomes["wider on purpose"] == len(WIDER), "what is named as wider is"


OFFERED = {*WIDER, "programs.feeds.selectors.partners"}
"""Organisations again, offered in a form of the administrators': without their roles, everybody would be shown it."""
REACHED = 70


@pytest.mark.hostile
@pytest.mark.timeout(1800)
def test_34_all_scopes_and_roles_taken_away_leave_nothing_to_be_seen(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most of what is behind another place, or behind a role, is reached only once that is gone."""
    monkeypatch.setattr(base.View, "check_permissions", lambda view, request: None)
    for page in pages():
        if "roles" in vars(page):
            monkeypatch.setattr(page, "roles", dict.fromkeys(page.roles, "partner officer manager admin"))
    own = [one for one in trial.places if f"{one.module}.{one.function}" not in OFFERED]
    leaks, hit = [], set(trial.through)
    with mutants.traced(own, gone=True):
        for row in trial.asker.rows():
            mutants.HIT.clear()
            _status, shown = trial.asker.ask(row)
            leaks += [f"{row}: {sorted(shown)[:3]}"] * bool(shown)
            hit |= mutants.HIT
    print(f"{len(own)} places gone at once, {len(hit)} functions reached, {len(leaks)} leaks")
    assert leaks == []
    assert len(hit) > REACHED, sorted(hit)


def pages(page: type[Page] = Page) -> Iterator[type[Page]]:
    """Every page there is."""
    for one in page.__subclasses__():
        yield one
        yield from pages(one)

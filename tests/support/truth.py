"""What matching came to, held against the truth of a population."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from backend.accounts.scope import everything
from programs.records.models import Record
from talent.people.models import MatchCase


@dataclass
class Judged:
    """How well persons were told to be one, or not.

    ``wrongly_one`` counts persons who stand for several human beings; ``true_pairs`` those of persons who are one human
    being, ``asked`` those of them that an officer is asked about; ``false_cases`` the questions about two human beings.
    """

    persons: int = 0
    found_by_number: int = 0
    wrongly_one: int = 0
    true_pairs: int = 0
    asked: int = 0
    false_cases: int = 0
    missed: list[tuple[int, int]] = field(default_factory=list)
    wrong: Counter = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        return 1 - self.wrongly_one / max(self.persons, 1)

    @property
    def recall(self) -> float:
        return self.asked / max(self.true_pairs, 1)

    @property
    def cases_per_true_pair(self) -> float:
        return (self.asked + self.false_cases) / max(self.asked, 1)


def judge() -> Judged:
    """Compare persons and open pairs with the human beings that the records' partner references name."""
    found = Judged()
    with everything():
        humans: dict[int, Counter] = defaultdict(Counter)
        for person, reference in Record.objects.values_list("person", "partner_ref"):
            humans[person][int(reference.split("/")[0])] += 1
        pairs = MatchCase.objects.filter(kind=MatchCase.Kind.PAIR)
        asked = {(a, b): [one["code"] for one in why] for a, b, why in pairs.values_list("person", "other", "reasons")}
    found.persons = len(humans)
    found.wrongly_one = sum(len(who) > 1 for who in humans.values())
    found.found_by_number = sum(sum(who.values()) > 1 for who in humans.values())
    by_human: dict[int, list[int]] = defaultdict(list)
    for person, who in humans.items():
        by_human[who.most_common(1)[0][0]].append(person)
    true = {pair for persons in by_human.values() for pair in combinations(sorted(persons), 2)}
    found.true_pairs = len(true)
    found.asked = len(true & asked.keys())
    found.missed = sorted(true - asked.keys())
    found.false_cases = len(asked.keys() - true)
    found.wrong = Counter(tuple(sorted(asked[pair])) for pair in asked.keys() - true)
    return found

"""What the agreements and contradictions between two persons weigh, as data: ``weights.toml`` says where from."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from talent.people.matching import Reason

SHARED = "shared"
FILE = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True, slots=True)
class Weight:
    """One kind of evidence: how often it is so of one human being (``m``), and of two (``u``; ``None``: counted).

    ``typical`` is the share that is imagined to have the trait, ``least`` and ``most`` bound what is counted.
    """

    m: float
    u: float | None
    typical: float = 0.0
    least: float = 0.0
    most: float = 1.0

    @property
    def bits(self) -> float:
        """What it weighs, where that does not depend on how many share the trait."""
        return self.of_share(1.0) if self.u is None else math.log2(self.m / self.u)

    def of_share(self, share: float) -> float:
        """What it weighs where ``share`` of all persons have the trait in question."""
        return math.log2(self.m / min(max(share, self.least), self.most))


@dataclass(frozen=True, slots=True)
class Weights:
    """All of them; ``known_before`` is the share of new persons who are known under another document, ``imagined`` how
    many persons are imagined beside those on the books."""

    evidence: Mapping[Reason, Weight]
    known_before: float
    imagined: int
    threshold: float
    holders_of_a_phone: int

    @property
    def least_bits(self) -> float:
        """The threshold as a sum: from it on an officer is asked."""
        return math.log2(self.threshold / (1 - self.threshold))

    def prior(self, persons: int) -> float:
        """What stands against any two being one before anything is known of them, among so many persons."""
        return math.log2(self.known_before / (persons + self.imagined))

    def shared(self, reason: Reason, having: int, persons: int) -> float:
        """What it weighs that two share a trait that ``having`` of ``persons`` have."""
        weight = self.evidence[reason]
        return weight.of_share((having + weight.typical * self.imagined) / (persons + self.imagined))


def probability(bits: float) -> float:
    """The probability that a sum of weights stands for."""
    return 1 / (1 + 2 ** -max(min(bits, 60.0), -60.0))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights of ``weights.toml``."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return Weights(
        evidence={
            Reason(code): Weight(
                one["m"],
                None if one["u"] == SHARED else one["u"],
                one.get("typical", 0.0),
                one.get("least", 0.0),
                one.get("most", 1.0),
            )
            for code, one in told["evidence"].items()
        },
        known_before=told["prior"]["known_before"],
        imagined=told["prior"]["imagined"],
        threshold=told["threshold"]["probability"],
        holders_of_a_phone=told["threshold"]["holders_of_a_phone"],
    )

"""What a journal keeps of each upload and each call, and what it comes to in the end."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass
class Upload:
    """One file as its sender knows it; ``number`` is the submission's once that was acknowledged."""

    organisation: int
    rows: int
    data: bytes
    number: int | None = None
    decided: dict[int, str] = field(default_factory=dict)
    rest_verified: bool = False
    in_doubt: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Balance:
    """What was acknowledged and what was found of it."""

    uploads: int
    rows: int
    decisions: int
    in_doubt: int
    tries: int
    counted: int
    unanswered: Counter[int]
    """By status: how many calls it went so with; 0 where there was no answer at all."""

    @property
    def acknowledged(self) -> str:
        """In words, for the table."""
        failed = sum(self.unanswered.values())
        told = f"{self.uploads} uploads of {self.rows} rows, {self.decisions} decisions"
        return f"{told}; {failed} of {self.tries} calls went without an answer" if failed else told

    @property
    def survived(self) -> str:
        """In words, for the table: it is made where nothing is missing."""
        doubt = f"; {self.in_doubt} in doubt were whole or not there" if self.in_doubt else ""
        return f"all of it once, {self.counted} counted, recount agrees{doubt}"


class Took(NamedTuple):
    """How long a call took, how it was answered, who made it, and which it was."""

    seconds: float
    status: int
    role: str
    what: str

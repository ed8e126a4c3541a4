"""What a published figure would be today: the same day, as the books have it now, beside what was published."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.naming import in_language
from backend.problems import FieldError, Invalid
from programs.snapshots.freezing import parts_of, rule_in_force
from programs.snapshots.models import Snapshot
from programs.targets import books, selectors
from programs.targets.books import Moment
from programs.targets.models import Target
from programs.targets.readings import Moved, Reading, between
from programs.targets.selectors import DIMENSIONS


@dataclass(frozen=True, slots=True)
class PartMoved:
    """One part of a breakdown: its heads as published and as now known, and what it is called in both languages."""

    key: str
    zh: str
    en: str
    then: int
    now: int

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.zh, self.en)

    @property
    def delta(self) -> int:
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class Restated:
    """A target as published and as now known.

    ``parts`` has, by dimension, all that moved. ``opening`` is what the ledger gives for the moment of publishing: the
    published figure, unless the books were tampered with. Of a target that is gone from its plan ``then`` alone is
    known.
    """

    code: str
    name_zh: str
    name_en: str
    then: Mapping[str, Any]
    now: Mapping[str, Any] | None = None
    opening: int = 0
    moved: list[Moved] = field(default_factory=list)
    parts: Mapping[str, list[PartMoved]] = field(default_factory=dict)

    @property
    def delta(self) -> int:
        return self.now["achieved"] - self.then["achieved"] if self.now else 0

    @property
    def goal_changed(self) -> bool:
        return self.now is not None and self.now["goal"] != self.then["goal"]

    @property
    def reproduced(self) -> bool:
        """Whether the ledger still gives the published figure for the moment of publishing."""
        return self.now is None or self.opening == self.then["achieved"]

    @property
    def changed(self) -> bool:
        """Whether anything is otherwise than it was published."""
        return self.now is None or bool(self.moved or self.delta or self.parts or self.goal_changed)

    @property
    def swapped(self) -> int:
        """How many heads were taken back and counted again, so that the total knows nothing of them."""
        return sum(min(one.counted, one.taken_back) for one in self.moved)


@dataclass(frozen=True, slots=True)
class Restatement:
    """A snapshot beside the books as they stand at ``moment``."""

    snapshot: Snapshot
    moment: Moment
    targets: list[Restated]
    rule_now: str

    @property
    def rule_changed(self) -> bool:
        return self.rule_now != self.snapshot.rule

    @property
    def changed(self) -> bool:
        return self.rule_changed or any(target.changed for target in self.targets)


def restate(*, actor: User, snapshot: Snapshot, known_at: dt.datetime | None = None) -> Restatement:
    """What has changed since a snapshot was published, in the reader's transaction.

    Args:
        actor: who reads.
        snapshot: with its plan.
        known_at: as the books stood then; by default as they stand now.

    Raises:
        Invalid: ``known_at`` lies before what was published.
    """
    if known_at is not None and known_at < snapshot.known_at:
        told = _("Choose a moment after the one that was published.")
        raise Invalid([FieldError("known_at", "too_early", told)])
    moment = books.moment(as_of=snapshot.as_of, known_at=known_at)
    standing = {target.code: target for target in selectors.targets(actor).filter(plan=snapshot.plan)}
    targets = [
        _restated(actor, snapshot, moment, frozen, standing.get(frozen["code"]))
        for frozen in snapshot.content["targets"]
    ]
    return Restatement(snapshot, moment, targets, rule_in_force(snapshot.plan))


def _restated(
    actor: User, snapshot: Snapshot, moment: Moment, frozen: Mapping[str, Any], target: Target | None
) -> Restated:
    named = {name: frozen[name] for name in ("code", "name_zh", "name_en")}
    if target is None:
        return Restated(**named, then=frozen["figure"])
    reading = Reading(actor, target, moment)
    figure = reading.figure()
    movement = between(actor, target, since=snapshot.known_at, until=moment.known_at, as_of=moment.as_of)
    now = {
        "goal": figure.goal,
        "achieved": figure.achieved,
        "remaining": figure.remaining,
        "completion_rate": figure.completion_rate,
    }
    # Without an entry since then no part can have moved, unless somebody moved it beside the ledger.
    looked_at = DIMENSIONS if movement.moved or figure.achieved != frozen["figure"]["achieved"] else ()
    parts = {by: _parts(frozen["breakdown"][by], reading, by) for by in looked_at}
    return Restated(
        **named,
        then=frozen["figure"],
        now=now,
        opening=movement.opening,
        moved=movement.moved,
        parts={by: found for by, found in parts.items() if found},
    )


def _parts(frozen: list[dict[str, Any]], reading: Reading, by: str) -> list[PartMoved]:
    published = {part["key"]: part for part in frozen}
    now = {part["key"]: part for part in parts_of(reading, by)}
    moved = []
    for key, part in (now | published).items():
        then, known = (side[key]["achieved"] if key in side else 0 for side in (published, now))
        if then != known:
            moved.append(PartMoved(key, part["zh"], part["en"], then, known))
    return sorted(moved, key=lambda one: (-abs(one.delta), one.key))

"""Who has seen identity numbers in full, by ISO week; read from the audit trail, for administrators."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from backend.accounts.models import User
from backend.audit.models import AuditEntry
from backend.clock import BUREAU

# What the trail calls it when somebody has seen a number in full.
_actions = {"person.reveal", "person.reveal_again"}
WEEKS_BEFORE = 8
"""So many weeks before tell what is usual."""

UNUSUAL_FROM = 5
UNUSUAL_TIMES = 2


@dataclass(frozen=True, slots=True)
class Reveal:
    """One time that somebody's numbers were seen: of whom, as the trail names its subjects, and why."""

    at: dt.datetime
    person: tuple[str, str]
    reason: str


@dataclass(slots=True)
class Revealer:
    """Somebody who saw numbers in a week: how often, of how many people, why, and how often is usual for them."""

    user: str
    role: str
    usual: float
    reveals: list[Reveal] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.reveals)

    @property
    def people(self) -> int:
        return len({one.person for one in self.reveals})

    @property
    def unusual(self) -> bool:
        """Whether it was far more often than in the weeks before."""
        return self.count >= UNUSUAL_FROM and self.count > UNUSUAL_TIMES * self.usual

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """The reasons that were given, the most frequent first."""
        return Counter(one.reason for one in self.reveals).most_common()


def counts_as_reveal(*actions: str) -> None:
    """Let further entries of the trail count: for rooms above that show numbers, in their ``handlers``.

    An entry whose detail says ``number: false`` showed none and is not counted.
    """
    _actions.update(actions)


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's ISO week."""
    return day - dt.timedelta(days=day.weekday())


def week(actor: User | None, monday: dt.date) -> list[Revealer]:
    """Who saw numbers in the week that begins on ``monday``: unusual counts first, then the most frequent.

    Args:
        actor: who asks, an administrator; anybody else is told of nobody. ``None``: the system, in its own scope.
        monday: a Monday, of the bureau's days.
    """
    if actor is not None and actor.role != User.Role.ADMIN:
        return []
    begins = dt.datetime.combine(monday, dt.time(), BUREAU)
    ends, before = begins + dt.timedelta(days=7), begins - dt.timedelta(weeks=WEEKS_BEFORE)
    entries = AuditEntry.objects.filter(action__in=_actions, at__lt=ends).exclude(detail__contains={"number": False})
    earlier = Counter(entries.filter(at__gte=before, at__lt=begins).values_list("actor", flat=True))
    found: dict[str, Revealer] = {}
    for entry in entries.filter(at__gte=begins).order_by("pk"):
        one = found.setdefault(
            entry.actor, Revealer(entry.actor, entry.role, round(earlier[entry.actor] / WEEKS_BEFORE, 1))
        )
        one.reveals.append(
            Reveal(entry.at, (entry.subject_type, entry.subject_id), str(entry.detail.get("reason", "")))
        )
    _fill_reasons(found)
    return sorted(found.values(), key=lambda one: (not one.unusual, -one.count, one.user))


def _fill_reasons(found: dict[str, Revealer]) -> None:
    """An answer that was shown once more has no reason of its own: the one given before for the same person stands."""
    for one in found.values():
        last: dict[tuple[str, str], str] = defaultdict(str)
        for place, reveal in enumerate(one.reveals):
            last[reveal.person] = reveal.reason or last[reveal.person]
            one.reveals[place] = Reveal(reveal.at, reveal.person, last[reveal.person])

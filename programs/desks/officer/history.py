"""What the chase board tells of each partner that is late: its habits, whom to call, what was sent, what was said.

Everything is read for a page of rows at once, so that a longer page asks no more of the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.messages.answers import told
from backend.messages.deliveries.selectors import recipients
from programs.contacting import selectors as calls
from programs.contacting.models import CallNote
from programs.desks.officer.words import stage
from programs.periods.models import Obligation
from programs.periods.rates import REPORTS, due_over
from programs.periods.selectors import obligations
from programs.reminders import selectors as reminders
from programs.reminders.models import Reminder

LAST_PERIODS = 8
LAST_SENT = 5
LAST_CALLS = 3
State = Obligation.State

HOW: Mapping[str, str | Promise] = {
    "on_time": lazy("on time"),
    "late": lazy("late"),
    "missing": lazy("not reported"),
    "excused": lazy("excused"),
}
ROLES: Mapping[str, str | Promise] = {
    "submitter": lazy("Who reports"),
    "填报人": lazy("Who reports"),
    "联系人": lazy("Who reports"),
    "leader": lazy("The partner's leader"),
    "负责人": lazy("The partner's leader"),
    "领导": lazy("The partner's leader"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """How one earlier report came: a key of ``HOW``, and its word."""

    period: str
    how: str

    @property
    def said(self) -> str:
        return str(HOW[self.how])


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder as it is told: to whom by name, at which stage, and what the other side said."""

    reminder: Reminder
    stage: str
    to: str
    answer: str


@dataclass(frozen=True, slots=True)
class History:
    """What is known of one late partner; ``turns`` begin with the earliest."""

    turns: Sequence[Turn] = ()
    sent: Sequence[Sent] = ()
    calls: Sequence[CallNote] = ()
    contacts: Sequence[Mapping[str, str]] = field(default=())

    @property
    def judged(self) -> int:
        """Of how many reports it can be said whether they came on time."""
        return sum(one.how != "excused" for one in self.turns)

    @property
    def late(self) -> int:
        """How many of them did not."""
        return sum(one.how in ("late", "missing") for one in self.turns)


def histories(rows: Iterable[Obligation], actor: User) -> dict[int, History]:
    """By obligation, what is known of whoever owes it, as far as ``actor`` may see; by six queries at the most."""
    rows = list(rows)
    bodies = {one.organisation_id for one in rows}
    turns, sent = _turns(bodies, actor), _sent(rows, actor)
    said = calls.latest(actor, bodies, LAST_CALLS)
    officer = actor.role == User.Role.OFFICER
    return {
        one.pk: History(
            turns.get(one.organisation_id, ()),
            sent.get(one.pk, ()),
            said.get(one.organisation_id, ()),
            contacts_of(one) if officer else (),
        )
        for one in rows
    }


def contacts_of(owed: Obligation) -> list[Mapping[str, Any]]:
    """Whom to call, those who report before the leader and others, each with the role in words."""
    order = {role: place for place, role in enumerate(ROLES)}
    known = sorted(owed.organisation.contacts, key=lambda one: order.get(_role(one), len(order)))
    return [{**one, "role": str(ROLES.get(_role(one), one.get("role", "")))} for one in known]


def _role(contact: Mapping[str, str]) -> str:
    return contact.get("role", "").strip().casefold()


def _turns(bodies: set[int], actor: User) -> dict[int, list[Turn]]:
    place = Window(RowNumber(), partition_by=F("organisation_id"), order_by=[F("due_on").desc(), F("id").desc()])
    over = due_over(obligations(actor)).filter(REPORTS, organisation__in=bodies)
    last = over.order_by().annotate(place=place).filter(place__lte=LAST_PERIODS).order_by("due_on", "id")
    found: dict[int, list[Turn]] = {}
    for one in last:
        found.setdefault(one.organisation_id, []).append(Turn(one.period.code, _how(one)))
    return found


def _how(one: Obligation) -> str:
    if one.state in (State.EXCUSED, State.MISSING):
        return str(one.state)
    return "on_time" if one.on_time else "late"


def _sent(rows: Sequence[Obligation], actor: User) -> dict[int, list[Sent]]:
    place = Window(RowNumber(), partition_by=F("obligation_id"), order_by=[F("due_at").desc(), F("id").desc()])
    mine = reminders.reminders(actor).filter(obligation__in=[one.pk for one in rows])
    gone = mine.exclude(state__in=[Reminder.State.SCHEDULED, Reminder.State.CANCELLED, Reminder.State.SKIPPED])
    last = list(gone.annotate(place=place).filter(place__lte=LAST_SENT).order_by("-due_at", "-id"))
    names = recipients(last)
    found: dict[int, list[Sent]] = {}
    for one in last:
        answer = told(one.delivery.answer) if one.delivery else ""
        found.setdefault(one.obligation_id or 0, []).append(Sent(one, stage(one.stage), names[one.pk], answer))
    return found

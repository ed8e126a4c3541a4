"""Publishing a snapshot: the figures of a plan at one moment, frozen and chained to the one before."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.chain.services import order_anchor
from backend.problems import FieldError, Invalid
from backend.vault.masking import scrub
from programs.snapshots.canonical import digest
from programs.snapshots.freezing import freeze, rule_in_force
from programs.snapshots.models import Snapshot
from programs.targets import books
from programs.targets.books import Moment
from programs.targets.models import Plan
from talent.people.models import PersonChange

CHAIN = "snapshots.chain"
LONGEST_TITLE = 200
LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Draft:
    """What publishing would freeze: the moment, the content, the rule in force, and the persons still to be settled."""

    plan: Plan
    moment: Moment
    content: dict[str, Any]
    rule: str
    pending: int


def draft(*, actor: User, plan: Plan, as_of: dt.date | None = None, known_at: dt.datetime | None = None) -> Draft:
    """What publishing would freeze, in the reader's transaction.

    Args:
        actor: who reads.
        plan: whose targets.
        as_of: by which day things have happened; by default today.
        known_at: as the books stood then; by default as they stand now.

    Raises:
        Invalid: ``as_of`` is still to come.
    """
    moment = books.moment(as_of=as_of, known_at=known_at)
    if moment.as_of > clock.today():
        raise Invalid([FieldError("as_of", "future", _("Choose a day that has come: what is published has happened."))])
    pending = PersonChange.objects.values("person_id").distinct().count()
    return Draft(plan, moment, freeze(actor, plan, moment), rule_in_force(plan), pending)


@transaction.atomic
def publish(
    *,
    actor: User,
    plan: Plan,
    title: str,
    note: str = "",
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> Snapshot:
    """Freeze a plan's figures under a title.

    The head of the audit trail's chain is given out soon after. Nothing waits for what is still to be settled: the
    snapshot is of the moment to which the books are closed, and how many persons were pending stands on it.

    Args:
        actor: a manager.
        plan: whose targets.
        title: what the snapshot is called; identity numbers in it are masked.
        note: what its readers should know.
        as_of: by which day things have happened; by default today.
        known_at: as the books stood then; by default as they stand now.

    Raises:
        Invalid: the title is missing, a text too long, or ``as_of`` still to come.
    """
    title, note = scrub(title.strip()), scrub(note.strip())
    _refuse_texts(title, note)
    # Whoever publishes beside us follows us: read what is there only once the lock is ours.
    locks.hold(CHAIN)
    last = Snapshot.objects.order_by("-number").first()
    drawn = draft(actor=actor, plan=plan, as_of=as_of, known_at=known_at)
    snapshot = Snapshot(
        number=last.number + 1 if last else 1,
        previous=last,
        plan=plan,
        title=title,
        note=note,
        as_of=drawn.moment.as_of,
        known_at=drawn.moment.known_at,
        pending=drawn.pending,
        rule=drawn.rule,
        content=drawn.content,
        publisher_id=actor.pk,
        publisher=actor.username,
        published_at=clock.now(),
    )
    snapshot.digest = digest(snapshot, last.digest if last else None)
    snapshot.save(force_insert=True)
    enter_audit(
        action="snapshot.publish",
        subject=snapshot,
        detail={
            "number": snapshot.number,
            "plan": plan.code,
            "title": title,
            "as_of": snapshot.as_of,
            "digest": snapshot.digest,
        },
        actor=actor,
    )
    order_anchor()
    return snapshot


def _refuse_texts(title: str, note: str) -> None:
    if not title:
        raise Invalid([FieldError("title", "required", _("Give the snapshot a title."))])
    for name, text, most in (("title", title, LONGEST_TITLE), ("note", note, LONGEST_NOTE)):
        if len(text) > most:
            too_long = _("Say it in %(most)d characters at most.") % {"most": most}
            raise Invalid([FieldError(name, "max_length", too_long)])

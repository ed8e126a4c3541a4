"""What a decision on many records would do, before it is taken: to the records, and to each target.

It is carried out in a savepoint that is rolled back, and the settler's own statement says where the persons ought to
stand before and after. Nothing is posted, and the ledger's pen is not taken.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend.accounts import scope
from backend.accounts.models import User
from backend.jobs.models import Job
from backend.jobs.services import queue
from programs.review.choosing import Chosen
from programs.review.deciding import Order, Outcome, carry_out, tally
from programs.review.runs import in_ranges
from programs.review.safeguards import Why
from programs.review.services import AT_ONCE, LISTED, names_of, order_for, told
from programs.targets.models import Target
from programs.targets.settle import TELLING_OF_GAIN, TELLING_OF_LOSS, desired
from talent.people.models import PersonChange

PREVIEW = "records.preview"
MOVES = ("come", "gone", "moved")
Heads = dict[tuple[int, int], tuple[object, ...]]
Reasons = dict[int, list[str]]


@dataclass
class Preview:
    """What a decision would come to. ``targets``: by code and by the ledger's reason, the heads that come, go or move
    to other dimensions. ``held``: by colleague, how many of the records they are at work on.
    """

    decision: str
    total: int = 0
    decided: int = 0
    standing: int = 0
    first_verified: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)
    skipped_count: int = 0
    why: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    targets: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count what would come of some more records."""
        self.decided += len(outcome.decided)
        self.standing += len(outcome.standing)
        self.first_verified += len(outcome.first_verified)
        self.skipped += told(outcome.skipped[: LISTED - len(self.skipped)])
        self.skipped_count += len(outcome.skipped)
        self.why = dict(Counter(self.why) + Counter(tally(outcome.skipped)))
        held = Counter(one.by for one in outcome.skipped if one.why == Why.HELD and one.by is not None)
        names = names_of(held)
        self.held = dict(Counter(self.held) + Counter({names[by]: n for by, n in held.items()}))

    def move(self, target: str, reason: str, what: str) -> None:
        """Count a head of a target that would come, go or move."""
        moves = self.targets.setdefault(target, {}).setdefault(reason, dict.fromkeys(MOVES, 0))
        moves[what] += 1

    def as_dict(self) -> dict[str, Any]:
        return {
            **{name: value for name, value in vars(self).items() if name not in ("held", "targets")},
            "held": [{"by": by, "records": n} for by, n in sorted(self.held.items())],
            "targets": [
                {
                    "code": code,
                    **{what: sum(moves[what] for moves in reasons.values()) for what in MOVES},
                    "reasons": [{"reason": reason, **moves} for reason, moves in sorted(reasons.items())],
                }
                for code, reasons in self.targets.items()
            ],
        }


def preview(chosen: Chosen, *, decision: str, actor: User) -> Preview | Job:
    """What a decision would do: exactly, up to ``AT_ONCE`` records; above that as a job, which is given back."""
    order = order_for(decision, actor, chosen.submissions)
    if len(chosen.ids) > AT_ONCE:
        return queue(
            kind=PREVIEW,
            subject_id=None,
            organisation_id=None,
            actor=actor,
            params={
                "decision": decision,
                "submissions": sorted(chosen.submissions),
                "asked": dict(chosen.asked),
                "ranges": in_ranges(chosen.ids),
            },
        )
    found = Preview(decision, total=len(chosen.ids), targets=blank())
    # Where a person stands follows from all of their records, those of other districts too.
    with scope.whole(actor):
        try_out(order, chosen.ids, found)
    return found


def blank() -> dict[str, dict[str, dict[str, int]]]:
    """Every target, none of whose heads moves."""
    return {code: {} for code in Target.objects.order_by("position", "pk").values_list("code", flat=True)}


def try_out(order: Order, ids: Sequence[int], found: Preview) -> None:
    """Adds to ``found`` what ``order`` would do to the records ``ids``; nothing of it stays, no lock either."""
    with transaction.atomic():
        persons = _persons(ids)
        before = desired(persons)
        outcome = carry_out(order, ids)
        after = desired(persons)
        reasons = _reasons(outcome.marked)
        transaction.set_rollback(True)
    found.add(outcome)
    _compare(found, before, after, reasons)


def by_person(ids: Sequence[int], length: int) -> Iterable[list[int]]:
    """The records in lists of ``length`` or a little more, those of one person together."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record.id, coalesce(person.canonical_id, person.id) FROM record"
            " JOIN person ON person.id = record.person_id WHERE record.id = ANY(%s) ORDER BY 2, 1",
            [list(ids)],
        )
        rows = cursor.fetchall()
    piece: list[int] = []
    last = None
    for record, person in rows:
        if len(piece) >= length and person != last:
            yield piece
            piece = []
        piece.append(record)
        last = person
    if piece:
        yield piece


def sentences(found: dict[str, Any]) -> list[str]:
    """What a preview says of the records, in sentences."""
    said = [_("%(n)s would be decided so.") % {"n": f"{found['decided']:,}"}]
    for name, text in (
        ("first_verified", _("%(n)s would be verified by a first officer and await a second.")),
        ("standing", _("%(n)s stand so already.")),
        ("skipped_count", _("%(n)s would be passed over.")),
    ):
        if found[name]:
            said.append(text % {"n": f"{found[name]:,}"})
    return said


def _compare(found: Preview, before: Heads, after: Heads, reasons: Reasons) -> None:
    codes = dict(Target.objects.values_list("pk", "code"))
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        person, target = key
        what = "come" if old is None else "gone" if new is None else "moved"
        telling = TELLING_OF_GAIN if what == "come" else TELLING_OF_LOSS
        given = reasons.get(person) or [PersonChange.Reason.CORRECTED.value]
        found.move(codes[target], min(given, key=telling.index), what)


def _reasons(marked: dict[PersonChange.Reason, list[int]]) -> Reasons:
    """By the person that somebody is now, the reasons for which they would be marked."""
    found: Reasons = {}
    for reason, persons in marked.items():
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(canonical_id, id) FROM person WHERE id = ANY(%s)", [list(persons)])
            for (person,) in cursor.fetchall():
                found.setdefault(person, []).append(reason.value)
    return found


def _persons(ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT person_id FROM record WHERE id = ANY(%s)", [list(ids)])
        return [person for (person,) in cursor.fetchall()]

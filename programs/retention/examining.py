"""What an answer may be: the same for interface, form and file."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from programs.catalogue.models import Path
from programs.retention.models import RetentionCheck, Said

MAY_SAY: dict[str, tuple[Said, ...]] = {
    Path.INTRODUCED: (Said.STAYS, Said.LEFT, Said.CAME_BACK, Said.UNKNOWN),
    Path.TRAINED: (
        *(Said.EMPLOYED_HERE, Said.EMPLOYED_ELSEWHERE, Said.NOT_EMPLOYED),
        *(Said.CAME_BACK, Said.UNKNOWN),
    ),
}
"""What may be answered of each path."""

GONE = frozenset({Said.LEFT, Said.EMPLOYED_ELSEWHERE, Said.CAME_BACK})
"""The answers that tell of a departure, and so may have its day and reason."""

PRESENT = frozenset({Said.STAYS, Said.EMPLOYED_HERE})
LONGEST_NOTE = 1000
FOREVER = dt.date.max


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to one question; see ``RetentionAnswer``."""

    said: str
    left_on: dt.date | None = None
    returned_on: dt.date | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer: the value at fault, a code, and a sentence that says what to do."""

    field: str
    code: str
    message: str


def completed(asked: RetentionCheck, given: Answer, today: dt.date) -> Answer:
    """An answer with what follows from the question: of who has come back the departure that is known already, of who
    works elsewhere the day of the question where no other is given."""
    if given.said == Said.CAME_BACK:
        reason = given.reason or (asked.reason if given.left_on in (None, asked.left_on) else "")
        return replace(given, left_on=given.left_on or asked.left_on, reason=reason)
    if given.said == Said.EMPLOYED_ELSEWHERE and given.left_on is None and asked.falls_on <= today:
        return replace(given, left_on=asked.falls_on)
    return given


def faults(asked: RetentionCheck, given: Answer, *, today: dt.date, reasons: Collection[str]) -> list[Fault]:
    """What is wrong with an answer by itself; it is ``completed``.

    Args:
        today: the bureau's day.
        reasons: the codes of ``leaving_reason``.
    """
    if given.said not in MAY_SAY[asked.path]:
        known = ", ".join(f"{one.value} ({one.label})" for one in MAY_SAY[asked.path])
        return [Fault("answer", "not_for_path", _("Answer one of: %(known)s.") % {"known": known})]
    found = []
    if given.said not in GONE:
        found += _idle(given)
        if today < asked.falls_on:
            told = _(
                "This is asked of %(day)s. Answer from that day on; a departure may be told as soon as it is known."
            )
            found.append(Fault("answer", "too_early", told % {"day": asked.falls_on}))
        return found + _long(given)
    found += _days(asked, given, today)
    if given.reason and given.reason not in reasons:
        known = _("There is no reason “%(code)s”. Choose one of the code table leaving_reason.")
        found.append(Fault("reason", "unknown_code", known % {"code": given.reason[:40]}))
    if not given.reason and given.said != Said.EMPLOYED_ELSEWHERE:
        found.append(Fault("reason", "required", _("Say why they left; “unknown” is among the reasons.")))
    return found + _long(given)


def against_others(
    asked: RetentionCheck, given: Answer, others: Iterable[tuple[RetentionCheck, Answer]]
) -> list[Fault]:
    """What contradicts the answers to the other questions about the same record: nobody is away and here on one day."""
    for other, says in others:
        there, away = (asked, says) if given.said in PRESENT else (other, given)
        present = given if given.said in PRESENT else says
        if present.said in PRESENT and is_away(away, there.falls_on):
            told = _(
                "The answer after %(months)s months says otherwise of %(day)s. Mend that one first, or answer that they"
                " came back, with the day."
            )
            return [Fault("answer", "contradicts", told % {"months": other.months, "day": there.falls_on})]
    return []


def is_away(says: Answer, day: dt.date) -> bool:
    """Whether somebody was away on a day by an answer."""
    return says.left_on is not None and says.left_on <= day < (says.returned_on or FOREVER)


def of(asked: RetentionCheck, note: str = "") -> Answer:
    """The answer of a question that holds."""
    return Answer(asked.said, asked.left_on, asked.returned_on, asked.reason, note)


def _days(asked: RetentionCheck, given: Answer, today: dt.date) -> Sequence[Fault]:
    found = []
    if given.left_on is None:
        found.append(Fault("left_on", "required", _("Say since which day they are not there any more.")))
    elif given.left_on < asked.since:
        told = _("They came on %(day)s and cannot have left before. Mend the day.")
        found.append(Fault("left_on", "before_arrival", told % {"day": asked.since}))
    elif given.left_on > today:
        found.append(Fault("left_on", "future", _("This day is still to come. Tell of it once it has.")))
    if given.said != Said.CAME_BACK:
        if given.returned_on is not None:
            told = _("Only who came back has such a day: answer came_back, or leave it out.")
            found.append(Fault("returned_on", "not_asked", told))
    elif given.returned_on is None:
        found.append(Fault("returned_on", "required", _("Say since which day they are back.")))
    elif given.returned_on > today:
        found.append(Fault("returned_on", "future", _("This day is still to come. Tell of it once it has.")))
    elif given.left_on is not None and given.returned_on <= given.left_on:
        told = _("They left on %(day)s and cannot have come back before the day after. Mend one of the two days.")
        found.append(Fault("returned_on", "before_leaving", told % {"day": given.left_on}))
    return found


def _idle(given: Answer) -> list[Fault]:
    told = _("Only who has left has this: leave it out, or answer that they left.")
    names = ("left_on", "returned_on", "reason")
    return [Fault(name, "not_asked", told) for name in names if getattr(given, name)]


def _long(given: Answer) -> list[Fault]:
    if len(given.note) <= LONGEST_NOTE:
        return []
    return [Fault("note", "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST_NOTE})]

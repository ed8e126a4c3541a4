"""What the page of one record tells: its values, what an amendment would change, the checks' warnings, its story."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.naming import in_language
from backend.reference.selectors import label
from programs.desks.credentials.credentials import on_record
from programs.desks.officer.words import DECIDED, DECISIONS, Word
from programs.desks.recruitment.on_record import on_record as recruited
from programs.intake.answers import finding
from programs.intake.columns import COLUMNS
from programs.records import asking, selectors
from programs.records.claims import FirstVerification
from programs.records.models import Amendment, Decision, DecisionRun, Outcome, Record, Undoing
from programs.records.showing import OPEN_VALUES, SEALED_VALUES, changes, values
from programs.review import services as review
from programs.review.rulings import BECOMES, Kind
from programs.review.undoing import may_be_undone
from programs.submissions import selectors as submissions
from talent.people.selectors import masked_documents

# Columns whose values are codes of a table of the same name.
CODED = frozenset({"education", "degree", "title", "district", "segment", "occupation"})
READERS_OF_FINDINGS = frozenset({User.Role.PARTNER, User.Role.OFFICER})


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened to a record: when, in words, why, by whom, and in which submission."""

    at: dt.datetime
    state: str
    said: str
    reason: str = ""
    by: str = ""
    submission: int | None = None
    row: int | None = None


def told(record: Record, actor: User) -> dict[str, Any]:
    """Everything below the head of a record's page; the caller has found out that ``actor`` may see the record."""
    amendments = list(selectors.amendments(record))
    waiting = next((one for one in amendments if one.state == Amendment.State.PENDING), None)
    changed = changes(record, waiting) if waiting else []
    renewed = asking.mended(record)
    moved = changed or renewed or []
    asked = asking.asked_of(record)
    given = _values(record, {one["column"] for one in moved})
    return {
        "amendment": waiting,
        "changes": [_change(one) for one in moved],
        "renewed": renewed is not None,
        "asked": [_asked(one, given) for one in asked],
        "claim": selectors.claims_on([record.pk]).get(record.pk) if may_see_work(actor) else None,
        "first": selectors.first_verified([record.pk]).get(record.pk) if may_see_work(actor) else None,
        "values": given,
        "fields": _fields(given) if actor.role == User.Role.OFFICER else [],
        "documents": [
            {"type": label("id_type", one["id_type"]), "number": one["number"]}
            for one in masked_documents([record.person_id]).get(record.person_id, ())
        ],
        "credentials": on_record(record.pk, actor),
        "recruited": recruited(record.pk, actor),
        "findings": _findings(record, waiting, actor),
        "turns": _turns(record, amendments, actor),
    }


def may_see_work(actor: User) -> bool:
    """Whether ``actor`` is told who of the bureau is at work on a record."""
    return bool(actor.sees_everything)


def undoable(record: Record) -> Decision | None:
    """The latest decision on a record, if it is young enough to be undone and did not come with a lot's verdict; what
    else rests on it is not asked.
    """
    latest = Decision.objects.filter(record=record, undoing=None).order_by("-pk").first()
    if latest is None or not may_be_undone(latest.decided_at):
        return None
    if latest.run_id and DecisionRun.objects.filter(pk=latest.run_id, asked__has_key="lot").exists():
        return None
    # What was decided on the record itself and is not so any more has been overtaken.
    overtaken = latest.amendment_id is None and record.state != BECOMES[Kind(latest.decision)]
    return None if overtaken else latest


def mendable(record: Record, actor: User) -> bool:
    """Whether ``actor`` may mend here what was returned: the record, or the latest amendment of it."""
    if actor.role != User.Role.PARTNER or actor.read_only or record.pending:
        return False
    if record.state == Record.State.VERIFIED:
        return isinstance(asking.returned_values(record), Amendment)
    return record.state == Record.State.RETURNED


def buttons(record: Record) -> list[Word]:
    """The decisions that an officer can take on a record as it stands now."""
    if record.state == Record.State.SUBMITTED:
        return [DECISIONS[kind] for kind in (Kind.VERIFY, Kind.RETURN, Kind.REJECT)]
    if record.state != Record.State.VERIFIED:
        return []
    amended = (Kind.VERIFY, Kind.RETURN, Kind.REJECT) if record.pending else ()
    return [DECISIONS[kind] for kind in (*amended, Kind.REVOKE)]


def header(column: str) -> str:
    """A column of the template in the reader's language."""
    return next((in_language(one.zh, one.en) for one in COLUMNS if one.code == column), column)


def _value(column: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if column == "outcome":
        return str(Outcome(value).label)
    if isinstance(value, dt.date):
        return value.isoformat()
    return label(column, str(value)) if column in CODED else str(value)


def _values(record: Record, changed: set[str]) -> list[dict[str, Any]]:
    given = values(record)
    ordered = [one.code for one in COLUMNS if one.code in (*OPEN_VALUES, *SEALED_VALUES)]
    return [
        {"column": name, "header": header(name), "value": _value(name, given[name]), "changed": name in changed}
        for name in ordered
        if given.get(name) not in (None, "") or (name in changed and name in given)
    ]


def _change(one: Mapping[str, Any]) -> dict[str, str]:
    column = one["column"]
    return {"header": header(column), "old": _value(column, one["old"]), "new": _value(column, one["new"])}


def _fields(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every column of the template, with the value where the page shows one: what may be returned with a reason."""
    values = {one["column"]: one["value"] for one in given}
    return [{"column": one.code, "header": header(one.code), "value": values.get(one.code, "")} for one in COLUMNS]


def _asked(one: asking.Asked, given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    value = next((shown["value"] for shown in given if shown["column"] == one.column), "")
    return {
        "column": one.column,
        "header": header(one.column),
        "reason": one.reason,
        "mended": one.mended,
        "now": value,
    }


def _findings(record: Record, waiting: Amendment | None, actor: User) -> list[dict[str, Any]]:
    """What the checks warned of in the values under review: the amendment's, or else the record's own."""
    if actor.role not in READERS_OF_FINDINGS:
        return []
    reported = waiting or record
    submission = submissions.submissions(actor).filter(pk=reported.submission_id).first()
    if submission is None:
        return []
    found = submissions.findings(actor, submission).filter(row=reported.row).order_by("position")
    language = get_language() or "zh-hans"
    return [finding(one, submission, language) for one in found]


def _turns(record: Record, amendments: Sequence[Amendment], actor: User) -> list[Turn]:
    taken = list(selectors.decisions(record))
    names: dict[int, str] = {}
    if actor.sees_everything:
        # Partners hear what the bureau decided and why, not which of its officers did.
        officers = User.objects.filter(pk__in={one.decided_by_id for one in taken})
        names = dict(officers.values_list("pk", "username"))
    turns = [
        Turn(
            one.reported_at,
            "submitted",
            _("Other values were reported"),
            submission=one.submission_id,
            row=one.row,
        )
        for one in amendments
    ]
    # Once an amendment has taken effect, the record names its submission and no longer the first one.
    overtaken = any(one.state == Amendment.State.TAKEN for one in amendments)
    submission, row = (None, None) if overtaken else (record.submission_id, record.row)
    turns.append(Turn(record.reported_at, "submitted", _("Reported"), submission=submission, row=row))
    undone = {one.decision_id: one for one in Undoing.objects.filter(record=record)}
    if actor.sees_everything:
        first = list(FirstVerification.objects.filter(record=record).select_related("officer"))
        said = _("Verified by the first of two officers")
        turns += [Turn(one.verified_at, Kind.VERIFY.value, said, by=one.officer.username) for one in first]
        names |= review.names_of(one.undone_by_id for one in undone.values())
    for one in taken:
        kind = Kind(one.decision)
        what = _("The amendment was %(decided)s") if one.amendment_id else _("The record was %(decided)s")
        turns.append(
            Turn(
                one.decided_at,
                kind.value,
                what % {"decided": DECIDED[kind]},
                one.reason,
                names.get(one.decided_by_id, ""),
                one.submission_id,
            )
        )
        if back := undone.get(one.pk):
            said = _("The decision “%(decision)s” was undone") % {"decision": DECISIONS[kind].label}
            reason = back.reason if actor.sees_everything else ""
            turns.append(Turn(back.undone_at, "submitted", said, reason, names.get(back.undone_by_id, "")))
    return sorted(turns, key=lambda turn: turn.at)

"""Noting how people take part: sessions, hours and why they withdrew, as summaries that stand until the next.

A summary is never changed: what is told later is a further edition, so that it stays known what was told when.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid
from backend.reference import selectors as reference
from programs.catalogue.models import Cohort
from programs.records.models import NOT_LIVE, Outcome, Record

VALUES = ("sessions_held", "sessions_attended", "hours", "until", "withdrawal_reason")
MOST_ROWS = 5000
MOST_SESSIONS = 10_000
MOST_HOURS = Decimal(10_000)
Values = Mapping[str, Any]

_NOTE = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
        record_id bigint, organisation_id bigint, sessions_held int, sessions_attended int, hours numeric, until date,
        withdrawal_reason text)
), changed AS (
    SELECT given.*, coalesce(latest.edition, 0) + 1 AS edition
    FROM given LEFT JOIN LATERAL (
        SELECT edition, sessions_held, sessions_attended, hours, until, withdrawal_reason
        FROM attendance WHERE record_id = given.record_id ORDER BY edition DESC LIMIT 1
    ) AS latest ON true
    WHERE (given.sessions_held, given.sessions_attended, given.hours, given.until, given.withdrawal_reason)
        IS DISTINCT FROM (latest.sessions_held, latest.sessions_attended, latest.hours, latest.until,
                          latest.withdrawal_reason::text)
)
INSERT INTO attendance (record_id, organisation_id, edition, sessions_held, sessions_attended, hours, until,
                        withdrawal_reason, submission_id, noted_by_id, noted_at)
SELECT record_id, organisation_id, edition, sessions_held, sessions_attended, hours, until, withdrawal_reason,
       %(submission)s, %(actor)s, shugu_now()
FROM changed ORDER BY record_id
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """How many summaries were taken, and how many said what stands already."""

    noted: int
    unchanged: int


def faults(values: Values, record: Record, cohort: Cohort, today: dt.date) -> Iterator[FieldError]:
    """What is wrong with a summary, by its fields; the same for a file, a call and a form.

    Args:
        values: by ``VALUES``; what is missing or none is not told.
        record: whose it is, live and of ``cohort``.
        cohort: as it stands.
        today: the bureau's day.
    """
    held, attended, hours = (values.get(name) for name in ("sessions_held", "sessions_attended", "hours"))
    until, reason = values.get("until"), values.get("withdrawal_reason") or ""
    if (held is None) != (attended is None):
        missing = "sessions_held" if held is None else "sessions_attended"
        yield FieldError(missing, "required", _("Give both: how many sessions were held, and how many attended."))
    elif held is not None and attended is not None and not 0 <= attended <= held <= MOST_SESSIONS:
        message = _("%(attended)s of %(held)s sessions cannot be: as many are attended as are held, at most.")
        yield FieldError("sessions_attended", "out_of_range", message % {"attended": attended, "held": held})
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        message = _("Hours are 0 or more, and %(most)s at most.") % {"most": MOST_HOURS}
        yield FieldError("hours", "out_of_range", message)
    if held is None and hours is None and not reason:
        message = _("Nothing is told: give sessions, hours, or why this person withdrew.")
        yield FieldError("sessions_held", "required", message)
    last = min(today, cohort.ends_on)
    if until is None:
        yield FieldError("until", "required", _("Say up to which day this is so."))
    elif not record.started_on <= until <= last:
        message = _("This day lies outside the days on which the person was in the cohort, %(from)s to %(to)s.")
        yield FieldError("until", "outside", message % {"from": record.started_on, "to": last})
    if reason and reason not in reference.tables().names["withdrawal_reason"]:
        message = _("%(code)s is no reason of the bureau's list; choose one of the table withdrawal_reason.")
        yield FieldError("withdrawal_reason", "invalid", message % {"code": reason})
    elif reason and record.outcome != Outcome.WITHDRAWN:
        message = _("This person is reported as “%(outcome)s”. Report the withdrawal first, then its reason.")
        yield FieldError("withdrawal_reason", "not_withdrawn", message % {"outcome": record.get_outcome_display()})


@transaction.atomic
def note(*, actor: User, cohort: Cohort, rows: Sequence[Values]) -> Noted:
    """Notes how people of a cohort take part; a summary that says what stands already is passed over.

    Args:
        actor: a submitter of the cohort's organisation, or an officer.
        cohort: one that the actor may see.
        rows: ``record`` (its id) with ``VALUES``.

    Raises:
        Invalid: every field of every row at fault (``rows.3.until``); nothing is taken then.
    """
    # Whoever notes for the same cohort waits, so that editions follow each other.
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if len(rows) > MOST_ROWS:
        raise Invalid([("rows", "max_length", _("There are %(most)d rows at most.") % {"most": MOST_ROWS})])
    wanted = [row["record"] for row in rows]
    live = Record.objects.filter(pk__in=wanted, cohort=cohort).exclude(state__in=NOT_LIVE)
    records, today = live.in_bulk(), clock.today()
    errors: list[FieldError] = []
    seen: set[int] = set()
    for place, row in enumerate(rows):
        record = records.get(row["record"])
        if record is None:
            message = _("There is no enrolment %(id)s in cohort %(cohort)s.")
            told = message % {"id": row["record"], "cohort": cohort.code}
            errors.append(FieldError(f"rows.{place}.record", "does_not_exist", told))
            continue
        if record.pk in seen:
            message = _("Enrolment %(id)s is given twice; leave one of its rows.") % {"id": record.pk}
            errors.append(FieldError(f"rows.{place}.record", "unique", message))
        seen.add(record.pk)
        found = faults(row, record, cohort, today)
        errors += [FieldError(f"rows.{place}.{one.field}", one.code, one.message) for one in found]
    if errors:
        raise Invalid(errors)
    noted = put([(records[row["record"]], row) for row in rows], actor=actor)
    if noted.noted:
        detail = {"cohort": cohort.code, "noted": noted.noted, "unchanged": noted.unchanged}
        enter_audit(action="attendance.note", subject=cohort, detail=detail, actor=actor)
    return noted


def put(rows: Sequence[tuple[Record, Values]], *, actor: User | None, submission_id: int | None = None) -> Noted:
    """Writes summaries that were found good, by one statement; the caller holds their cohorts."""
    given = [
        {
            "record_id": record.pk,
            "organisation_id": record.organisation_id,
            **{name: values.get(name) for name in VALUES},
            "withdrawal_reason": values.get("withdrawal_reason") or "",
        }
        for record, values in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {
                "rows": json.dumps(given, cls=DjangoJSONEncoder),
                "submission": submission_id,
                "actor": actor.pk if actor else None,
            },
        )
        noted = cursor.rowcount
    return Noted(noted, len(given) - noted)

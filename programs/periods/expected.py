"""Which obligations there must be: laid down, moved, withdrawn and fulfilled in sets, from what the books say.

An organisation owes a report for every period in which it takes part in a live programme; for one of a scheme, if the
scheme covers it. One that is closed, or went into another, owes what ended before that day alone, and from that day on
nothing that was not overdue: what is still open is called off (excused, with the reason), and owed again should the end
be taken back. The due day is the period's, or a later one that was granted. Repeating any of this changes nothing,
so it is called wherever periods or programmes change, and once a night for whatever was missed.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q, QuerySet

from backend import clock, locks
from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.outbox.services import state
from programs.periods import telling
from programs.periods.models import Obligation

SETTLED = "obligation.settled"
"""Stated once nothing more is owed: it was reported, confirmed as zero, excused, or is no longer expected."""

EXPECTED = "obligation.expected"
"""Stated when obligations were laid down or have moved, about the first of them for all: whoever reminds may follow."""

# Whoever lays down obligations waits here for whoever else does. Any number that nothing else takes.
EXPECT = "periods.expect"

# The latest of the period's own due day and of what was granted, to the organisation or to all.
_DUE_ON = "greatest(period.due_on, own.due_on, everyones.due_on)"
_GRANTED = """
    SELECT period_id, organisation_id, max(due_on) AS due_on FROM due_extension
    WHERE withdrawn_at IS NULL GROUP BY period_id, organisation_id
"""
_EXTENDED = f"""
    LEFT JOIN ({_GRANTED}) AS own ON own.period_id = period.id AND own.organisation_id = owing.organisation_id
    LEFT JOIN ({_GRANTED}) AS everyones ON everyones.period_id = period.id AND everyones.organisation_id IS NULL
"""
# A period of a scheme is owed by whom the scheme covers. One without is owed by all who take part, but for those whom
# a scheme of the same frequency covers in its place.
_EXPECTED = f"""
    SELECT owing.organisation_id, period.id AS period_id, max({_DUE_ON}) AS due_on
    FROM period
    LEFT JOIN period_scheme scheme ON scheme.id = period.scheme_id
    JOIN programme ON programme.starts_on <= period.ends_on AND programme.ends_on >= period.starts_on
    JOIN programme_organisation owing ON owing.programme_id = programme.id
    JOIN organisation body ON body.id = owing.organisation_id
    {_EXTENDED}
    WHERE (body.closed_on IS NULL OR body.closed_on > period.ends_on) AND CASE WHEN period.scheme_id IS NOT NULL
        THEN scheme.starts_on <= period.ends_on AND scheme.ends_on >= period.starts_on
            AND coalesce(scheme.programme_id = programme.id, scheme.organisation_id = owing.organisation_id)
        ELSE NOT EXISTS (
            SELECT FROM period_scheme other
            WHERE other.instead AND other.frequency = period.frequency
            AND other.starts_on <= period.starts_on AND other.ends_on >= period.ends_on
            AND coalesce(other.programme_id = programme.id, other.organisation_id = owing.organisation_id)
        ) END
    GROUP BY owing.organisation_id, period.id
"""
_LAY_DOWN = f"""
    INSERT INTO obligation (kind, organisation_id, period_id, due_on, state, reason)
    SELECT 'reporting', organisation_id, period_id, due_on, 'missing', '' FROM ({_EXPECTED}) AS expected
    ON CONFLICT (kind, organisation_id, period_id) DO NOTHING RETURNING id
"""
_MOVE = f"""
    UPDATE obligation SET due_on = due.due_on, on_time = CASE
        WHEN obligation.state IN ('reported', 'confirmed_zero')
        THEN (obligation.settled_at AT TIME ZONE %(zone)s)::date <= due.due_on END
    FROM (
        SELECT owing.id, {_DUE_ON} AS due_on
        FROM obligation owing JOIN period ON period.id = owing.period_id {_EXTENDED}
    ) AS due
    WHERE due.id = obligation.id AND due.due_on <> obligation.due_on
    RETURNING obligation.id
"""
# What an organisation that ends on a day leaves open: reports of periods that reach into the time after it and, once
# the day has come, those that were not due before it. What was overdue by then stays missing: it never came.
_LEFT_OPEN = """
    body.closed_on <= period.ends_on OR body.closed_on <= %(today)s AND body.closed_on <= obligation.due_on
"""
_CALL_OFF = f"""
    UPDATE obligation SET state = 'excused', settled_at = shugu_now(), reason = act.reason, called_off_by_id = act.id
    FROM period, organisation body
    JOIN organisation_change act ON act.organisation_id = body.id AND act.withdrawn_at IS NULL
        AND act.kind IN ('closed', 'merged')
    WHERE obligation.state = 'missing' AND period.id = obligation.period_id AND body.id = obligation.organisation_id
    AND ({_LEFT_OPEN})
    RETURNING obligation.id
"""
_CALL_BACK = f"""
    UPDATE obligation SET state = 'missing', settled_at = NULL, reason = '', called_off_by_id = NULL
    FROM period, organisation body
    WHERE obligation.state = 'excused' AND obligation.called_off_by_id IS NOT NULL
    AND period.id = obligation.period_id AND body.id = obligation.organisation_id
    AND (body.closed_on IS NULL OR NOT ({_LEFT_OPEN}))
    RETURNING obligation.id
"""
_NO_LONGER = f"""
    SELECT obligation.id FROM obligation
    LEFT JOIN ({_EXPECTED}) AS expected USING (organisation_id, period_id)
    WHERE obligation.kind = 'reporting' AND obligation.state = 'missing' AND expected.period_id IS NULL
"""
# The earliest upload of which a row was taken tells whether it was on time, whichever was committed first. What its
# partner took back fulfils nothing, opening books are no report of their period, and no more is anything but records.
_FULFIL = """
    WITH first_taken AS (
        SELECT DISTINCT ON (organisation_id, period_id) organisation_id, period_id, id, received_at
        FROM submission
        WHERE status IN ('accepted', 'partly_accepted') AND accepted + unchanged > 0
        AND withdrawn_at IS NULL AND NOT opening AND NOT practice AND template = 'talent-records/1'
        AND (%(only)s::bigint IS NULL OR (organisation_id, period_id) = (
            SELECT organisation_id, period_id FROM submission WHERE id = %(only)s::bigint))
        ORDER BY organisation_id, period_id, received_at, id
    ), owed AS (
        SELECT obligation.id, obligation.state AS before, first_taken.id AS submission_id, first_taken.received_at
        FROM obligation JOIN first_taken USING (organisation_id, period_id)
        WHERE obligation.kind = 'reporting'
        AND (obligation.state <> 'reported' OR obligation.submission_id IS DISTINCT FROM first_taken.id)
        ORDER BY obligation.id FOR UPDATE OF obligation
    )
    UPDATE obligation SET state = 'reported', submission_id = owed.submission_id, settled_at = owed.received_at,
        on_time = (owed.received_at AT TIME ZONE %(zone)s)::date <= obligation.due_on
    FROM owed WHERE owed.id = obligation.id
    RETURNING obligation.id, owed.before
"""
# What a submission fulfilled that was taken back since, and no other fulfils, is owed again.
_REOPEN = """
    WITH open AS (
        SELECT obligation.id FROM obligation JOIN submission ON submission.id = obligation.submission_id
        WHERE obligation.kind = 'reporting' AND obligation.state = 'reported' AND submission.withdrawn_at IS NOT NULL
        AND (%(only)s::bigint IS NULL OR submission.id = %(only)s::bigint)
        ORDER BY obligation.id FOR UPDATE OF obligation
    )
    UPDATE obligation SET state = 'missing', submission_id = NULL, settled_at = NULL, on_time = NULL
    FROM open WHERE open.id = obligation.id
    RETURNING obligation.id
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What changed: how many obligations were laid down, moved with their period, withdrawn, fulfilled, called off."""

    made: int
    moved: int
    withdrawn: int
    fulfilled: int
    called_off: int = 0


def take_turn() -> None:
    """Waits until nobody else lays down obligations, and keeps others waiting until the transaction ends."""
    locks.hold(EXPECT)


@transaction.atomic
def expect_obligations() -> Expected:
    """Brings the obligations in step with periods, programmes and committed submissions.

    One that is still missing and no longer expected is withdrawn; what was reported, confirmed or excused stays.
    """
    with scope.everything(), connection.cursor() as cursor:
        take_turn()
        called_off, called_back = _follow_ends(cursor)
        cursor.execute(_LAY_DOWN)
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute(_MOVE, {"zone": BUREAU.key})
        moved = [row[0] for row in cursor.fetchall()]
        cursor.execute(_NO_LONGER)
        gone = [row[0] for row in cursor.fetchall()]
        for obligation_id in gone:
            state(topic=SETTLED, subject_id=obligation_id)
        Obligation.objects.filter(pk__in=gone, state=Obligation.State.MISSING).delete()
        found = Expected(len(made), len(moved), len(gone), _fulfil(None), len(called_off))
        _reopen(None)
        if made or moved or called_back:
            state(topic=EXPECTED, subject_id=min(made + moved + called_back))
        telling.happened(telling.EXPECTED, made)
        telling.happened(telling.MOVED, moved)
        if made or moved or gone or called_off or called_back:
            detail = {"made": found.made, "moved": found.moved, "withdrawn": found.withdrawn}
            if called_off or called_back:
                detail |= {"called_off": found.called_off, "called_back": len(called_back)}
            enter_audit(action="obligation.expect", subject=("obligation", None), detail=detail)
    return found


def left_open(organisation: Organisation, day: dt.date) -> QuerySet[Obligation]:
    """The obligations that would be called off if ``organisation`` were no more from ``day`` on."""
    open_then = Q(period__ends_on__gte=day)
    if day <= clock.today():
        open_then |= Q(due_on__gte=day)
    return Obligation.objects.filter(open_then, organisation=organisation, state=Obligation.State.MISSING)


def _follow_ends(cursor: CursorWrapper) -> tuple[list[int], list[int]]:
    """Calls off what organisations that end leave open, and back what was called off for an end that is not so."""
    today = {"today": clock.today()}
    cursor.execute(_CALL_BACK, today)
    back = [row[0] for row in cursor.fetchall()]
    cursor.execute(_CALL_OFF, today)
    off = [row[0] for row in cursor.fetchall()]
    for obligation_id in off:
        state(topic=SETTLED, subject_id=obligation_id)
    return off, back


@transaction.atomic
def fulfil(*, submission_id: int) -> int:
    """Marks what a committed submission fulfils as reported; how many obligations that changed."""
    with scope.everything():
        return _fulfil(submission_id)


@transaction.atomic
def reopen(*, submission_id: int) -> int:
    """Marks what a submission fulfilled that was taken back as missing, unless another one fulfils it; how many."""
    with scope.everything():
        _fulfil(submission_id)
        return _reopen(submission_id)


def _reopen(submission_id: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN, {"only": submission_id})
        reopened = [row[0] for row in cursor.fetchall()]
    if reopened:
        state(topic=EXPECTED, subject_id=min(reopened))
        telling.happened(telling.EXPECTED, reopened)
    return len(reopened)


def _fulfil(submission_id: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_FULFIL, {"only": submission_id, "zone": BUREAU.key})
        changed = cursor.fetchall()
    for obligation_id, before in changed:
        if before == Obligation.State.MISSING:
            state(topic=SETTLED, subject_id=obligation_id)
    return len(changed)

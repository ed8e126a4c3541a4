"""What is owed of proofs of stay: each question has its period, and an obligation follows its questions.

A question belongs to the period in which its day falls. One that is laid out only when that was due already, because
its record was verified late, belongs to the period of the day on which it is laid out, if there is one: nobody is late
with what they were not asked. Of several periods with that day a quarter goes before a month, then longer ones; a
period of a scheme, or one that is locked, is passed over.

An organisation owes a proof for every period that has questions for it. It is reported once all of them are answered,
at the moment of the last first answer, so that a correction makes nobody late; a question that comes to it later opens
it again.

Of an organisation that went into another the other is asked what is still open, of periods that it can keep. Where
nobody went on, nothing is laid on whoever is no more: the bureau's officers are told what is left to be answered.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from backend import clock
from backend.accounts import scope
from backend.accounts.history import selectors as history
from backend.audit.services import enter_audit
from backend.clock import BUREAU
from backend.outbox.services import state
from programs.periods import expected
from programs.periods.expected import EXPECTED, SETTLED
from programs.periods.models import Obligation
from programs.retention import orphans

_PERIOD = """
    SELECT period.id FROM period
    WHERE scheme_id IS NULL AND locked_at IS NULL AND {day} BETWEEN starts_on AND ends_on {and_more}
    ORDER BY array_position(ARRAY['quarter', 'month', 'half_year', 'year', 'free'], frequency::text), starts_on, id
    LIMIT 1
"""
_FALLS = "question.falls_on"
_PLACE = f"""
    UPDATE retention_check AS mine SET period_id = placed.period_id
    FROM (
        SELECT question.id, coalesce(
            ({_PERIOD.format(day=_FALLS, and_more="AND due_on >= %(today)s")}),
            ({_PERIOD.format(day="%(today)s", and_more=f"AND {_FALLS} < %(today)s")}),
            ({_PERIOD.format(day=_FALLS, and_more="")})
        ) AS period_id
        FROM retention_check question WHERE period_id IS NULL AND state <> 'withdrawn'
    ) AS placed
    WHERE placed.id = mine.id AND placed.period_id IS NOT NULL
    RETURNING mine.organisation_id
"""
_GRANTED = """
    SELECT max(due_on) FROM due_extension
    WHERE withdrawn_at IS NULL AND period_id = asked.period_id
        AND (organisation_id = asked.organisation_id OR organisation_id IS NULL)
"""
_ASKED = """
    asked AS MATERIALIZED (
        SELECT organisation_id, period_id, bool_or(state = 'open') AS open, max(first_answered_at) AS answered_at
        FROM retention_check
        WHERE period_id IS NOT NULL AND state <> 'withdrawn'
            AND (%(whose)s::bigint[] IS NULL OR organisation_id = ANY (%(whose)s::bigint[]))
        GROUP BY organisation_id, period_id
    )
"""
# Whoever is asked is the one that reported, or the last of those into which that went.
_HAND_OVER = """
    WITH heir AS (
        SELECT * FROM unnest(%(gone)s::bigint[], %(heirs)s::bigint[]) AS heir (first_id, id)
    ), meant AS (
        SELECT question.id, question.organisation_id AS before, coalesce(heir.id, record.organisation_id) AS now
        FROM retention_check question JOIN record ON record.id = question.record_id
        LEFT JOIN heir ON heir.first_id = record.organisation_id
        WHERE question.state = 'open'
            AND (%(whose)s::bigint[] IS NULL OR question.organisation_id = ANY (%(whose)s::bigint[]))
    )
    UPDATE retention_check AS mine SET organisation_id = meant.now, period_id = NULL
    FROM meant WHERE mine.id = meant.id AND meant.before <> meant.now
    RETURNING meant.before, meant.now
"""
_LAY_DOWN = f"""
    WITH {_ASKED}
    INSERT INTO obligation (kind, organisation_id, period_id, due_on, state, reason)
    SELECT 'retention', asked.organisation_id, asked.period_id, greatest(period.due_on, ({_GRANTED})), 'missing', ''
    FROM asked JOIN period ON period.id = asked.period_id JOIN organisation body ON body.id = asked.organisation_id
    WHERE body.closed_on IS NULL OR body.closed_on > greatest(period.ends_on, %(today)s)
    ORDER BY asked.organisation_id, asked.period_id
    ON CONFLICT (kind, organisation_id, period_id) DO NOTHING RETURNING id
"""
_FOLLOW = f"""
    WITH {_ASKED}, turned AS (
        SELECT obligation.id, obligation.state AS before, asked.open, asked.answered_at
        FROM obligation JOIN asked USING (organisation_id, period_id)
        JOIN organisation body ON body.id = obligation.organisation_id
        WHERE obligation.kind = 'retention' AND CASE
            WHEN asked.open THEN obligation.state = 'reported' AND coalesce(body.closed_on > %(today)s, true)
            ELSE obligation.state <> 'reported' OR obligation.settled_at <> asked.answered_at END
        ORDER BY obligation.id FOR UPDATE OF obligation
    )
    UPDATE obligation SET
        state = CASE WHEN turned.open THEN 'missing' ELSE 'reported' END,
        settled_at = CASE WHEN NOT turned.open THEN turned.answered_at END,
        on_time = CASE WHEN NOT turned.open
            THEN (turned.answered_at AT TIME ZONE %(zone)s)::date <= obligation.due_on END
    FROM turned WHERE turned.id = obligation.id
    RETURNING obligation.id, turned.before, obligation.state
"""
_NO_LONGER = f"""
    WITH {_ASKED}
    SELECT obligation.id FROM obligation LEFT JOIN asked USING (organisation_id, period_id)
    WHERE obligation.kind = 'retention' AND obligation.state = 'missing' AND asked.period_id IS NULL
        AND (%(whose)s::bigint[] IS NULL OR organisation_id = ANY (%(whose)s::bigint[]))
"""


@transaction.atomic
def expect(*, unplaced_only: bool = False) -> int:
    """Give questions their periods, and bring all obligations in step with them; how many obligations changed.

    Args:
        unplaced_only: look only at the organisations of questions that had no period and have one now.
    """
    with scope.everything():
        expected.take_turn()
        if unplaced_only:
            placed = _place()
            return _follow(placed) if placed else 0
        _hand_over(None)
        _place()
        changed = _follow(None)
        orphans.tell()
    return changed


def laid_out(*, organisation_ids: Sequence[int]) -> int:
    """The same as :func:`follow` once questions were laid out anew, in the bureau's scope: some may be another's."""
    concerned = {*organisation_ids, *_hand_over(sorted(set(organisation_ids)))}
    changed = follow(organisation_ids=sorted(concerned))
    orphans.tell()
    return changed


def follow(*, organisation_ids: Sequence[int]) -> int:
    """Bring some organisations' obligations in step with their questions, in the caller's transaction, which holds
    the turn of ``expected`` since before it locked any of the questions; how many obligations changed."""
    placed = _place()
    return _follow(sorted({*organisation_ids, *placed}))


def _hand_over(organisation_ids: Sequence[int] | None) -> list[int]:
    """Whoever lost or was given questions, of all organisations or of some."""
    heirs = history.rolled_up(history.SUCCESSOR, clock.today())
    values: dict[str, Any] = {"whose": None if organisation_ids is None else list(organisation_ids)}
    values |= {"gone": list(heirs), "heirs": list(heirs.values())}
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, values)
        return sorted({one for row in cursor.fetchall() for one in row})


def _place() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"today": clock.today()})
        return sorted({row[0] for row in cursor.fetchall()})


def _follow(organisation_ids: Sequence[int] | None) -> int:
    values: dict[str, Any] = {"whose": organisation_ids, "zone": BUREAU.key, "today": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_LAY_DOWN, values)
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute(_FOLLOW, values)
        turned = cursor.fetchall()
        cursor.execute(_NO_LONGER, values)
        gone = [row[0] for row in cursor.fetchall()]
    new = set(made)
    settled = [pk for pk, before, now in turned if before == "missing" and now == "reported" and pk not in new]
    opened = [pk for pk, _before, now in turned if now == "missing"]
    for pk in (*settled, *gone):
        state(topic=SETTLED, subject_id=pk)
    Obligation.objects.filter(pk__in=gone, state=Obligation.State.MISSING).delete()
    owed = opened + [pk for pk in made if pk not in {pk for pk, _before, now in turned if now == "reported"}]
    if owed:
        state(topic=EXPECTED, subject_id=min(owed))
    if made or gone:
        detail = {"kind": Obligation.Kind.RETENTION.value, "made": len(made), "withdrawn": len(gone)}
        enter_audit(action="obligation.expect", subject=("obligation", None), detail=detail)
    return len(new | {pk for pk, *_rest in turned}) + len(gone)

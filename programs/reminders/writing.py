"""Writing many reminders by one statement: laid out, handed over, brought in step with their messages."""

from collections.abc import Sequence

from django.db import connection

from programs.reminders.models import Reminder

WANTED = (
    ("organisation_id", "bigint"),
    ("obligation_id", "bigint"),
    ("subject", "text"),
    ("stage", "text"),
    ("channel", "text"),
    ("audience", "text"),
    ("recipient", "text"),
    ("language", "text"),
    ("due_at", "timestamptz"),
)
COLUMNS = ", ".join(name for name, _type in WANTED)
ARRAYS = ", ".join(f"%s::{kind}[]" for _name, kind in WANTED)

# What was owed, was settled and is owed again may go now, as far as it had not gone out by then.
LAY_OUT = f"""
WITH wanted AS MATERIALIZED (SELECT * FROM unnest({ARRAYS}) AS wanted({COLUMNS})),
moved AS (
    UPDATE reminder SET state = 'scheduled', note = '', due_at = wanted.due_at FROM wanted
    WHERE (reminder.obligation_id, reminder.stage, reminder.channel, reminder.recipient)
        = (wanted.obligation_id, wanted.stage, wanted.channel, wanted.recipient)
    AND (reminder.state = 'scheduled' AND reminder.due_at <> wanted.due_at
        OR reminder.state = 'cancelled' AND reminder.note = 'settled' AND reminder.delivery_id IS NULL)
),
left_over AS (
    UPDATE reminder SET state = 'cancelled', note = 'not_a_recipient'
    WHERE state = 'scheduled' AND obligation_id IN (SELECT obligation_id FROM wanted) AND NOT EXISTS (
        SELECT FROM wanted
        WHERE (reminder.obligation_id, reminder.stage, reminder.channel, reminder.recipient)
            = (wanted.obligation_id, wanted.stage, wanted.channel, wanted.recipient))
),
new AS (
    INSERT INTO reminder ({COLUMNS}, state, note, attempts)
    SELECT {COLUMNS}, 'scheduled', '', 0 FROM wanted
    WHERE NOT EXISTS (
        SELECT FROM reminder
        WHERE (reminder.obligation_id, reminder.stage, reminder.channel, reminder.recipient)
            = (wanted.obligation_id, wanted.stage, wanted.channel, wanted.recipient))
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) FROM new
"""


def lay_out(rows: Sequence[Reminder]) -> int:
    """Brings the books in step with all that is planned for some obligations; how many rows were new.

    What is due on another day now is moved; what is scheduled to an address that is no recipient any more is called
    off.
    """
    if not rows:
        return 0
    with connection.cursor() as cursor:
        # Where the table has grown since its statistics were taken, the planner would compare each row with each.
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        cursor.execute(LAY_OUT, [[getattr(row, name) for row in rows] for name, _type in WANTED])
        new = int(cursor.fetchone()[0])
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
    return new


def hand_over(rows: Sequence[Reminder]) -> None:
    """Notes that these are with their messages now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reminder SET delivery_id = given.delivery_id, state = 'sending'"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, delivery_id) WHERE reminder.id = given.id",
            [[row.pk for row in rows], [row.delivery_id for row in rows]],
        )


def follow(rows: Sequence[Reminder]) -> None:
    """Writes down state, note, attempts and moment of what was sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reminder SET state = given.state, note = given.note, attempts = given.attempts,"
            " sent_at = given.sent_at FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::timestamptz[])"
            " AS given(id, state, note, attempts, sent_at) WHERE reminder.id = given.id",
            [
                [row.pk for row in rows],
                [str(row.state) for row in rows],
                [str(row.note) for row in rows],
                [row.attempts for row in rows],
                [row.sent_at for row in rows],
            ],
        )

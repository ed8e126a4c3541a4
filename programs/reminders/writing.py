"""Writing many reminders by one statement: handed over, and brought in step with their messages."""

from collections.abc import Sequence

from django.db import connection

from programs.reminders.models import Reminder


def hand_over(rows: Sequence[Reminder]) -> None:
    """Notes that these are with their messages now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reminder SET delivery_id = given.delivery_id, policy_id = given.policy_id, state = 'sending'"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given(id, delivery_id, policy_id)"
            " WHERE reminder.id = given.id",
            [[row.pk for row in rows], [row.delivery_id for row in rows], [row.policy_id for row in rows]],
        )


def follow(rows: Sequence[Reminder]) -> None:
    """Writes down state, note, attempts and moment of what was sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reminder SET state = given.state, note = given.note, attempts = given.attempts,"
            " sent_at = given.sent_at, delivery_id = given.delivery_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::timestamptz[], %s::bigint[])"
            " AS given(id, state, note, attempts, sent_at, delivery_id) WHERE reminder.id = given.id",
            [
                [row.pk for row in rows],
                [str(row.state) for row in rows],
                [str(row.note) for row in rows],
                [row.attempts for row in rows],
                [row.sent_at for row in rows],
                [row.delivery_id for row in rows],
            ],
        )

"""Noting who opens whose page: one row for each user, person and day."""

from django.db import connection

from backend.accounts.models import User
from backend.clock import BUREAU


def note_look(*, actor: User, person_id: int) -> None:
    """Note that ``actor`` has opened a person's page today, in the caller's transaction; a second time changes nothing.

    Args:
        actor: who looked.
        person_id: the row that was opened.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO person_look (person_id, user_id, organisation_id, day)"
            " VALUES (%s, %s, %s, (shugu_now() AT TIME ZONE %s)::date)"
            " ON CONFLICT (person_id, user_id, day) DO NOTHING",
            [person_id, actor.pk, actor.organisation_id, BUREAU.key],
        )

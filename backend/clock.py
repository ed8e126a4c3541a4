"""One clock for everything: the database's ``shugu_now()``, with an offset that only tests can set.

Days are the bureau's: Asia/Shanghai.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection, models

BUREAU = ZoneInfo("Asia/Shanghai")


class SqlNow(models.Func):
    """``shugu_now()`` as a column default or in a query."""

    function = "shugu_now"
    template = "%(function)s()"
    output_field = models.DateTimeField()


def now() -> dt.datetime:
    """The database's moment, with its zone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shugu_now()")
        return cursor.fetchone()[0]


def today() -> dt.date:
    """The bureau's day."""
    return now().astimezone(BUREAU).date()

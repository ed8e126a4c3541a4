"""``manage.py setup_database``: brings the schema up to date and says what each login may do."""

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import connections

import backend.sql
from backend.management.patience import patiently

# Any number will do, as long as nothing else takes it: two set-ups at once must not migrate side by side.
SETUP_LOCK = 7_391_001


class Command(BaseCommand):
    """Migrates as the database's owner and grants the application its rights; may be run again at any time."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        grants = (Path(backend.sql.__file__).parent / "grants.sql").read_text("utf-8")
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [SETUP_LOCK])
            try:
                patiently(connections["owner"], partial(_migrate, options["verbosity"]))
                cursor.execute(grants)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SETUP_LOCK])


def _migrate(verbosity: int) -> None:
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)

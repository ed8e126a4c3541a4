"""``manage.py verify_snapshots``: whether every published snapshot still is what was published."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import override

from backend.accounts.scope import everything
from programs.snapshots.answers import FAULTS
from programs.snapshots.verifying import verify


class Command(BaseCommand):
    """Goes through the chain of snapshots; ends with 1 and names the first that is not in order."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with everything():
            verdict = verify()
        if verdict.broken:
            with override("en"):
                raise CommandError(str(FAULTS[verdict.broken.fault]) % {"number": verdict.broken.number}, returncode=1)
        self.stdout.write(f"{verdict.checked} snapshots are what was published; the last has {verdict.head or 'none'}.")

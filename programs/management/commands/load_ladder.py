"""``manage.py load_ladder``: puts the shipped ladders of reminders into force."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from programs.reminders.shipped import BadLadder, load_ladders


class Command(BaseCommand):
    """Says what changed; may be run again at any time, and then changes nothing."""

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing, and set-up runs it often

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = load_ladders()
        except BadLadder as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Ladders: {', '.join(changed) or 'up to date'}.")

"""Makes the roster anew, compares it with what it should be, or tells how far it is behind."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.scope import everything
from programs.roster import services

SHOWN = 20


class Command(BaseCommand):
    """``manage.py roster`` tells how far it is behind; ``--check`` exits with 1 where an entry differs."""

    help = "tells how far the roster is behind; --rebuild makes everybody's entries anew, --check compares them"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make everybody's entries anew")
        parser.add_argument("--check", action="store_true", help="compare with what the entries should be")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            self.stdout.write(f"{services.rebuild():,} entries were written or removed.")
        if options["check"]:
            wrong = services.check()
            for reader, person in wrong[:SHOWN]:
                whose = f"organisation {reader}'s" if reader else "the bureau's"
                self.stdout.write(f"person {person}: {whose} entry differs")
            if wrong:
                raise CommandError(
                    f"{len(wrong):,} entries of the roster differ; manage.py roster --rebuild mends them."
                )
            self.stdout.write("The roster is what it should be.")
        with everything():
            behind = services.lag()
        if behind.waiting:
            self.stdout.write(f"{behind.waiting:,} marks wait, the oldest since {behind.since:%Y-%m-%d %H:%M:%S}.")

"""``manage.py load_reference``: loads the code tables, the published holidays and the plan from the product's files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, call_command, get_commands
from django.db import transaction

from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.reference.services import Change, load_reference


class Command(BaseCommand):
    """Says what changed; may be run again at any time, and then changes nothing."""

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing, and set-up runs it often

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-plan", action="store_true", help="load the code tables and holidays alone")

    def handle(self, *args: Any, **options: Any) -> None:
        with everything(), transaction.atomic():
            changes = [change for change in load_reference() if change]
            if changes:
                enter_audit(
                    action="reference.load",
                    subject=("code", ""),
                    detail={
                        change.table: {
                            "added": len(change.added),
                            "changed": len(change.changed),
                            "removed": len(change.removed),
                        }
                        for change in changes
                    },
                )
        lines = [self._line(change) for change in changes] or ["Code tables and holidays: up to date."]
        if options["verbosity"]:
            for line in lines:
                self.stdout.write(line)
        # The plans and the ladders belong to other apps, which this one knows by their commands alone.
        for name in () if options["no_plan"] else ("load_plan", "load_ladder"):
            if name in get_commands():
                call_command(name, stdout=self.stdout, stderr=self.stderr, verbosity=options["verbosity"])

    @staticmethod
    def _line(change: Change) -> str:
        """``education: 1 added, 2 changed (14, 17)``: keys are named where they are few."""
        parts = []
        for word, keys in (("added", change.added), ("changed", change.changed), ("removed", change.removed)):
            if keys:
                named = f" ({', '.join(keys)})" if len(keys) <= 5 else ""
                parts.append(f"{len(keys)} {word}{named}")
        return f"{change.table}: {', '.join(parts)}"

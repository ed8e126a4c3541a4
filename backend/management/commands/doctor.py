"""``manage.py doctor``: what is wrong with this installation, where, and what to do."""

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.utils.translation import override

from backend.doctor.registry import RUNBOOK, Level, Outcome, examine

MARKS = {Level.WELL: "✓", Level.ATTENTION: "!", Level.WRONG: "✗"}


class Command(BaseCommand):
    """Looks at settings, database, broker, workers, mail, ledger, trail and backups, and changes nothing.

    Prints a line for each finding: ✓ well, ! wants attention, ✗ wrong, with what to do; ends with 1 if anything is
    wrong. It runs where the system runs, with its settings: in a container, ``docker compose exec web``.
    """

    help = __doc__
    # They load every page, and a doctor must come where something is amiss.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="of the sentences; unless said, that of LANG, or else Chinese",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        outcomes: list[Outcome] = []
        with override(options["language"] or _readers()):
            for outcome in examine():
                outcomes.append(outcome)
                if not options["json"]:
                    self._tell(outcome)
            if options["json"]:
                self.stdout.write(json.dumps(_document(outcomes), ensure_ascii=False, indent=1))
        if any(outcome.level is Level.WRONG for outcome in outcomes):
            sys.exit(1)

    def _tell(self, outcome: Outcome) -> None:
        for finding in outcome.findings:
            self.stdout.write(f"{MARKS[finding.level]} {outcome.check.title}: {finding.says}")
            if finding.do:
                self.stdout.write(f"    → {finding.do} ({RUNBOOK}#{outcome.check.name})")


def _document(outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "well": all(outcome.level is not Level.WRONG for outcome in outcomes),
        "checks": [
            {
                "name": outcome.check.name,
                "title": str(outcome.check.title),
                "level": outcome.level,
                "findings": [
                    {"level": finding.level, "says": finding.says, "do": finding.do} for finding in outcome.findings
                ],
                "runbook": f"{RUNBOOK}#{outcome.check.name}",
            }
            for outcome in outcomes
        ],
    }


def _readers() -> str:
    """The language of the terminal's reader, where the environment names one that there is."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := os.environ.get(name):
            return "en" if spoken.lower().startswith("en") else settings.LANGUAGE_CODE
    return settings.LANGUAGE_CODE

"""``manage.py load_demo``: the demonstration's organisations, logins, programmes, cohorts and periods."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from backend.accounts.scope import everything
from backend.problems import Problem
from programs.demo.services import load_demo


class Command(BaseCommand):
    """Creates what is missing and says so; may be run again at any time. Only where DEMO=1."""

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing, and set-up runs it often

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration's logins are for DEMO=1 alone; nothing was loaded.")
        try:
            with everything():
                loaded = load_demo()
        except Problem as problem:
            wrong = "; ".join(f"{error.field}: {error.message}" for error in problem.errors)
            raise CommandError(f"{problem.detail} {wrong}") from None
        if not options["verbosity"]:
            return
        lines = [f"{kind}: {', '.join(names)}" for kind, names in asdict(loaded).items() if names]
        for line in lines or ["Demonstration: up to date."]:
            self.stdout.write(line)

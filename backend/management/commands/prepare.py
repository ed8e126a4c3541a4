"""``manage.py prepare``: everything that must be done before the first request, in one go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command

from backend.vault import keys
from backend.vault.errors import VaultError


class Command(BaseCommand):
    """Runs ``setup_database``, ``load_reference``, with ``--demo`` ``load_demo``, ``messages`` and
    ``collectstatic``.

    Each may be repeated, and so may this. One process for all of them, because starting Django costs more than most.
    """

    help = __doc__
    # They would load every page and address of the system, for two seconds of everybody's start.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also the demo's organisations, people and logins")
        parser.add_argument(
            "--only",
            choices=["database", "files"],
            help="one part alone: an image is built with the files' part, which needs no database, and started with "
            "the database's, which writes no files",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only"] != "files":
            names = ["setup_database", "load_reference", *(["load_demo"] if options["demo"] else [])]
            for name in names:
                call_command(name, verbosity=options["verbosity"], stdout=self.stdout, stderr=self.stderr)
                if name == "setup_database":
                    _check_keys()
        if options["only"] != "database":
            call_command("messages", verbosity=0)
            call_command("collectstatic", verbosity=0, interactive=False)


def _check_keys() -> None:
    """Nothing starts that could not open what there is: it would fail later, and seal with what nobody has."""
    try:
        keys.check()
    except VaultError as error:
        raise CommandError(str(error)) from None

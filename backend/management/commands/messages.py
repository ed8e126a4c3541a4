"""``manage.py messages``: the Chinese sentences: ``--update`` from the code, otherwise compiled for use."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from backend import translation


class Command(BaseCommand):
    """Compiles ``locale/``; with ``--update`` first takes up what is new in the code."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true", help="take up new sentences, drop those that are gone")
        parser.add_argument("--check", action="store_true", help="fail when a sentence of the code has no translation")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["update"]:
            translation.update()
        if options["update"] or options["check"]:
            lacking = translation.untranslated(translation.catalogue())
            for message in lacking:
                self.stdout.write(f"{message.locations[0][0]}: {message.id}")
            if options["check"] and lacking:
                raise CommandError(f"{len(lacking)} sentences have no translation; add them to {translation.PO.name}.")
        translation.compile_messages()

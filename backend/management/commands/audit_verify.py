"""``manage.py audit_verify``: whether the audit trail still is what was sealed, and what was given out of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import override

from backend.accounts.scope import everything
from backend.chain import anchors
from backend.chain.services import known_anchors
from backend.chain.verifying import examine
from backend.chain.words import said
from backend.vault.errors import MasterKeyMissing


class Command(BaseCommand):
    """Goes through the whole chain and writes nothing; ends with 1 and names the first row that is not in order.

    With ``--anchor FILE``, which may be given more than once, it holds the chain to anchors that were kept elsewhere.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor", action="append", default=[], type=Path, metavar="FILE", help="anchors, a line each"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = [anchor for path in options["anchor"] for anchor in self._read(path)]
        try:
            with everything():
                verdict = examine(anchors=[*given, *known_anchors()])
        except MasterKeyMissing as error:
            raise CommandError(f"The seals cannot be examined: {error}", returncode=1) from error
        if verdict.broken:
            with override("en"):
                raise CommandError(said(verdict.broken.as_dict()), returncode=1)
        self.stdout.write(
            f"{verdict.entries - verdict.unsealed} entries under {verdict.seals} seals are what was sealed;"
            f" {verdict.unsealed} wait for the next seal; {len(given)} anchors agree."
        )
        self.stdout.write(f"The head is {verdict.head or 'none'}.")

    def _read(self, path: Path) -> list[anchors.Anchor]:
        try:
            return list(anchors.read(path))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}", returncode=1) from error
        except anchors.NoAnchor as error:
            raise CommandError(str(error), returncode=1) from error

"""Rotates keys from the command line, or tells how far a rotation is."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.scope import everything
from backend.problems import Problem
from backend.rotation import services
from backend.rotation.models import Rotation

INDEX = "index"
LOOKS_AGAIN_SECONDS = 1.0


class Command(BaseCommand):
    """``manage.py rotate_keys --what master|seal|suite --reason …``; without ``--what`` it tells how far one is."""

    help = "orders a rotation of keys, which the workers carry out; --follow waits for its end"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--what", choices=[*Rotation.What.values, INDEX], help="what is to be replaced")
        parser.add_argument("--reason", default="", help="why: kept with the rotation and on the trail")
        parser.add_argument("--follow", action="store_true", help="tell how far it is until it ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == INDEX:
            raise CommandError(
                "The key of blind indexes cannot be rotated by this release: it would have to be replaced in every "
                "look-up at once. docs/decisions/0052-suites-and-rotation.md says what it takes. Nothing was changed."
            )
        if options["what"]:
            try:
                with everything():
                    services.start(what=options["what"], reason=options["reason"], actor=None)
            except Problem as refused:
                raise CommandError(_sentence(refused)) from None
        rotation = self._tell()
        while options["follow"] and rotation is not None and rotation.state == Rotation.State.RUNNING:
            time.sleep(LOOKS_AGAIN_SECONDS)
            rotation = self._tell()
        if rotation is not None and rotation.state == Rotation.State.STOPPED:
            raise CommandError("It has stopped. Mend the cause and order it again: it goes on where it was.")

    def _tell(self) -> Rotation | None:
        with everything():
            rotation = Rotation.objects.order_by("-pk").first()
        if rotation is None:
            self.stdout.write("No key was rotated yet.")
            return None
        self.stdout.write(
            f"Rotation {rotation.pk} ({rotation.what}): {rotation.state}, {rotation.stage}, "
            f"{rotation.done:,} of {rotation.total:,} values. {rotation.error}".rstrip()
        )
        if rotation.result.get("removable"):
            self.stdout.write(
                f"May be taken out of FIELD_KEYS now: {', '.join(rotation.result['removable'])}. "
                "Keep it with the backups that were made before."
            )
        return rotation


def _sentence(refused: Problem) -> str:
    return " ".join(str(error.message) for error in refused.errors) or str(refused)

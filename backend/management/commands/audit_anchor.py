"""``manage.py audit_anchor``: gives the head of the audit trail's chain out, as a line to be kept elsewhere."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from backend.chain.models import AuditAnchor
from backend.chain.services import anchor, line_of


class Command(BaseCommand):
    """Seals what is new, writes the head to the folder of the settings, if there is one, and prints it.

    For whoever makes a backup: the line belongs beside it, and once more somewhere else.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        given = anchor(occasion=AuditAnchor.Occasion.ORDERED)
        if given is None:
            raise CommandError("Nothing is on the trail yet.", returncode=1)
        self.stdout.write(line_of(given))

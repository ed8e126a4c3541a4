"""``manage.py load_plan``: puts the shipped plans into force, or the plan files that are named.

A plan that was changed by way of a preview stays as it was applied, unless its file is named.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from programs.targets import planfile
from programs.targets.loading import load_plan
from programs.targets.models import Plan


class Command(BaseCommand):
    """Says what changed; may be run again at any time, and then changes nothing."""

    help = __doc__
    requires_system_checks: list[str] = []  # it serves nothing, and set-up runs it often

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="plan files (TOML); without any, the shipped ones")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or planfile.shipped():
            try:
                plan = planfile.read(path)
                if not options["files"] and Plan.objects.filter(code=plan.code, applied_preview_id__isnull=False):
                    self.stdout.write(f"{plan.code}: kept as it was applied; name the file to load it nevertheless.")
                    continue
                loaded = load_plan(plan=plan)
            except OSError as error:
                raise CommandError(f"{path}: cannot be read: {error.strerror}") from None
            except planfile.BadPlan as error:
                raise CommandError(str(error)) from None
            if not loaded.changed:
                self.stdout.write(f"{loaded.plan}: up to date.")
                continue
            said = "loaded" if loaded.new else "changed"
            marked = f"; {loaded.marked} persons to be settled anew" if loaded.marked else ""
            self.stdout.write(f"{loaded.plan}: {said}{marked}.")

"""``manage.py recount``: counts every target afresh from the records and compares with ledger, cube and gap."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from programs.targets.explaining import explain
from programs.targets.gap_check import misfits
from programs.targets.recount import Recount, recount
from programs.targets.services import settle


class Command(BaseCommand):
    """Settles what is marked, then prints each target by recount, ledger and standings, and whoever differs.

    What is marked again while it counts, on a busy system, is told as pending and is no difference.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="end with exit status 1 if anything differs")

    def handle(self, *args: Any, **options: Any) -> None:
        settled = settle(wait=True)
        if settled.marks:
            self.stdout.write(f"Settled first: {settled.persons} persons that were marked.")
        found = recount()
        self._table(found)
        self._differences(found)
        agrees = self._gap() and found.agrees
        if agrees:
            self.stdout.write("Recount, ledger, standings, cube and gap agree.")
        elif options["check"]:
            raise CommandError("Recount and ledger differ.", returncode=1)

    def _table(self, found: Recount) -> None:
        heading = ("target", "recount", "ledger", "standing", "differing", "pending")
        rows = [
            (one.target, one.recounted, one.ledger, one.standing, one.differing, one.pending) for one in found.targets
        ]
        width = max(len(row[0]) for row in [heading, *rows])
        for first, *rest in [heading, *rows]:
            self.stdout.write(f"{first:<{width}}" + "".join(f"{value:>12}" for value in rest))

    def _gap(self) -> bool:
        explain(wait=True)
        records, totals = misfits()
        if records:
            self.stdout.write(f"{records} records neither count nor stand in the gap as they should")
        if totals:
            self.stdout.write(f"{totals} totals of the gap are not the sum of its rows")
        return not records and not totals

    def _differences(self, found: Recount) -> None:
        for target in found.targets:
            for one in target.shown:
                self.stdout.write(
                    f"{target.target}: person {one.person_id}: counts from {one.recounted or 'never'} by the records,"
                    f" {one.ledger or 'never'} by the ledger, {one.standing or 'never'} by the standings"
                )
            if target.differing > len(target.shown):
                self.stdout.write(f"{target.target}: {target.differing - len(target.shown)} more")
        if found.astray:
            self.stdout.write(
                f"{found.astray} cells of the cube or of the run-off triangle are not the sum of the ledger's entries"
            )
        if found.amiss:
            self.stdout.write(f"{found.amiss} entries of the ledger contradict those before them or its horizon")

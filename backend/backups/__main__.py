"""Backups on the command line: `python -m backend.backups --help`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from backend.backups import keeping, noting, rehearsing, restoring, servers, shelf, taking
from backend.backups.errors import BackupError
from backend.backups.proving import Step
from backend.backups.restoring import KEYS, LATEST, MARK, Wish
from backend.backups.shelf import Shelf
from backend.embedded import places, records, secret_files
from backend.embedded.errors import EmbeddedError


def say(text: str) -> None:
    print(text, flush=True)


def backup(options: argparse.Namespace) -> int:
    """Take one backup now, and let go of those that are past keeping."""
    profile, stand = _stand(options)
    made = taking.take(stand, servers.address(profile), say)
    say(f"{made.name}: {made.manifest['size'] / 2**20:.1f} MiB in {made.manifest['seconds']} s, read back and whole.")
    for name in keeping.prune(stand):
        say(f"Let go of {name}.")
    noting.Note(profile).tell(stand, None)
    return 0


def show(options: argparse.Namespace) -> int:
    """Tell what backups there are and up to when they reach."""
    _, stand = _stand(options)
    found = stand.all()
    for one in found:
        held = one.manifest["stock"]["tables"]
        rows = sum(table["rows"] for table in held.values())
        size = one.manifest["size"] / 2**20
        say(f"{one.name}  {one.at.isoformat()}  release {one.manifest['release']}  {rows:>10} rows  {size:>8.1f} MiB")
        keys = ", ".join(sorted({key["wrapped_by"] for key in one.manifest["stock"]["keys"]}))
        say(f"{'':18}{KEYS} needed: {keys or 'none'}")
    if not found:
        say(f"No backup in {stand.backups}.")
        return 1
    say(keeping.reach(stand, found[-1]))
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup back on an empty host, and prove it."""
    profile, stand = _stand(options)
    steps = restoring.restore(stand, profile, Wish(options.to, options.backup), say)
    return _verdict(steps)


def unpack(options: argparse.Namespace) -> int:
    """Put a backup back into an empty data folder of a server of one's own."""
    _, stand = _stand(options)
    restoring.restore_into(stand, Path(options.folder).absolute(), options.owner, Wish(options.to, options.backup), say)
    return 0


def rehearsal(options: argparse.Namespace) -> int:
    """Restore the last backup on an empty cluster of its own, prove it, and throw it away."""
    profile, stand = _stand(options)
    keys = os.environ.get(KEYS) or records.read(profile.secrets).get("field_keys", "")
    if not keys:
        raise BackupError(f"Set {KEYS} to those of the system that was backed up.")
    found = rehearsing.rehearse(stand, Wish(options.to, options.backup), keys, _show)
    noting.Note(profile).tell(stand, None)
    say(f"\n{found.backup} could be worked with after {found.usable} s. The report is in {stand.rehearsals}.")
    return _verdict(found.steps)


def _show(step: Step) -> None:
    first, *rest = step.told.splitlines() or [""]
    say(f"{step.name:<20}{'proved' if step.ok else 'FAILED':<8}{step.seconds:>8.2f} s  {first}")
    for line in rest:
        say(f"{'':40}{line.strip()}")


def _verdict(steps: list[Step]) -> int:
    failed = [step.name for step in steps if not step.ok]
    say(f"Not proved: {', '.join(failed)}." if failed else "Proved.")
    return 1 if failed else 0


def _stand(options: argparse.Namespace) -> tuple[places.Profile, Shelf]:
    profile = places.profile(options.profile)
    return profile, Shelf(Path(options.folder_of_backups).absolute()) if options.folder_of_backups else shelf.place(
        profile
    )


def main(arguments: list[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m backend.backups", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--profile", default="main", help="the embedded system that is meant (main)")
    shared.add_argument("--from", dest="folder_of_backups", metavar="FOLDER", help=f"the backups ({shelf.VARIABLE})")
    wish = argparse.ArgumentParser(add_help=False)
    wish.add_argument("--backup", default="", metavar="NAME", help="which one; the newest that fits")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("backup", parents=[shared], help="take one now").set_defaults(do=backup)
    verbs.add_parser("keep", parents=[shared], help="receive the log, and take one every night").set_defaults(
        do=lambda options: keeping.keep(*_stand(options), say)
    )
    verbs.add_parser("list", parents=[shared], help="what there is").set_defaults(do=show)
    how_far = (
        f"`{LATEST}`, `{MARK}` (the moment whose content was noted), or a moment such as 2026-03-31T17:45:00+08:00"
    )
    verb = verbs.add_parser("restore", parents=[shared, wish], help="put one back on an empty host")
    verb.add_argument("--to", default=LATEST, help=f"how far: {how_far}")
    verb.set_defaults(do=restore)
    verb = verbs.add_parser("unpack", parents=[shared, wish], help="put one back for a PostgreSQL of your own")
    verb.add_argument("--to", default=LATEST, help=f"how far: {how_far}")
    verb.add_argument("--owner", type=int, help="the number of the server's account, where root calls this")
    verb.add_argument("folder", help="its data folder, empty; recovered and closed when this returns")
    verb.set_defaults(do=unpack)
    verb = verbs.add_parser("rehearsal", parents=[shared, wish], help="prove the last one")
    verb.add_argument("--to", default=MARK, help=f"how far: {how_far}; only the noted moment has digests to compare")
    verb.set_defaults(do=rehearsal)
    options = parser.parse_args(arguments)
    try:
        secret_files.take(os.environ)
        return int(options.do(options))
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Remove what set-up and runs have made: the environment, caches and the tests' data; with --data the system's too.

Standard library only, because the environment may be broken, which is a reason to clean.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED = ROOT / "var" / "embedded"
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", "htmlcov", ".coverage")
SKIPPED = {".git", ".venv", "var", "node_modules"}


def looked_after(profile: Path) -> bool:
    """Whether a profile's services run: their keeper holds this lock for as long as it lives."""
    try:
        with (profile / "keeper.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def stop_services() -> bool:
    """Stop the services of every profile. Returns whether none runs any more."""
    profiles = [folder for folder in EMBEDDED.iterdir() if folder.is_dir()] if EMBEDDED.is_dir() else []
    if not any(looked_after(profile) for profile in profiles):
        return True
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        print("The services run, and without .venv they cannot be stopped: run `make setup` first.")
        return False
    stopped = subprocess.run([str(python), "-m", "backend.embedded", "stop", "--all"], cwd=ROOT, check=False)
    return stopped.returncode == 0


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def data_of(profile: Path) -> Path:
    """The folder of a profile's data: its own, or one of the system's where root had to put it."""
    try:
        return Path(json.loads((profile / "state.json").read_text())["home"])
    except (OSError, ValueError, KeyError):
        return profile


def remove_profile(profile: Path, *, everything: bool) -> None:
    """Remove a profile and its data, wherever that is; with `everything` the checkout's whole place in the system."""
    data = data_of(profile)
    if data != profile and (data.parent / "checkout").is_file():
        remove(data)
        if everything:
            remove(data.parent)
            remove(data.parent.with_suffix(".old"))
    remove(profile)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", action="store_true", help="also the system's own database, files and keys")
    options = parser.parse_args()
    if not stop_services():
        print("Nothing was removed: the services could not be stopped.")
        return 1
    for folder in sorted(EMBEDDED.iterdir()) if EMBEDDED.is_dir() else []:
        if folder.is_dir() and (options.data or folder.name != "main"):
            remove_profile(folder, everything=options.data)
    for name in (".venv", "node_modules", "var/assets", "var/fonts", "var/static", *CACHES):
        remove(ROOT / name)
    for found in ROOT.rglob("__pycache__"):
        if SKIPPED.isdisjoint(found.relative_to(ROOT).parts):
            remove(found)
    if options.data:
        remove(ROOT / "var")
    elif (EMBEDDED / "main").exists():
        print("Kept: this system's own data and keys in var/ (make clean-data removes them).")
    return 0


if __name__ == "__main__":
    sys.exit(main())

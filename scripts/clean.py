"""Remove what set-up and runs have made: the environment, caches and the tests' data; with --data the system's too.

Standard library only, because the environment may be broken, which is a reason to clean.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED = ROOT / "var" / "embedded"
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", "htmlcov", ".coverage")
SKIPPED = {".git", ".venv", "var", "node_modules"}


def stop_services() -> bool:
    """Stop the services of every profile. Returns whether none can be running any more."""
    python = ROOT / ".venv" / "bin" / "python"
    if not EMBEDDED.is_dir():
        return True
    if not python.exists():
        print("Without .venv the services cannot be stopped; run `make setup` first if any are running.")
        return True
    stopped = subprocess.run([str(python), "-m", "backend.embedded", "stop", "--all"], cwd=ROOT, check=False)
    return stopped.returncode == 0


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_profile(folder: Path) -> None:
    """Remove a profile's folder, and its data where that lies outside the checkout."""
    try:
        home = Path(json.loads((folder / "state.json").read_text())["home"])
    except (OSError, ValueError, KeyError):
        home = folder
    if home != folder and home.is_dir():
        remove(home)
    remove(folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", action="store_true", help="also the system's own database, files and keys")
    options = parser.parse_args()
    if not stop_services():
        print("Nothing was removed: the services could not be stopped.")
        return 1
    for folder in sorted(EMBEDDED.iterdir()) if EMBEDDED.is_dir() else []:
        if folder.is_dir() and (options.data or folder.name != "main"):
            remove_profile(folder)
    for name in (".venv", *CACHES):
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

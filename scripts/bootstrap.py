"""Make the virtual environment `.venv` what the pinned requirements say, and nothing else.

Standard library only: it runs under the system's Python, before anything is installed.

* Keyed: a stamp inside `.venv` holds a digest of the requirement files, the Python and the folder.
  Equal digests mean nothing to do, which takes a few hundredths of a second.
* Atomic: the stamp goes first and comes back last. A set-up that was killed leaves no stamp, and the
  next one builds the environment afresh.
* Pinned: pip takes a file only if its digest stands in the requirements, whichever registry or mirror it came from.
* Locked: a second set-up in the same folder waits for the first. The lock is handed down to pip, so
  that it holds for as long as a pip still writes whose parent was killed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

NEEDED = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
LOG = VAR / "log" / "setup.log"
LAYERS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}


class SetupError(Exception):
    """Set-up cannot go on; the text says what happened and what to do."""


def digest(layer: str) -> str:
    """The state that `layer` of the environment should be in, as a hexadecimal digest.

    The folder is part of it because an environment's scripts carry their own path: a copied or
    moved checkout needs a new one.
    """
    told = hashlib.sha256()
    for part in (sys.version, sys.executable, str(VENV)):
        told.update(part.encode() + b"\0")
    for name, file in LAYERS.items():
        told.update((ROOT / file).read_bytes() + b"\0")
        if name == layer:
            break
    return told.hexdigest()


def stamp(layer: str) -> Path:
    return VENV / f".complete-{layer}"


def complete(layer: str) -> bool:
    """Whether a set-up of `layer` has ended well with today's requirements."""
    try:
        return stamp(layer).read_text() == digest(layer) and (VENV / "bin" / "python").exists()
    except OSError:
        return False


@contextmanager
def locked() -> Iterator[IO[str]]:
    """Hold this folder's set-up lock, waiting for another set-up to end."""
    try:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        lock = (VAR / "setup.lock").open("a+")
    except OSError as error:
        raise SetupError(
            f"Cannot write to {VAR} ({error.strerror}). If another account made this folder, "
            "run make under that account, or use a clone of your own."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is under way in this folder; waiting for it to end.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def call(command: list[str], lock: IO[str], doing: str) -> None:
    """Run one step with its output in the set-up log; raise SetupError with the log's end."""
    # PYTHONPATH and the like would let the outer environment leak into the one being made.
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    with LOG.open("ab") as log:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock.fileno(),),
            check=False,
        )
    if ended.returncode:
        tail = "\n".join(LOG.read_text(errors="replace").splitlines()[-12:])
        raise SetupError(
            f"{doing} failed (exit code {ended.returncode}). The end of {LOG}:\n\n{tail}\n\n"
            "Check the network, the package registry that pip is configured for and the free "
            "disk space, then run make again: it goes on from here."
        )


def create(lock: IO[str]) -> None:
    """Make an empty environment in place of whatever a broken set-up left."""
    try:
        import ensurepip  # noqa: F401  (Debian ships Python without it until asked)
    except ImportError as error:
        raise SetupError(
            f"This Python ({sys.executable}) has no venv. On Debian or Ubuntu: "
            f"apt install python3-venv python{NEEDED[0]}.{sys.version_info.minor}-venv"
        ) from error
    if VENV.exists():
        shutil.rmtree(VENV)
    call([sys.executable, "-m", "venv", str(VENV)], lock, "Creating the virtual environment")


def install(layer: str, lock: IO[str]) -> None:
    began = time.monotonic()
    python = VENV / "bin" / "python"
    files = [LAYERS["run"]] if layer == "run" else [LAYERS["run"], LAYERS["dev"]]
    wanted = [word for file in files for word in ("-r", file)]
    say(f"Installing {' and '.join(files)} …")
    call(
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", *wanted],
        lock,
        f"Installing {files[-1]}",
    )
    stamp(layer).write_text(digest(layer))
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def same_python() -> bool:
    """Whether `.venv` was made in this folder by this Python, so that pip may build on it."""
    try:
        return (VENV / ".made-by").read_text() == f"{sys.version}\n{sys.executable}\n{VENV}\n"
    except OSError:
        return False


def set_up(layers: list[str]) -> None:
    """Bring `.venv` to the state that the requirement files of `layers` name.

    Raises SetupError when a step fails.
    """
    if all(complete(layer) for layer in layers):
        return
    with locked() as lock:
        LOG.write_bytes(b"")
        if not (same_python() and stamp("run").exists()):
            say(f"Creating .venv with Python {sys.version.split()[0]} …")
            create(lock)
            (VENV / ".made-by").write_text(f"{sys.version}\n{sys.executable}\n{VENV}\n")
        for layer in layers:
            if not complete(layer):
                stamp("run").unlink(missing_ok=True)
                install(layer, lock)
        if not stamp("run").exists():
            stamp("run").write_text(digest("run"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    try:
        set_up(["run", "dev"] if options.dev else ["run"])
    except SetupError as error:
        say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        say("\nSet-up was interrupted; run make again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    if sys.version_info < NEEDED:
        sys.exit(f"Shugu needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    sys.exit(main())

"""What the Dockerfile puts into the image, made in a folder: its files copied, its last step carried out."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.composing import ROOT

DOCKERFILE = ROOT / "Dockerfile"
IGNORE = ROOT / ".dockerignore"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [
        (word.upper(), " ".join(rest.split()))
        for word, _, rest in (line.partition(" ") for line in whole.splitlines())
        if word
    ]


def copied() -> list[tuple[str, str]]:
    """What is copied from the repository, and to where, in the folder of the build."""
    found = []
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            found += [(source, target) for source in sources]
    return found


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps ``path`` away from the build; the last pattern that fits decides."""
    verdict = False
    for line in IGNORE.read_text("utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            wanted = pattern.startswith("!")
            if any(_fits(part, pattern.removeprefix("!")) for part in _with_parents(path)):
                verdict = not wanted
    return verdict


def _with_parents(path: str) -> Iterator[str]:
    parts = Path(path).parts
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _fits(path: str, pattern: str) -> bool:
    anywhere = pattern.startswith("**/")
    pattern = pattern.removeprefix("**/")
    candidate = path.rsplit("/", 1)[-1] if anywhere else path
    # A star stops at a slash.
    return candidate.count("/") == pattern.count("/") and fnmatch.fnmatchcase(candidate, pattern)


def environment() -> dict[str, str]:
    """What the image itself sets."""
    final = DOCKERFILE.read_text("utf-8").rsplit("\nFROM ", 1)[1]
    (line,) = re.findall(r"^ENV (.+)$", final, re.MULTILINE)
    return dict(pair.split("=", 1) for pair in line.split())


def build(folder: Path) -> Path:
    """The image's folder /app, made below ``folder``.

    The packages of this environment stand for those that the build installs; whatever else the build's last step does
    is done, literally.
    """
    app = folder / "app"
    app.mkdir()
    for source, target in copied():
        _copy(source, app / target)
    (app / ".venv").symlink_to(Path(sys.executable).parent.parent, target_is_directory=True)
    for taken_out in ("assets", "fonts"):
        shutil.copytree(ROOT / "var" / taken_out, app / "var" / taken_out)
    (last,) = [rest for word, rest in instructions() if word == "RUN" and "manage.py" in rest]
    ended = subprocess.run(
        ["sh", "-c", last], cwd=app, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return app


def _copy(source: str, target: Path) -> None:
    origin = ROOT / source
    if origin.is_file():
        place = target / origin.name if target.is_dir() or str(target).endswith("/") else target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(origin, place)
        return
    for path in sorted(origin.rglob("*")):
        inside = path.relative_to(ROOT).as_posix()
        if path.is_file() and not ignored(inside):
            place = target / path.relative_to(origin)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)


def listing(app: Path) -> dict[str, tuple[int, int]]:
    """Every file of the image's folder with its size and the moment of its last change, packages aside."""
    found = {}
    for folder, inside, files in os.walk(app):
        inside[:] = [name for name in inside if name != ".venv"]
        for name in [*inside, *files]:
            told = (Path(folder) / name).lstat()
            found[str((Path(folder) / name).relative_to(app))] = (told.st_size, told.st_mtime_ns)
    return found

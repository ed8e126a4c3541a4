"""A small disk of its own for the database's tables, which a test fills to the brim."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from backend.embedded.places import give
from tests.hostile.faults.system import System

MEGABYTE = 1 << 20
BALLAST = "ballast"


class SmallDisk:
    """Where the tables lie; what is written ahead of them (``pg_wal``) lies elsewhere, as it should."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def free(self) -> int:
        """Bytes that are still free."""
        room = os.statvfs(self.folder)
        return room.f_bavail * room.f_frsize

    def fill(self, leave: int = 0) -> int:
        """Fill it up to ``leave`` bytes; how many bytes that took."""
        took = max(self.free() - leave, 0)
        left, zeros = took, bytes(MEGABYTE)
        with (self.folder / BALLAST).open("ab") as ballast, suppress(OSError):
            while left > 0:
                left -= os.write(ballast.fileno(), zeros[: min(left, MEGABYTE)])
        return took

    def make_room(self) -> None:
        """Have it as it was."""
        (self.folder / BALLAST).unlink(missing_ok=True)


def may_mount(folder: Path) -> bool:
    """Whether this account may mount a disk in memory, tried by doing it."""
    folder.mkdir(exist_ok=True)
    tried = subprocess.run(_mount(folder, MEGABYTE), capture_output=True, check=False)
    if tried.returncode == 0:
        subprocess.run(["umount", str(folder)], check=True)
    return tried.returncode == 0


def _mount(folder: Path, size: int) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", str(folder)]


@contextmanager
def on_a_small_disk(system: System, room: int) -> Iterator[SmallDisk]:
    """Move the system's tables to a disk with so many bytes of room for more, and back.

    The database is stopped for each move; who works meanwhile goes on by itself.
    """
    base = system.postgres.data / "base"
    aside, small = base.with_name("base.aside"), system.postgres.data.with_name("small")
    give(small, system.account)
    system.postgres.stop()
    size = sum(one.stat().st_size for one in base.rglob("*") if one.is_file())
    subprocess.run(_mount(small, size + room), check=True)
    give(small, system.account)
    disk = SmallDisk(small)
    try:
        _move(base, small / "base", system)
        base.rename(aside)
        base.symlink_to(small / "base")
        shutil.rmtree(aside)
        system.start_postgres()
        yield disk
    finally:
        disk.make_room()
        system.postgres.stop()
        if base.is_symlink():
            _move(small / "base", aside, system)
            base.unlink()
            aside.rename(base)
        subprocess.run(["umount", str(small)], check=True)
        system.start_postgres()


def _move(source: Path, target: Path, system: System) -> None:
    """Copy a folder with its owner and modes."""
    subprocess.run(["cp", "--archive", str(source), str(target)], check=True)
    if system.account is not None:
        os.chown(target, system.account.uid, system.account.gid)

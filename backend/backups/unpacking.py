"""Reading a backup's archives: every file is compared with the digest that the server took of it."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import IO, Any

from backend.backups.errors import BackupError
from backend.backups.shelf import Backup
from backend.embedded.places import Account

PIECE = 1024 * 1024


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path, manifest: dict[str, Any]) -> None:
    """Compare every archive with the digest of when it was written, and every file in the base with the server's.

    Raises:
        BackupError: names the first that differs or is missing.
    """
    verify_archives(folder, manifest)
    base(folder, None)


def verify_archives(folder: Path, manifest: dict[str, Any]) -> None:
    """Compare every archive with the digest of when it was written. Raises BackupError."""
    for name, noted in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"{path} is missing.")
        if digest(path) != noted:
            raise BackupError(f"{path} is not what was written when the backup was taken: its digest differs.")


def base(folder: Path, into: Path | None, account: Account | None = None) -> int:
    """Go through the base backup, file by file, and write it to `into` where that is given.

    Returns:
        how many bytes it holds.

    Raises:
        BackupError: a file differs from the server's digest, is missing, or was not there.
    """
    listed = _listed(folder / "backup_manifest")
    size = 0
    try:
        with tarfile.open(folder / "base.tar.gz", "r|gz") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if ".." in Path(name).parts or name.startswith("/"):
                    raise BackupError(f"The base backup in {folder} holds {name}, which would leave its folder.")
                if member.isdir():
                    if into is not None:
                        _folder(into / name, account)
                    continue
                source = archive.extractfile(member)
                if source is None:
                    raise BackupError(f"The base backup in {folder} holds {name}, which is neither file nor folder.")
                noted = listed.pop(name, None)
                if noted is None:
                    raise BackupError(f"The base backup in {folder} holds {name}, which the server did not send.")
                if _copy(source, into / name if into is not None else None, account) != noted:
                    raise BackupError(f"The base backup in {folder} is damaged: {name} differs from its digest.")
                size += member.size
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BackupError(f"The base backup in {folder} cannot be read: {error}.") from error
    if listed:
        raise BackupError(f"The base backup in {folder} lacks {sorted(listed)[0]} and {len(listed) - 1} further files.")
    return size


def log(backup: Backup, into: Path) -> None:
    """Put the write-ahead log that belongs to a backup into a folder."""
    try:
        with tarfile.open(backup.folder / "wal.tar.gz", "r|gz") as archive:
            for member in archive:
                source = archive.extractfile(member)
                if source is not None:
                    to = into / Path(member.name).name
                    _copy(source, to, None)
                    # Of two beginnings of one segment the later written one reaches further.
                    os.utime(to, (member.mtime, member.mtime))
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BackupError(f"The log in {backup.folder} cannot be read: {error}.") from error


def _listed(path: Path) -> dict[str, str]:
    """The server's digests by file, from its manifest, whose own digest is its last line."""
    try:
        text = path.read_bytes()
        content = json.loads(text)
    except (OSError, ValueError) as error:
        raise BackupError(f"{path} cannot be read: {error}.") from error
    body = text[: text.rindex(b'"Manifest-Checksum"')]
    if hashlib.sha256(body).hexdigest() != content["Manifest-Checksum"]:
        raise BackupError(f"{path} is not what the server wrote: its own digest differs.")
    return {_path(file): file["Checksum"] for file in content["Files"]}


def _path(file: dict[str, Any]) -> str:
    return str(file["Path"]) if "Path" in file else bytes.fromhex(file["Encoded-Path"]).decode(errors="surrogateescape")


def _folder(path: Path, account: Account | None) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _give(path, account)


def _copy(source: IO[bytes], to: Path | None, account: Account | None) -> str:
    told = hashlib.sha256()
    if to is None:
        while piece := source.read(PIECE):
            told.update(piece)
        return told.hexdigest()
    with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while piece := source.read(PIECE):
            told.update(piece)
            target.write(piece)
    _give(to, account)
    return told.hexdigest()


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)

"""Where the embedded services keep their things.

A *profile* is a named set of services with data of its own: `main` for `make run` and `make demo`, others for tests
and measurements. Its folder is `var/embedded/<profile>/`; locks, ports and secrets are always there. The servers' own
data (its *home*) is there too, unless set-up is run by root in a folder that the unprivileged account of the servers
cannot enter: then it is in a state folder of the system that is bound to this checkout.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from backend.embedded.errors import EmbeddedError

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
ACCOUNT_VARIABLE = "SHUGU_SERVICE_ACCOUNT"
ACCOUNTS = ("shugu", "nobody")


@dataclass(frozen=True)
class Account:
    """The unprivileged account that the servers run as when root starts them."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Profile:
    """A named set of services.

    Attributes:
        name: lower-case word, part of file names.
        durable: whether what is written must outlive a crash. Only tests do without.
    """

    name: str
    durable: bool = True

    @property
    def folder(self) -> Path:
        return VAR / "embedded" / self.name

    @property
    def secrets(self) -> Path:
        """Passwords and keys, made once, readable by their maker alone."""
        return self.folder / "secrets.json"

    @property
    def state(self) -> Path:
        """The ports chosen, remembered from one start to the next."""
        return self.folder / "state.json"

    @property
    def gate(self) -> Path:
        """Lock: held while services are being started or stopped."""
        return self.folder / "gate.lock"

    @property
    def lease(self) -> Path:
        """Lock: shared by everyone who uses the services."""
        return self.folder / "lease.lock"

    @property
    def keeper(self) -> Path:
        """Lock: held by the process that looks after the services, for as long as it lives."""
        return self.folder / "keeper.lock"

    @property
    def hold(self) -> Path:
        """While this file exists the services stay up though nobody uses them."""
        return self.folder / "hold"

    @property
    def mail(self) -> Path:
        """The Maildir of what was sent while nobody had named a mail server."""
        return self.folder / "mail"

    @property
    def log(self) -> Path:
        return VAR / "log" / ("services.log" if self.name == "main" else f"services-{self.name}.log")


def profile(name: str) -> Profile:
    """The profile of that name. Those whose name begins with `test` trade durability for speed.

    Raises:
        EmbeddedError: the name is no plain word.
    """
    if not name.replace("-", "").isalnum() or name != name.lower():
        raise EmbeddedError(f"A profile's name is made of small letters, digits and hyphens; {name!r} is not.")
    return Profile(name, durable=not name.startswith("test"))


def make_folder(folder: Path, mode: int) -> None:
    """Create `folder` with `mode`, its parents with the usual one.

    Raises:
        EmbeddedError: this account may not write there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    except OSError as error:
        raise EmbeddedError(
            f"Cannot write to {folder} ({error.strerror}). If another account made this checkout's var folder, "
            "run make under that account, or use a clone of your own."
        ) from error


def prepare(chosen: Profile) -> None:
    """Create the profile's folder and the log folder. Raises EmbeddedError when they cannot be written."""
    # The servers' account passes through the folder of its profile on the way to its data, and reads nothing there.
    make_folder(chosen.folder, 0o711 if os.geteuid() == 0 else 0o700)
    make_folder(chosen.log.parent, 0o700)


def service_account(home: Path) -> Account | None:
    """Whom the servers run as: None for ourselves, another account when we are root.

    Data that exists keeps its owner. Otherwise: the account named by SHUGU_SERVICE_ACCOUNT, `shugu` where the machine
    has one, `nobody`.

    Raises:
        EmbeddedError: none of them exists.
    """
    if os.geteuid() != 0:
        return None
    try:
        owner = (home / "postgres").stat().st_uid
        if owner != 0:
            return _account(pwd.getpwuid(owner))
    except (OSError, KeyError):
        pass
    named = os.environ.get(ACCOUNT_VARIABLE)
    for name in [named] if named else ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return _account(entry)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and this machine has no unprivileged account for it "
        f"(tried: {named or ', '.join(ACCOUNTS)}). Create one, or name it in {ACCOUNT_VARIABLE}."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(folder: Path, account: Account | None) -> bool:
    """Whether `account` can reach `folder`, tried as that account."""
    if account is None:
        return True
    tried = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return tried.returncode == 0


def home(chosen: Profile) -> Path:
    """The folder that holds the servers' data, created so that their account can reach it.

    Raises:
        EmbeddedError: no such place can be had.
    """
    account = service_account(chosen.folder)
    if can_enter(chosen.folder, account):
        return chosen.folder
    for base in (Path("/var/lib/shugu"), Path(tempfile.gettempdir()) / "shugu"):
        try:
            base.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError:
            continue
        # In a world-writable folder anyone could have put this one there.
        ours = base.lstat().st_uid == 0 and not base.is_symlink() and not base.stat().st_mode & 0o022
        if ours and can_enter(base, account):
            place = _bound(base) / chosen.name
            make_folder(place, 0o711)
            return place
    raise EmbeddedError(
        f"The account that PostgreSQL would run as ({account.name if account else '?'}) can enter neither "
        f"{chosen.folder} nor /var/lib/shugu nor the temporary folder. Run make as an ordinary user, or clone into a "
        "folder that every account can enter."
    )


def _bound(base: Path) -> Path:
    """The folder of this checkout under `base`; what a deleted checkout of the same path left is put aside.

    Its passwords went with that checkout's var folder, so nobody can open it from here any more.
    """
    mark = VAR / "embedded" / "id"
    if not mark.exists():
        mark.write_text(uuid.uuid4().hex)
    place = base / hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]
    owner = place / "checkout"
    if place.exists() and (not owner.exists() or owner.read_text().splitlines()[:1] != [mark.read_text()]):
        aside = place.with_suffix(".old")
        shutil.rmtree(aside, ignore_errors=True)
        place.rename(aside)
    make_folder(place, 0o711)
    owner.write_text(f"{mark.read_text()}\n{ROOT}\n")
    owner.chmod(0o600)
    return place


def give(folder: Path, account: Account | None) -> None:
    """Create `folder` for the servers' account alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def wipe(chosen: Profile) -> None:
    """Remove the servers' data of `chosen`, which nobody may be using."""
    place = home(chosen)
    for folder in (place / "postgres", place / "postgres.new", place / "valkey"):
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            raise EmbeddedError(f"{folder} could not be removed.")

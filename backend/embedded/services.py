"""Using the services: they are started for the first who needs them and stopped after the last."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import psutil

from backend.embedded import places, processes, records
from backend.embedded.errors import EmbeddedError, NotRunningError
from backend.embedded.places import Profile

SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
STOP_SECONDS = 120.0


def given(environment: Mapping[str, str]) -> bool:
    """Whether the environment names servers of its own, so that none of ours is needed.

    Raises:
        EmbeddedError: it names the database for one login and leaves the other to be guessed.
    """
    if ("DATABASE_URL" in environment) != ("DATABASE_OWNER_URL" in environment):
        raise EmbeddedError(
            "DATABASE_URL (login shugu_app) and DATABASE_OWNER_URL (login shugu_owner) belong together: set both, "
            "or neither for the embedded PostgreSQL."
        )
    return all(name in environment for name in SERVERS)


def environment(name: str = "main") -> dict[str, str]:
    """What reaches the running services of profile `name`, and its keys.

    Returns:
        DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL, SECRET_KEY and FIELD_KEYS; for profiles other than `main` also
        DATABASE_ADMIN_URL, a superuser's address, and DATABASE_BACKUP_URL. Where the process's environment names all
        servers itself, the keys alone.

    Raises:
        NotRunningError: the services do not run.
        EmbeddedError: they cannot be reached from this account.
    """
    profile = places.profile(name)
    if name == "main" and given(os.environ):
        places.prepare(profile)
        return records.secret_values(profile)
    if not processes.is_held(profile.keeper):
        raise NotRunningError(
            "The services are not running: `make run` starts everything, `python -m backend.embedded start` "
            "PostgreSQL and Valkey alone. Or set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to servers of your own."
        )
    return records.addresses(profile)


def command_environment(name: str, values: dict[str, str]) -> dict[str, str]:
    """Our environment with the services' addresses.

    For `main` what the caller has set wins, value by value. Other profiles exist to be thrown away: an address of real
    servers that happens to be set must not lead a test to them.
    """
    return {**values, **os.environ} if name == "main" else {**os.environ, **values}


@contextmanager
def running(name: str = "main", *, fresh: bool = False) -> Iterator[dict[str, str]]:
    """Have the services of profile `name` for as long as the block lasts, yielding their environment.

    Args:
        fresh: begin with empty servers; the profile's data is thrown away.

    Raises:
        EmbeddedError: they cannot be started, or `fresh` is asked of services in use.
    """
    profile = places.profile(name)
    places.prepare(profile)
    if name == "main" and given(os.environ):
        yield records.secret_values(profile)
        return
    with ExitStack() as lease:
        with processes.holding(profile.gate, notice="Waiting for another start or stop of the services."):
            if fresh:
                _wipe(profile)
            lease.enter_context(processes.holding(profile.lease, shared=True))
            _ensure(profile)
            values = records.addresses(profile)
        try:
            yield values
        finally:
            lease.close()
            _leave(profile)


def start(name: str = "main") -> dict[str, str]:
    """Start the services and leave them running until `stop`."""
    with running(name) as values:
        places.profile(name).hold.touch()
        return values


def stop(name: str = "main") -> bool:
    """Stop the services though somebody may still use them. Returns whether they ran."""
    profile = places.profile(name)
    profile.hold.unlink(missing_ok=True)
    if not profile.folder.exists():
        return False
    with processes.holding(profile.gate):
        return _stop_keeper(profile)


def _ensure(profile: Profile) -> None:
    """Start a keeper unless one is there. The gate is ours."""
    if processes.is_held(profile.keeper):
        return
    # Left by a `start` whose keeper was killed, or the machine switched off: that wish is over.
    profile.hold.unlink(missing_ok=True)
    # Written by the first comer alone: the keeper and its clients read the same ones.
    records.load_secrets(profile)
    read, write = os.pipe()
    with processes.open_log(profile.log) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.embedded.keeper", profile.name, str(write), str(places.ROOT)],
            cwd=places.ROOT,
            env=os.environ | {"PYTHONPATH": str(places.ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(write,),
            # Not ours to take down with us, nor the terminal's: others may use the services after we have gone.
            start_new_session=True,
        )
    os.close(write)
    with os.fdopen(read) as reading:
        said = reading.read()
    if said != "ready":
        process.wait()
        raise EmbeddedError(f"The services did not start: {said or f'see {profile.log}.'}")


def _leave(profile: Profile) -> None:
    """After letting go: stop the services if we were the last, and wait for it."""
    if not profile.folder.exists():
        return
    with processes.holding(profile.gate):
        if profile.hold.exists():
            return
        with processes.holding(profile.lease, wait=False) as last:
            if last:
                _stop_keeper(profile)


def _stop_keeper(profile: Profile) -> bool:
    """Ask the keeper to stop and wait until it has. The gate is ours."""
    if not processes.is_held(profile.keeper):
        return False
    pid = int(profile.keeper.read_text())
    try:
        process = psutil.Process(pid)
        process.send_signal(signal.SIGTERM)
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied as error:
        raise EmbeddedError(f"The services run under another account (process {pid}); stop them there.") from error
    if not processes.wait_until(lambda: not processes.is_held(profile.keeper), STOP_SECONDS):
        raise EmbeddedError(f"The services did not stop within {STOP_SECONDS:.0f} s; see {profile.log}.")
    processes.wait_until(lambda: _gone(process), 5.0)
    return True


def _gone(process: psutil.Process) -> bool:
    """Whether the process has ended. Its entry may stay for a while: it is not always we who have to fetch it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _wipe(profile: Profile) -> None:
    """Throw the profile's data away. The gate is ours."""
    if profile.name == "main":
        raise EmbeddedError("The data of profile main is never thrown away by a start; `make clean-data` does it.")
    with processes.holding(profile.lease, wait=False) as unused:
        if not unused:
            raise EmbeddedError(f"The services of profile {profile.name} are in use; they cannot be made empty now.")
        _stop_keeper(profile)
    profile.hold.unlink(missing_ok=True)
    places.wipe(profile)

"""The process that looks after one profile's services, in the background.

It is started by the first who needs the services and ends, servers and all, soon after the last has let go: those who
use the services hold a shared lock, which the system releases however they end. Should the keeper itself be killed,
the servers end with it, by the system's word (`end_with_parent`). A server that dies is started again on its port.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from backend.embedded import binaries, places, processes, records
from backend.embedded.errors import EmbeddedError, PortTakenError
from backend.embedded.places import Profile
from backend.embedded.postgres import Postgres
from backend.embedded.valkey import Valkey

Service = Postgres | Valkey
LOOK_SECONDS = 0.2
MOST_PATIENCE = 15.0
PORT_TRIES = 8


class Keeper:
    """Looks after the services of one profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.asked_to_stop = False
        self.services: list[Service] = []
        self.ports: dict[str, int] = {}
        self.patience: dict[str, float] = {}
        self.again_at: dict[str, float] = {}

    def start(self) -> None:
        """Start both servers, on the ports remembered where they are free. Raises EmbeddedError when one fails."""
        home = places.home(self.profile)
        account = places.service_account(home)
        programs = binaries.provide(home, account)
        remembered = records.read(self.profile.state)
        self.services = [
            Postgres(self.profile, home, programs, account),
            Valkey(self.profile, home, programs, account),
        ]
        for service in self.services:
            self._start_on_a_port(service, remembered.get(service.name))
        records.write(self.profile.state, {**self.ports, "keeper": os.getpid(), "home": str(home)})

    def _start_on_a_port(self, service: Service, remembered: int | None) -> None:
        for _ in range(PORT_TRIES):
            port = processes.free_port(remembered)
            try:
                service.start(port)
            except PortTakenError:
                # Another checkout chose the same port in the same moment.
                remembered = None
                continue
            self.ports[service.name] = port
            return
        raise EmbeddedError(f"{service.label} found its port taken {PORT_TRIES} times in a row; try again.")

    def watch(self, gates: ExitStack) -> None:
        """Start dead servers again until nobody needs them, we are asked to stop, or our folder is gone.

        Args:
            gates: takes over the gate when we end because nobody needs us. It must stay closed until the keeper's
                own lock is let go, or somebody who comes in between takes us for running.
        """
        while not self.asked_to_stop:
            time.sleep(LOOK_SECONDS)
            if not self.profile.keeper.exists():
                say("The profile's folder is gone.")
                return
            for service in self.services:
                if not service.alive():
                    self._revive(service)
            with ExitStack() as look:
                if look.enter_context(processes.holding(self.profile.gate, wait=False)) and self._unused():
                    say("Nobody uses the services any more.")
                    gates.enter_context(look.pop_all())
                    return

    def _revive(self, service: Service) -> None:
        now = time.monotonic()
        if now < self.again_at.get(service.name, 0):
            return
        patience = min(MOST_PATIENCE, 2 * self.patience.get(service.name, 0.25))
        self.patience[service.name], self.again_at[service.name] = patience, now + patience
        say(f"{service.label} has ended; starting it again.")
        try:
            service.start(self.ports[service.name])
        except EmbeddedError as error:
            # The port is in everybody's hands already, so it cannot be changed; it may come free again.
            say(f"{error} Next try in {patience:.0f} s.")
        else:
            say(f"{service.label} runs again.")

    def _unused(self) -> bool:
        if self.profile.hold.exists():
            return False
        with processes.holding(self.profile.lease, wait=False) as free:
            return free

    def stop(self) -> None:
        """Stop the servers, the broker first."""
        for service in reversed(self.services):
            service.stop()
        self.services = []


def say(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {text}", flush=True)


def keep(profile: Profile, ready: int) -> int:
    """Run the services of `profile` until they are not needed any more.

    Args:
        ready: descriptor on which to say `ready` or what went wrong.
    """
    keeper = Keeper(profile)

    def on_stop(_number: int, _frame: object) -> None:
        keeper.asked_to_stop = True

    signal.signal(signal.SIGTERM, on_stop)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    with ExitStack() as gates, processes.holding(profile.keeper), os.fdopen(ready, "w") as told:
        profile.keeper.write_text(f"{os.getpid()}\n")
        say("Starting the services.")
        try:
            start(keeper)
            say(f"Running: {keeper.ports}.")
            told.write("ready")
            told.close()
            keeper.watch(gates)
        except (EmbeddedError, OSError) as error:
            say(str(error))
            if not told.closed:
                told.write(str(error))
            return 1
        finally:
            keeper.stop()
            say("Stopped.")
    return 0


def start(keeper: Keeper) -> None:
    """Start the servers; tests' servers whose data a crash has spoilt start empty. Raises EmbeddedError."""
    try:
        keeper.start()
    except EmbeddedError as error:
        keeper.stop()
        if keeper.profile.durable:
            raise
        say(f"{error}\nStarting afresh: the tests' data cannot be opened, and is worth nothing.")
        places.wipe(keeper.profile)
        keeper.start()


def main() -> int:
    """Entry point of the keeper process: profile's name, descriptor, and the checkout, for whoever lists processes."""
    os.chdir(Path("/"))
    return keep(places.profile(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    sys.exit(main())

"""One Valkey: Celery's broker and the cache."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from backend.embedded import processes, records
from backend.embedded.binaries import Programs
from backend.embedded.errors import EmbeddedError, PortTakenError
from backend.embedded.places import Account, Profile, give

START_SECONDS = 60.0
GENTLY = ((signal.SIGTERM, 20.0),)


def quoted(text: str) -> str:
    """`text` as one word of Valkey's configuration."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Valkey:
    """The Valkey of one profile, as a child of this process."""

    name = "valkey"
    label = "Valkey"

    def __init__(self, profile: Profile, home: Path, programs: Programs, account: Account | None) -> None:
        self.profile = profile
        self.data = home / "valkey"
        self.program = programs.valkey
        self.account = account
        self.log = profile.log.parent / ("valkey.log" if profile.name == "main" else f"valkey-{profile.name}.log")
        self.password = records.load_secrets(profile)["valkey"]
        self.process: subprocess.Popen[bytes] | None = None

    def configure(self, port: int) -> Path:
        """Write the configuration, which holds the password, for the server's account alone."""
        lines = {
            "bind": "127.0.0.1",
            "port": str(port),
            "protected-mode": "yes",
            "requirepass": quoted(self.password),
            "dir": quoted(str(self.data)),
            "pidfile": quoted(str(self.data / "valkey.pid")),
            "daemonize": "no",
            "set-proc-title": "no",
            "logfile": '""',
            "save": '""',
            # The queue outlives a kill. Each second is enough: what is lost was a bell, and the truth, in PostgreSQL,
            # has it rung again.
            "appendonly": "yes",
            "appendfsync": "everysec" if self.profile.durable else "no",
            "aof-load-truncated": "yes",
            "auto-aof-rewrite-min-size": "16mb",
            "maxmemory": "512mb",
            # A queue is no cache: better to refuse a new bell than to drop an old one.
            "maxmemory-policy": "noeviction",
        }
        path = self.data / "valkey.conf"
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name} {value}\n" for name, value in lines.items())
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def clear_leftovers(self) -> None:
        """End a server that a killed supervisor left."""
        pid_file = self.data / "valkey.pid"
        try:
            pid = int(pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return
        processes.stop_leftover(pid, str(self.data), *GENTLY)
        pid_file.unlink(missing_ok=True)

    def start(self, port: int) -> None:
        """Start the server on `port` and wait until it answers.

        Raises:
            PortTakenError: somebody else listens there.
            EmbeddedError: it did not come up.
        """
        give(self.data, self.account)
        self.clear_leftovers()
        if self._launch(port):
            return
        said = self._said()
        if "Address already in use" in said:
            raise PortTakenError(f"Port {port} is taken.")
        if not self._launch_without_queue(port):
            raise EmbeddedError(f"Valkey did not start. The end of {self.log}:\n{said}")

    def _launch_without_queue(self, port: int) -> bool:
        """Start with an empty queue, the old one put aside: one that cannot be read is not worth staying down for."""
        queue = self.data / "appendonlydir"
        if not queue.is_dir():
            return False
        aside = queue.with_name(f"{queue.name}.broken-{time.strftime('%Y%m%dT%H%M%S')}")
        queue.rename(aside)
        if self._launch(port):
            print(f"Valkey could not read its queue, which is now in {aside}.", flush=True)
            return True
        shutil.rmtree(queue, ignore_errors=True)
        aside.rename(queue)
        return False

    def _launch(self, port: int) -> bool:
        config = self.configure(port)
        self._began = self.log.stat().st_size if self.log.exists() else 0
        with processes.open_log(self.log) as log:
            self.process = processes.spawn(
                [str(self.program), str(config)],
                log=log,
                cwd=self.data,
                last_word=signal.SIGTERM,
                account=self.account,
                environment={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            )
        processes.wait_until(lambda: self.answers(port) or not self.alive(), START_SECONDS)
        if self.answers(port):
            return True
        self.stop()
        return False

    def _said(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._began if self._began <= self.log.stat().st_size else 0)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-40:])

    def answers(self, port: int) -> bool:
        """Whether our server, and not another one on the same port, takes commands."""
        if self.process is None:
            return False
        asked = f"AUTH {self.password}\r\nPING\r\nINFO server\r\nQUIT\r\n"
        answer = b""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
                link.sendall(asked.encode())
                while part := link.recv(65536):
                    answer += part
        except OSError:
            return False
        return answer.startswith(b"+OK\r\n+PONG") and b"process_id:%d\r\n" % self.process.pid in answer

    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server: what it holds is written."""
        if self.process is not None:
            processes.stop(self.process, *GENTLY)
            self.process = None

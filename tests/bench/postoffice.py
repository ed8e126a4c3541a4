"""A mail server in a process of its own, which writes down what it takes before it says so.

usage: python -m tests.bench.postoffice PORT RECORD

The record has a line for each message: when, to whom, under which Message-ID. It is the evidence of what was sent; what
the sender believes is not asked.
"""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.embedded.processes import free_port
from tests.support.databases import ROOT
from tests.support.workers import wait_for

READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Taken:
    """One message, as the server wrote it down; ``at`` in seconds of the system's clock."""

    at: float
    recipient: str
    message_id: str


class PostOffice:
    """The server, from the side of whoever started it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.record = folder / "taken"
        self.record.touch()
        command = [sys.executable, "-m", "tests.bench.postoffice", str(self.port), str(self.record)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> "PostOffice":
        """Wait until it takes mail."""
        assert self._process.stdout is not None
        wait_for(self._process.stdout.readline, READY_SECONDS, "the mail server")
        return self

    def taken(self) -> list[Taken]:
        """What it has taken so far, in order."""
        lines = [line.split("\t") for line in self.record.read_text("utf-8").splitlines(keepends=True)]
        return [Taken(float(at), to, name.rstrip("\n")) for at, to, name in (line for line in lines if len(line) == 3)]

    def count(self) -> int:
        """How many it has taken so far."""
        return self.record.read_bytes().count(b"\n")

    def empty(self) -> None:
        """Forget what was taken, between two measures."""
        self.record.write_bytes(b"")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)


def names_by_recipient(taken: list[Taken]) -> dict[str, Counter[str]]:
    """How often each recipient got each Message-ID."""
    found: dict[str, Counter[str]] = {}
    for one in taken:
        found.setdefault(one.recipient, Counter())[one.message_id] += 1
    return found


class Counter250:
    """What the server does with a message."""

    def __init__(self, record: Path) -> None:
        self._record = record.open("ab", buffering=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        named = next(line for line in content.splitlines() if line.lower().startswith(b"message-id:"))
        [recipient] = envelope.rcpt_tos
        told = f"{time.time():.6f}\t{recipient}\t{named.partition(b':')[2].strip().decode()}\n"
        self._record.write(told.encode())
        return "250 2.0.0 taken"


async def serve(port: int, record: Path) -> None:
    """Take mail until the process ends."""
    counter, loop = Counter250(record), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(counter, hostname="localhost", ident="bench", loop=loop), "127.0.0.1", port
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))

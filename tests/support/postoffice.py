"""A mail server in a process of its own, which writes down what it takes before it says so.

usage: python -m tests.support.postoffice PORT FOLDER

The record has a line for each message: when, to whom, under which Message-ID, and the message itself. It is the
evidence of what was sent; what the sender believes is not asked. How the server answers stands in a file of its folder,
so that it can be changed while it runs; it may be closed and opened again on its port, with its record.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.embedded.processes import free_port
from tests.support.databases import ROOT
from tests.support.workers import wait_for

READY_SECONDS = 30.0
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Taken:
    """One message, as the server wrote it down; ``at`` in seconds of the system's clock."""

    at: float
    recipient: str
    message_id: str
    content: str

    @property
    def message(self) -> EmailMessage:
        """The message as it came over the line."""
        return message_from_bytes(base64.b64decode(self.content), policy=policy.default)

    @property
    def subject(self) -> str:
        """Its subject in the clear."""
        return str(self.message["Subject"]).strip()

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


class PostOffice:
    """The server, from the side of whoever started it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self.record = folder / "taken"
        self.refusals = folder / "refused"
        for path in (self.record, self.refusals):
            path.touch()
        self.answers()
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> "PostOffice":
        """Start it, and wait until it takes mail."""
        command = [sys.executable, "-m", "tests.support.postoffice", str(self.port), str(self._folder)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        wait_for(self._process.stdout.readline, READY_SECONDS, "the mail server")
        return self

    def answers(
        self, rcpt: Mapping[str, str] | None = None, data: Mapping[str, str] | None = None, hold: Iterable[str] = ()
    ) -> None:
        """How it answers from now on.

        Args:
            rcpt: what is said to recipients; to all others ``250``.
            data: what is said to a recipient's message that it has been given, in place of taking it.
            hold: whose messages are answered only once they are held no more.
        """
        new = self._folder / "rules.new"
        new.write_text(json.dumps({"rcpt": dict(rcpt or {}), "data": dict(data or {}), "hold": list(hold)}), "utf-8")
        new.rename(self._folder / "rules")

    def taken(self) -> list[Taken]:
        """What it has taken so far, in order."""
        return _entries(self.record.read_text("utf-8"))

    def newly_taken(self) -> list[Taken]:
        """What it has taken since this was asked before."""
        with self.record.open("rb") as file:
            file.seek(self._read)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        return _entries(whole.decode())

    def refused(self) -> list[str]:
        """To whom a message was not taken, in order."""
        return self.refusals.read_text("utf-8").split()

    def holding(self) -> str:
        """Whose message is being held, if one is."""
        held = self._folder / "holding"
        return held.read_text("utf-8") if held.exists() else ""

    def count(self) -> int:
        """How many it has taken so far."""
        return self.record.read_bytes().count(b"\n")

    def empty(self) -> None:
        """Forget what was taken, between two measures."""
        self.record.write_bytes(b"")
        self._read = 0

    def close(self) -> None:
        """End it; whoever comes meanwhile finds nobody."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


def names_by_recipient(taken: Iterable[Taken]) -> dict[str, Counter[str]]:
    """How often each recipient got each Message-ID."""
    found: dict[str, Counter[str]] = {}
    for one in taken:
        found.setdefault(one.recipient, Counter())[one.message_id] += 1
    return found


def _entries(text: str) -> list[Taken]:
    lines = [line.rstrip("\n").split("\t") for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return [Taken(float(at), to, name, content) for at, to, name, content in lines]


class Counter250:
    """What the server does with a message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._record = (folder / "taken").open("ab", buffering=0)
        self._refused = (folder / "refused").open("ab", buffering=0)
        self._known = 0
        self._rules: dict[str, Any] = {}

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _o: Any) -> str:
        answer = self._read()["rcpt"].get(address)
        if answer is not None:
            self._refused.write(f"{address}\n".encode())
            return str(answer)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        named = next(line for line in content.splitlines() if line.lower().startswith(b"message-id:"))
        [recipient] = envelope.rcpt_tos
        if recipient in self._read()["hold"]:
            held = self._folder / "holding"
            held.write_text(recipient, "utf-8")
            while recipient in self._read()["hold"]:
                await asyncio.sleep(LOOK_SECONDS)
            held.unlink()
        answer = self._read()["data"].get(recipient)
        if answer is not None:
            self._refused.write(f"{recipient}\n".encode())
            return str(answer)
        told = (f"{time.time():.6f}", recipient, named.partition(b":")[2].strip().decode())
        self._record.write("\t".join([*told, base64.b64encode(content).decode()]).encode() + b"\n")
        return "250 2.0.0 taken"

    def _read(self) -> dict[str, Any]:
        """The rules as they are now; they are replaced as a whole, so that a new file tells of new ones."""
        path = self._folder / "rules"
        number = os.stat(path).st_mtime_ns
        if number != self._known:
            self._rules, self._known = json.loads(path.read_text("utf-8")), number
        return self._rules


async def serve(port: int, folder: Path) -> None:
    """Take mail until the process ends."""
    counter, loop = Counter250(folder), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(counter, hostname="localhost", ident="bench", loop=loop), "127.0.0.1", port, reuse_address=True
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))

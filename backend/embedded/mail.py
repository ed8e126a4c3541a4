"""The mail catcher: a real SMTP server of this machine, for mail that nobody has named a server for.

Where EMAIL_URL is not set, `serve` runs this one beside web and worker and points EMAIL_URL at it: whatever the system
sends travels over SMTP, and nothing leaves the machine. What was taken lies in a Maildir, byte for byte as it came
behind the lines that a receiving server puts before it; `python -m backend.embedded mail` shows it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import mailbox
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.embedded import places

KEPT = 1000
"""So many messages are kept from one start to the next, the newest."""

SINCE = "since"


@dataclass(frozen=True)
class Received:
    """One message as it came in.

    Attributes:
        at: when it was taken.
        recipients: for whom, by the envelope.
        message: the message itself.
    """

    at: dt.datetime
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"] or "").strip()

    @property
    def subject(self) -> str:
        # A long one begins on a line of its own, and the blank before it is no part of it.
        return str(self.message["Subject"] or "").strip()

    @property
    def text(self) -> str:
        """Its plain text, empty where it has none."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


class Catcher:
    """What the SMTP server does with a message: keeps it, and says so only once it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return "451 not understood"
        now = dt.datetime.now(tz=dt.UTC).replace(microsecond=0)
        trace = [
            f"Return-Path: <{envelope.mail_from or ''}>",
            *(f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos),
            f"Received: from {session.host_name or 'somebody'} by {server.hostname}; {format_datetime(now)}",
        ]
        whole = "".join(f"{line}\n" for line in trace).encode() + content.replace(b"\r\n", b"\n")
        key = self._box.add(whole)
        print(f"{now.isoformat()} taken as {key}", flush=True)
        return f"250 2.0.0 kept as {key}"

    async def handle_exception(self, error: Exception) -> str:
        """A full disk is no fault of the address: it may be tried again."""
        print(f"{type(error).__name__}: {error}", flush=True)
        return "451 4.3.0 could not be kept"


def prepare(folder: Path) -> None:
    """Make the box, note since when it is filled by this start, and let the oldest messages go."""
    for part in ("", "tmp", "new", "cur"):
        places.make_folder(folder / part, 0o700)
    box = mailbox.Maildir(folder)
    (folder / SINCE).write_text(dt.datetime.now(tz=dt.UTC).isoformat())
    for key in sorted(box.keys(), key=_order)[:-KEPT]:
        with suppress(KeyError):
            box.remove(key)


def since(folder: Path) -> dt.datetime:
    """Since when the box has been filled by the system that runs now, or ran last."""
    return dt.datetime.fromisoformat((folder / SINCE).read_text())


def received(folder: Path) -> list[Received]:
    """What the box holds, in the order in which it came. Nothing where there is no box."""
    return list(_read(folder)) if folder.is_dir() else []


def _read(folder: Path) -> Iterator[Received]:
    box = mailbox.Maildir(folder)
    for key in sorted(box.keys(), key=_order):
        message = message_from_bytes(box.get_bytes(key), policy=policy.default)
        at = parsedate_to_datetime(str(message["Received"]).rpartition(";")[2].strip())
        yield Received(at, tuple(str(one) for one in message.get_all("Delivered-To", [])), message)


def _order(key: str) -> tuple[int, ...]:
    """When a message was kept, as its key tells it, in seconds and millionths."""
    told = re.match(r"(\d+)\.M(\d+)", key)
    return tuple(int(part) for part in told.groups()) if told else ()


def show(folder: Path, last: int) -> None:
    """Print the newest messages, the latest at the end."""
    found = received(folder)[-last:]
    for one in found:
        print(f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}  {', '.join(one.recipients)}")
        print(f"{one.subject}\n{one.message_id}\n")
        print("\n".join(f"    {line}".rstrip() for line in one.text.splitlines()) + "\n")
    print(f"{len(found)} shown; all of it is in {folder}.")


async def catch(listener: socket.socket, folder: Path) -> None:
    """Take mail on a socket that listens already, until the process ends."""
    catcher, loop = Catcher(folder), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, hostname="localhost", ident="Shugu mail", loop=loop), sock=listener
    )
    await server.serve_forever()


def main(arguments: list[str]) -> None:
    """The catcher as a process: the number of a listening socket that it was given, and the folder."""
    asyncio.run(catch(socket.socket(fileno=int(arguments[0])), Path(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])

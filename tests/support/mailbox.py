"""A mail server for tests: a real one on a port of its own, which answers as a test wishes and keeps what it took."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from weakref import WeakKeyDictionary

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.embedded.processes import free_port

OK = "250 taken"


@dataclass
class Mailbox:
    """What was taken, in order; ``rcpt`` and ``data`` answer each address, ``drop`` cuts the line after DATA.

    ``per_connection``: so many messages, and the connection is ended; ``connections`` counts them.
    """

    rcpt: Callable[[str], str] = lambda _address: OK
    data: Callable[[str], str] = lambda _address: OK
    drop: bool = False
    per_connection: int = 1_000_000
    connections: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    port: int = 0
    _served: WeakKeyDictionary[Session, int] = field(default_factory=WeakKeyDictionary)

    def listen(self, port: int = 0) -> None:
        self.port = port or self.port or free_port()
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self._served[session] = self._served.get(session, 0) + 1
        if self._served[session] > self.per_connection:
            return "421 4.7.0 too many messages on this connection"
        envelope.mail_from = address
        return OK

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _o: Any) -> str:
        answer = self.rcpt(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        answer = self.data(address)
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.taken.append((address, message))
        if self.drop:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer

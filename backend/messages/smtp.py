"""Messages over SMTP, several on one connection, and what the server's answers mean."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from email.utils import parseaddr

import environ
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from backend.messages.channels import Answer, carries
from backend.messages.models import Channel, Delivery, Fate

TIMEOUT_SECONDS = 20
PER_CONNECTION = 100
"""Messages before a connection is given up for a new one; servers that allow fewer are told by their refusal."""

PROBLEMS = (OSError, smtplib.SMTPException)


class _Line:
    """A connection that is kept from message to message, and opened when one is to go."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._given = 0

    def open(self) -> tuple[smtplib.SMTP, bool]:
        """The connection, and whether it has served before: only then a refusal may be the connection's own end.

        Raises:
            OSError, smtplib.SMTPException: nobody is there, or nobody who lets us in.
        """
        if self._given >= PER_CONNECTION:
            self.close()
        used = self._smtp is not None
        if self._smtp is None:
            self._smtp, self._given = _connect(), 0
        self._given += 1
        return self._smtp, used

    def drop(self) -> None:
        """Forgets a connection that is broken, or whose state nobody knows."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def close(self) -> None:
        """Says good-bye, if somebody still listens."""
        if self._smtp is not None:
            with suppress(*PROBLEMS):
                self._smtp.quit()
        self.drop()


_line: ContextVar[_Line | None] = ContextVar("smtp_line", default=None)


@contextmanager
def keeping() -> Iterator[None]:
    """Within it messages share a connection."""
    line = _Line()
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)
        line.close()


@carries(Channel.EMAIL, keep=keeping)
def transmit(delivery: Delivery) -> Answer:
    """Hands one message to the server of ``EMAIL_URL``; never raises for what the server or the line does.

    A connection that has served before and is closed, or takes no further message, is replaced by a new one; by then
    nothing of this message has been handed over.
    """
    line = _line.get()
    if line is None:
        with keeping():
            return transmit(delivery)
    payload = _payload(delivery)
    while True:
        try:
            smtp, used = line.open()
        except PROBLEMS as error:
            line.drop()
            return Answer(Fate.LATER, _broken(error), away=True)
        handing = _Handing(smtp, delivery.recipient, payload)
        try:
            answer = handing.over()
        except PROBLEMS as error:
            line.drop()
            if handing.given:
                return Answer(Fate.UNKNOWN, _broken(error))
            if not used:
                return Answer(Fate.LATER, _broken(error))
            continue
        if handing.ended or (used and not handing.begun):
            line.drop()
        if handing.begun or not used:
            return answer


class _Handing:
    """One message on its way.

    ``begun``: the server would take a message; ``given``: it has the whole and has not answered yet; ``ended``: the
    connection serves no further message.
    """

    def __init__(self, smtp: smtplib.SMTP, recipient: str, payload: bytes) -> None:
        self._smtp, self._recipient, self._payload = smtp, recipient, payload
        self.begun = self.given = self.ended = False

    def over(self) -> Answer:
        """What the server said.

        Raises:
            OSError, smtplib.SMTPException: the connection broke; ``given`` tells whether the message may have arrived.
        """
        code, reply = self._smtp.mail(parseaddr(settings.MAIL_FROM)[1])
        if code >= 300:
            return self._back(Answer(Fate.LATER, _told(code, reply)), code)
        self.begun = True
        code, reply = self._smtp.rcpt(self._recipient)
        if code >= 300:
            return self._back(_judge(code, reply), code)
        code, reply = self._smtp.docmd("DATA")
        if code != 354:
            return self._back(_judge(code, reply), code)
        self.given = True
        self._smtp.send(self._payload)
        code, reply = self._smtp.getreply()
        self.given = False
        self.ended = code == 421
        return Answer(Fate.SENT, _told(code, reply)) if code < 300 else _judge(code, reply)

    def _back(self, answer: Answer, code: int) -> Answer:
        """Leaves the connection as it was before this message, or says that it cannot be."""
        self.ended = code == 421
        if not self.ended:
            try:
                self.ended = self._smtp.rset()[0] >= 300
            except PROBLEMS:
                self.ended = True
        return answer


def _payload(delivery: Delivery) -> bytes:
    mail = EmailMultiAlternatives(
        delivery.subject,
        delivery.text,
        settings.MAIL_FROM,
        [delivery.recipient],
        headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(delivery.html, "text/html")
    # Lines that begin with a dot are doubled: a dot alone would end the message.
    whole = mail.message().as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    payload = re.sub(rb"(?m)^\.", b"..", whole)
    return payload + (b"" if payload.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _judge(code: int, reply: bytes) -> Answer:
    if code >= 500:
        return Answer(Fate.REFUSED, _told(code, reply), suppress=True)
    return Answer(Fate.LATER, _told(code, reply))


def _told(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'replace')}"[:500]


def _broken(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _connect() -> smtplib.SMTP:
    told = environ.Env.email_url_config(settings.EMAIL_URL)
    host, port = told["EMAIL_HOST"] or "127.0.0.1", told["EMAIL_PORT"] or 25
    maker = smtplib.SMTP_SSL if told.get("EMAIL_USE_SSL") else smtplib.SMTP
    smtp = maker(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if told.get("EMAIL_USE_TLS"):
            smtp.starttls()
        if told.get("EMAIL_HOST_USER"):
            smtp.login(told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"] or "")
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp

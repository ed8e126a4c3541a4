"""One message over SMTP, and what the server's answer means."""

import re
import smtplib
from email.utils import parseaddr

import environ
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from backend.messages.channels import Answer, carries
from backend.messages.models import Channel, Delivery, Fate

TIMEOUT_SECONDS = 20


@carries(Channel.EMAIL)
def transmit(delivery: Delivery) -> Answer:
    """Hands one message to the server of ``EMAIL_URL``; never raises for what the server or the line does."""
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
    given = False
    try:
        with _connect() as line:
            line.ehlo_or_helo_if_needed()
            code, reply = line.mail(parseaddr(settings.MAIL_FROM)[1])
            if code >= 300:
                return Answer(Fate.LATER, _told(code, reply))
            code, reply = line.rcpt(delivery.recipient)
            if code >= 300:
                return _judge(code, reply)
            code, reply = line.docmd("DATA")
            if code != 354:
                return _judge(code, reply)
            given = True
            line.send(payload + (b"" if payload.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, reply = line.getreply()
            answer = Answer(Fate.SENT, _told(code, reply)) if code < 300 else _judge(code, reply)
            given = False
            return answer
    except (OSError, smtplib.SMTPException) as error:
        return Answer(Fate.UNKNOWN if given else Fate.LATER, f"{type(error).__name__}: {error}"[:500])


def _judge(code: int, reply: bytes) -> Answer:
    if code >= 500:
        return Answer(Fate.REFUSED, _told(code, reply), suppress=True)
    return Answer(Fate.LATER, _told(code, reply))


def _told(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'replace')}"[:500]


class _Line:
    """A connection that is closed on the way out without waiting for a good-bye that may never come."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def __enter__(self) -> smtplib.SMTP:
        return self._smtp

    def __exit__(self, *_error: object) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()


def _connect() -> _Line:
    told = environ.Env.email_url_config(settings.EMAIL_URL)
    host, port = told["EMAIL_HOST"] or "127.0.0.1", told["EMAIL_PORT"] or 25
    maker = smtplib.SMTP_SSL if told.get("EMAIL_USE_SSL") else smtplib.SMTP
    smtp = maker(host, port, timeout=TIMEOUT_SECONDS)
    line = _Line(smtp)
    try:
        if told.get("EMAIL_USE_TLS"):
            smtp.starttls()
        if told.get("EMAIL_HOST_USER"):
            smtp.login(told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"] or "")
    except BaseException:
        smtp.close()
        raise
    return line

"""The mail catcher: what it takes it keeps, and mail waits for it at the door."""

from __future__ import annotations

import smtplib
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from backend.embedded import mail
from tests.support.catching import Catching
from tests.support.mailbox import Mailbox

from .conftest import Checkout, kill, until

WRITE = ("serve", "--port", "0", "--", sys.executable, "manage.py", "write", "{mail}")


def letter(subject: str, text: str = "您好\n.\n..点\n") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shugu@example.com", "clerk@example.com", subject
    message["Message-ID"] = "<7@example.com>"
    message.set_content(text)
    return message


def send(catching: Catching, message: EmailMessage, *more: str) -> None:
    with smtplib.SMTP("127.0.0.1", catching.port, timeout=20) as line:
        line.send_message(message, to_addrs=["clerk@example.com", *more])


@pytest.fixture
def catching(tmp_path: Path) -> Iterator[Catching]:
    made = Catching(tmp_path / "mail")
    yield made
    made.close()


def test_what_is_taken_is_kept_as_it_came(catching: Catching) -> None:
    catching.start()
    send(catching, letter("季度填报"), "leader@example.com")
    [one] = mail.received(catching.folder)
    assert one.recipients == ("clerk@example.com", "leader@example.com")
    assert (one.subject, one.message_id) == ("季度填报", "<7@example.com>")
    assert one.text.splitlines() == ["您好", ".", "..点"]
    assert one.at >= mail.since(catching.folder).replace(microsecond=0)
    assert mail.received(catching.folder / "nowhere") == []


def test_mail_waits_while_the_catcher_is_down(catching: Catching) -> None:
    catching.start()
    send(catching, letter("one"))
    catching.kill()
    sending = threading.Thread(target=send, args=(catching, letter("two")))
    sending.start()
    catching.start()
    sending.join(20)
    assert [one.subject for one in mail.received(catching.folder)] == ["one", "two"]


def test_what_cannot_be_kept_may_be_tried_again(catching: Catching) -> None:
    catching.start()
    fresh = catching.folder / "tmp"
    fresh.rmdir()
    fresh.write_text("no folder")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(catching, letter("one"))
    assert refused.value.smtp_code == 451
    fresh.unlink()
    fresh.mkdir()
    send(catching, letter("one"))
    assert len(mail.received(catching.folder)) == 1


def test_the_oldest_are_let_go_at_a_start(catching: Catching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "KEPT", 2)
    catching.start()
    for number in range(4):
        send(catching, letter(str(number)))
    before = mail.since(catching.folder)
    mail.prepare(catching.folder)
    assert [one.subject for one in mail.received(catching.folder)] == ["2", "3"]
    assert mail.since(catching.folder) > before


def test_the_system_keeps_its_mail_and_shows_it(checkout: Checkout) -> None:
    said = checkout.do(*WRITE, "第一封")
    box = checkout.folder / "var/embedded/main/mail"
    assert f"the box is {box}" in said
    [one] = mail.received(box)
    assert one.subject == "第一封"
    assert one.text.startswith("http://127.0.0.1:")
    checkout.do(*WRITE, "第二封")
    shown = checkout.do("mail", "--last", "1")
    assert "第一封" not in shown
    assert "clerk@example.com\n第二封\n<1@example.com>" in shown
    assert "    您好\n" in shown
    assert box.stat().st_mode & 0o077 == 0
    assert checkout.processes() == []


def test_mail_goes_to_the_server_that_was_named(checkout: Checkout, tmp_path: Path) -> None:
    named = Mailbox()
    named.listen()
    try:
        told: dict[str, Any] = {"EMAIL_URL": named.url, "SITE_URL": "https://shugu.example.com"}
        said = checkout.do(*WRITE, "外发", **told)
        assert "the box is \n" in said
        [(to, message)] = named.taken
        assert (to, message["Subject"]) == ("clerk@example.com", "外发")
        assert message.get_content().startswith("https://shugu.example.com")
        assert not (checkout.folder / "var/embedded/main/mail").exists()
        # Other profiles exist to be thrown away, and write to nobody.
        checkout.do("serve", "--profile", "test-toy", *WRITE[1:], "留下", **told)
        [one] = mail.received(checkout.folder / "var/embedded/test-toy/mail")
        assert one.subject == "留下"
        assert len(named.taken) == 1
        checkout.do("serve", "--profile", "test-toy", "--fresh", *WRITE[1:], "另一封", **told)
        [one] = mail.received(checkout.folder / "var/embedded/test-toy/mail")
        assert one.subject == "另一封"
    finally:
        named.close()


def test_a_killed_catcher_comes_back(checkout: Checkout) -> None:
    process = checkout.begin("serve", "--port", "0")
    note = checkout.folder / "var/embedded/main/serve.json"
    until(lambda: note.exists() and "url" in note.read_text())
    [old] = [one for one in checkout.processes() if "backend.embedded.mail" in one.cmdline()]
    kill(old)
    until(lambda: any("backend.embedded.mail" in one.cmdline() for one in checkout.processes()))
    # `make demo` beside `make run` finds the mail where that one keeps it.
    said = checkout.do("serve", "--port", "0", "--", sys.executable, "manage.py", "box", "{mail}")
    assert "Using the system that runs" in said
    assert f"the box is {checkout.folder / 'var/embedded/main/mail'}" in said
    process.terminate()
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "mail has ended (by SIGKILL)" in said
    assert "var/embedded/main/mail: make mail shows it" in said
    assert checkout.processes() == []

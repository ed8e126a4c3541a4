"""A reminder as its receiver gets it, and as a row says what became of it."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from backend.messages.services import BACK_OFF_MINUTES
from programs.reminders.services import tick
from tests.factories import OfficerFactory
from tests.programs.reminders.world import AFTER_8, BEFORE, DUE, delivery_of, move, owing, rows
from tests.support.mailbox import Mailbox
from tests.support.partner import API, client_of


def parts(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a message that has both, each in UTF-8."""
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert (text.get_content_charset(), html.get_content_charset()) == ("utf-8", "utf-8")
    return text.get_content(), html.get_content()


def told(language: str, **filters: Any) -> list[tuple[str, str, str]]:
    """State, note and answer of the reminders, as an officer reads them in a language."""
    found = client_of(OfficerFactory(email=""), language).get(f"{API}reminders/", filters).json()["results"]
    return [(one["state"], one["note"], one["answer"]) for one in found]


def test_one_in_chinese_and_one_in_english(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int], settings: Any
) -> None:
    settings.SITE_URL = "https://shugu.example.com/"
    owing(name_en="Guizhou University")
    move(clock, BEFORE)
    tick()
    run_jobs()
    got = dict(mailbox.taken)
    assert set(got) == {"clerk@example.com", "english@example.com"}

    english = got["english@example.com"]
    assert english["Subject"] == "Report for 2019-Q1: Guizhou University"
    text, html = parts(english)
    said = "The report of Guizhou University for 2019-Q1 (1 January 2019 to 31 March 2019) is due on 15 April 2019."
    assert said in text.splitlines()
    assert f"<p>{said}</p>" in html
    assert '<html lang="en">' in html

    chinese = got["clerk@example.com"]
    assert chinese["Subject"] == "2019-Q1 填报：贵州大学"
    assert re.search(rb"^Subject: =\?utf-8\?[bq]\?", chinese.as_bytes(), re.M | re.I), "on the wire it is plain ASCII"
    text, html = parts(chinese)
    said = "贵州大学 2019-Q1 期（2019年1月1日至2019年3月31日）的数据，报送截止日为2019年4月15日。"
    assert said in text.splitlines()
    assert f"<p>{said}</p>" in html
    assert '<html lang="zh-hans">' in html

    for address, message in got.items():
        [row] = rows(recipient=address, state="sent")
        assert message["Message-ID"] == delivery_of(row).message_id
        assert message["To"] == address
        assert message["From"] == "Shugu <shugu@localhost.localdomain>"
        assert message["Auto-Submitted"] == "auto-generated"
        text, html = parts(message)
        assert "https://shugu.example.com/obligations/" in text.splitlines()
        assert '<a href="https://shugu.example.com/obligations/">' in html


def test_the_bureau_is_led_to_what_is_missing(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing()
    move(clock, AFTER_8)
    tick()
    run_jobs()
    text, html = parts(dict(mailbox.taken)["officer@example.com"])
    assert "贵州大学 2019-Q1 期的数据，报送截止日为2019年4月15日，经多次催报仍未收到。" in text
    assert "http://127.0.0.1:8000/obligations/?state=missing" in text.splitlines()
    assert '<a href="http://127.0.0.1:8000/obligations/?state=missing">' in html


def test_a_name_is_no_markup(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing(name_zh='<img src="x">大学')
    move(clock, BEFORE)
    tick()
    run_jobs()
    _text, html = parts(dict(mailbox.taken)["clerk@example.com"])
    assert "<img" not in html
    assert "&lt;img" in html


def test_what_is_put_off_goes_out_later_under_the_same_id(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing()
    mailbox.rcpt = lambda address: "451 greylisted, come back" if address.startswith("clerk") else "250 ok"
    move(clock, BEFORE)
    tick()
    run_jobs()
    [row] = rows(recipient="clerk@example.com", stage="before_5")
    assert (row.state, row.attempts, row.note) == ("sending", 1, "put_off")
    first = delivery_of(row).message_id
    [(state, note, answer)] = told("en", state="sending")
    assert (state, answer) == ("sending", "451 greylisted, come back")
    assert note == "The mail server could not take it yet; it is tried again."
    [(_state, note, answer)] = told("zh-hans", state="sending")
    assert (note, answer) == ("邮件服务器暂时无法接收，系统将重试。", "451 greylisted, come back")

    mailbox.rcpt = lambda _address: "250 ok"
    move(clock, BEFORE, minutes=2)
    run_jobs()
    [row] = rows(recipient="clerk@example.com", stage="before_5")
    assert (row.state, row.attempts, row.note) == ("sent", 2, "")
    [message] = [message for address, message in mailbox.taken if address == "clerk@example.com"]
    assert message["Message-ID"] == first == delivery_of(row).message_id
    [told_id] = {
        one["message_id"]
        for one in client_of(OfficerFactory()).get(f"{API}reminders/", {"state": "sent"}).json()["results"]
        if one["recipient"] == "clerk@example.com"
    }
    assert told_id == first


def test_a_refused_address_gets_nothing_more(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing()
    asked: list[str] = []

    def answer(address: str) -> str:
        asked.append(address)
        return "550 5.1.1 no such user" if address.startswith("clerk") else "250 ok"

    mailbox.rcpt = answer
    for day in (BEFORE, DUE):
        move(clock, day)
        tick()
        run_jobs()
    first, second = rows(recipient="clerk@example.com", stage__in=["before_5", "due"])
    assert (first.state, first.note) == ("failed", "refused")
    assert (second.state, second.note, second.attempts) == ("failed", "suppressed", 1)
    assert asked.count("clerk@example.com") == 1, "the second was not even tried"
    assert [address for address, _message in mailbox.taken] == ["english@example.com"] * 2
    assert {note: answer for _state, note, answer in told("en", state="failed")} == {
        "The mail server refused it. Mend the address.": "550 5.1.1 no such user",
        "The address was refused before, so nothing is sent there any more. Mend it.": "550 5.1.1 no such user",
    }
    assert {note for _state, note, _answer in told("zh-hans", state="failed")} == {
        "邮件服务器拒收，请更正收件地址。",
        "该地址此前被拒收，已停止向其发送，请更正。",
    }


def test_whoever_is_not_answered_is_not_said_to_have_been_reached(
    clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    owing()
    mailbox.drop = True
    move(clock, BEFORE)
    tick()
    run_jobs()
    assert {(row.state, row.note) for row in rows(stage="before_5")} == {("unknown", "unanswered")}


def test_a_server_that_never_takes_it_is_given_up_on(clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]) -> None:
    owing(contacts=[{"name": "甲", "role": "submitter", "email": "clerk@example.com", "phone": ""}])
    mailbox.data = lambda _address: "452 too full"
    move(clock, BEFORE)
    tick()
    run_jobs()
    passed = 0
    for attempt, minutes in enumerate(BACK_OFF_MINUTES, 1):
        [row] = rows(stage="before_5")
        assert (row.state, row.note, row.attempts) == ("sending", "put_off", attempt)
        passed += minutes + 1
        move(clock, BEFORE, minutes=passed)
        run_jobs()
    [row] = rows(stage="before_5")
    assert (row.state, row.note, row.attempts) == ("failed", "given_up", len(BACK_OFF_MINUTES) + 1)
    assert (delivery_of(row).answer, mailbox.taken) == ("452 too full", [])

"""The demonstration against a started server and a real worker: the first time, again, and after being cut short."""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from rich.console import Console

from backend.embedded import mail
from programs.demo import walk
from programs.demo.client import Api, Refused, wait
from programs.demo.make_files import EMPLOYER_FILE, FILES, UNIVERSITY_FILE
from programs.demo.screen import Screen
from programs.demo.walk import Walk
from programs.management.commands.demo import spoken
from tests.support.catching import Catching

PASSWORD = "digital-valley"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the mail that the worker sends."""
    catching = Catching(tmp_path / "mail").start()
    monkeypatch.setenv("EMAIL_URL", catching.url)
    yield catching.folder
    catching.close()


@pytest.fixture
def system(box: Path, worker: Callable[..., Any], server: str, settings: Any) -> str:
    """A server and a worker over the demonstration's organisations; the server's address."""
    settings.DEMO, settings.DEMO_PASSWORD = True, PASSWORD
    call_command("load_demo", verbosity=0)
    worker()
    return server


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def walked(address: str, box: Path | None = None) -> tuple[bool, str]:
    """Whether everything held, and what the terminal showed."""
    shown = io.StringIO()
    held = Walk(address, PASSWORD, "en", Screen(Console(file=shown, width=140)), box).run()
    return held, shown.getvalue()


def achieved(address: str) -> dict[str, int]:
    with Api(address, "manager", PASSWORD, "en") as manager:
        return {code: manager.get(f"targets/{code}/")["achieved"] for code in walk.TARGETS}


def test_it_holds_the_first_time_and_again_on_the_same_data(system: str, box: Path) -> None:
    held, shown = walked(system, box)
    assert held, shown
    expected = [json.loads(path.read_text("utf-8")) for path in FILES.glob("*.expected.json")]
    gains = [one["targets"] for one in expected] + [one["mend"]["targets"] for one in expected if one["mend"]]
    figures = {code: sum(gain[code] for gain in gains) for code in walk.TARGETS}
    assert achieved(system) == figures
    assert "The clerk mends row" in shown
    assert "✗" not in shown
    came = mail.received(box)
    assert f"Each of the {len(came)} reminders" in shown
    assert {"gzu@example.com", "gzhitech@example.com"} <= {one.recipients[0] for one in came}
    for text in (
        "Subject: Report for",
        "期的数据，报送截止日为",
        "5 reminders had been laid out",
        "Nothing is owed any more.",
    ):
        assert text in shown

    mail.prepare(box)
    held, shown = walked(system, box)
    assert held, shown
    assert achieved(system) == figures
    assert "already uploaded" in shown
    assert "nothing was counted twice" in shown
    assert "The clerk mends row" not in shown
    assert "Nothing went out since the start" in shown
    assert len(mail.received(box)) == len(came)
    assert came[-1].message_id in shown


@pytest.mark.soak
def test_it_goes_on_where_it_was_cut_short(system: str) -> None:
    paths = {}
    for user, name in (("gzu", UNIVERSITY_FILE), ("gzhitech", EMPLOYER_FILE)):
        with Api(system, user, PASSWORD, "en") as partner:
            paths[user] = path = f"submissions/{partner.upload(FILES / name, period='2019-Q1')['id']}/"
            wait(partial(partner.get, path), lambda now: now["status"] == "checked")
    held, shown = walked(system)
    assert held, shown
    assert shown.count("it goes on from there") == 2
    assert "It went to the server of EMAIL_URL" in shown
    assert "250 2.0.0 kept as" in shown
    for user, path in paths.items():
        with Api(system, user, PASSWORD, "en") as partner:
            assert partner.get(path)["status"] == "partly_accepted"
    assert achieved(system)["all"] > 800
    held, shown = walked(system)
    assert held, shown
    assert "nothing was counted twice" in shown


def test_records_that_a_killed_run_left_unverified_are_verified(system: str) -> None:
    with Api(system, "gzu", PASSWORD, "en") as partner, Api(system, "officer", PASSWORD, "en") as officer:
        submission = partner.upload(FILES / UNIVERSITY_FILE, period="2019-Q1", confirm="auto")
        path = f"submissions/{submission['id']}/"
        wait(lambda: partner.get(path)["status"], lambda status: status == "partly_accepted")
        waiting = officer.count("records/", submission=submission["id"], state="submitted")
        assert (
            waiting == json.loads((FILES / f"{UNIVERSITY_FILE}.expected.json").read_text("utf-8"))["counts"]["accepted"]
        )
        held, shown = walked(system)
        assert held, shown
        assert officer.count("records/", submission=submission["id"], state="submitted") == 0
        assert officer.count("records/", submission=submission["id"], state="verified") == waiting


def test_what_does_not_hold_is_told_and_ends_in_an_error(
    system: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    told = tmp_path / f"{UNIVERSITY_FILE}.expected.json"
    expected = json.loads(told.read_text("utf-8"))
    expected["findings"].append([9, "name", "E01"])
    expected["targets"]["high-end"] += 1
    told.write_text(json.dumps(expected), "utf-8")
    monkeypatch.setattr(walk, "FILES", tmp_path)
    monkeypatch.setattr(walk, "SETTLE_SECONDS", 3.0)
    held, shown = walked(system)
    assert not held
    assert "(9, 'E01')" in shown
    assert shown.count("✗") == 2
    monkeypatch.setattr(Walk, "run", lambda self: False)
    with pytest.raises(CommandError, match="did not hold"):
        call_command("demo", "--base-url", system, "--language", "en")


@pytest.mark.soak
def test_mail_that_was_lost_or_came_twice_is_told(system: str, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = mail.received
    monkeypatch.setattr(mail, "received", lambda folder: received(folder)[1:])
    held, shown = walked(system, box)
    assert not held
    assert shown.count("✗") == 1
    monkeypatch.setattr(mail, "received", lambda folder: [*received(folder), received(folder)[0]])
    held, shown = walked(system, box)
    assert not held
    assert shown.count("✗") == 1


def test_a_server_that_is_not_there_is_said_in_one_line() -> None:
    with pytest.raises(CommandError, match=r"No answer from http://127\.0\.0\.1:9"):
        call_command("demo", "--base-url", "http://127.0.0.1:9", "--language", "en")


def test_a_wrong_password_is_said_in_one_line(server: str, settings: Any) -> None:
    settings.DEMO_PASSWORD = "not the password"
    with pytest.raises(CommandError, match="auth/token/: 4"):
        call_command("demo", "--base-url", server, "--language", "en")
    with pytest.raises(Refused):
        Api(server, "gzu", "not the password", "en")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_it_speaks_the_terminals_language(
    locale: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert spoken() == language

"""The virus scanner is asked in its own protocol, and nothing that it says or leaves unsaid passes for a clean file."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.vault.files import scanner
from tests.support.http import silent_port
from tests.support.scanners import NAME, SIGNATURE, Scanner, nobody, scanning

MIB = 1024 * 1024


@pytest.fixture
def asked(settings: Any) -> Iterator[Scanner]:
    """A scanner, and the settings that name it."""
    with scanning() as one:
        settings.CLAMD_URL = one.url
        yield one


@pytest.mark.parametrize("size", [0, 1, scanner.CHUNK_BYTES, scanner.CHUNK_BYTES + 1, 3 * MIB])
def test_a_clean_file_is_sent_whole_and_comes_back_clean(asked: Scanner, size: int) -> None:
    data = os.urandom(size)
    assert scanner.scan(data) == (True, "")
    assert asked.streams == [data]


def test_what_is_found_is_named(asked: Scanner) -> None:
    assert scanner.scan(b"x" * MIB + SIGNATURE) == (True, NAME)


def test_by_a_socket(settings: Any, tmp_path: Path) -> None:
    with scanning(tmp_path / "clamd.ctl") as one:
        settings.CLAMD_URL = one.url
        assert scanner.scan(SIGNATURE).threat == NAME


def test_without_an_address_nothing_is_scanned(settings: Any) -> None:
    settings.CLAMD_URL = ""
    assert scanner.scan(SIGNATURE) == (False, "")


@pytest.mark.parametrize(
    "answer",
    ["stream: Can't allocate memory ERROR", "UNKNOWN COMMAND", "stream: OKAY", "OK", "PONG", "\n"],
)
def test_what_is_no_verdict_passes_for_none(asked: Scanner, answer: str) -> None:
    asked.answer = answer
    with pytest.raises(scanner.Unreachable):
        scanner.scan(b"x")


def test_a_name_with_what_no_page_shows(asked: Scanner) -> None:
    asked.answer = f"stream: a\x1b[31mb {'x' * 500} FOUND"
    assert scanner.scan(b"x").threat == f"a[31mb {'x' * 500}"[: scanner.LONGEST_NAME]
    asked.answer = "stream: FOUND"
    assert scanner.scan(b"x").threat == "unnamed"


@pytest.mark.parametrize("size", [2 * MIB, 40 * MIB])
def test_a_stream_that_it_does_not_take_is_told_apart(asked: Scanner, size: int) -> None:
    asked.most = MIB
    with pytest.raises(scanner.TooLarge):
        scanner.scan(bytes(size))


def test_one_that_is_away_or_says_nothing(settings: Any, asked: Scanner, tmp_path: Path) -> None:
    settings.CLAMD_SECONDS = 0.3
    asked.silent = True
    with silent_port() as port:
        for url in (
            asked.url,
            nobody(),
            f"tcp://127.0.0.1:{port}",
            f"unix://{tmp_path}/none",
            "tcp://no.such.host.invalid",
        ):
            settings.CLAMD_URL = url
            with pytest.raises(scanner.Unreachable):
                scanner.scan(b"x" * MIB)


def test_where_it_is_not_required_its_absence_is_logged_and_passed_over(
    settings: Any, asked: Scanner, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLAMD_REQUIRED = False
    asked.most = 10
    for url in (asked.url, nobody()):
        settings.CLAMD_URL = url
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert scanner.scan(b"x" * MIB) == (False, "")
        assert "without a scan" in caplog.text
    settings.CLAMD_URL, asked.most = asked.url, 1 << 30
    assert scanner.scan(SIGNATURE).threat == NAME, "what is found is found all the same"


@pytest.mark.parametrize("url", ["clamd:3310", "http://x:1", "tcp://", "tcp://x:y", "unix://x/y", "unix://"])
def test_an_address_that_is_none(settings: Any, url: str) -> None:
    settings.CLAMD_URL = url
    with pytest.raises(ImproperlyConfigured, match="CLAMD_URL"):
        scanner.scan(b"x")

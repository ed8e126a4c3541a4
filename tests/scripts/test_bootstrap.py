"""The virtual environment's set-up: locked, keyed, and whole after a kill. Without packages, so without the network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with spaces"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "bootstrap.py", folder / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("# nothing\n")
    return folder


def begin(checkout: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        # The Python that made our environment: one of an environment would make a link to a link.
        [os.path.realpath(sys.executable), "scripts/bootstrap.py", *words],
        cwd=checkout,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def do(checkout: Path, *words: str, expect: int = 0) -> str:
    process = begin(checkout, *words)
    _, said = process.communicate(timeout=120)
    assert process.returncode == expect, said
    return said


def works(checkout: Path) -> bool:
    tried = subprocess.run(
        [checkout / ".venv/bin/python", "-c", "import sys; print(sys.prefix)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return tried.stdout.strip() == str(checkout / ".venv")


def test_once_is_enough_until_the_requirements_change(checkout: Path) -> None:
    assert "Creating" in do(checkout)
    assert works(checkout)
    assert do(checkout) == ""
    (checkout / "requirements-dev.txt").write_text("# more\n")
    assert do(checkout) == ""
    assert "requirements-dev.txt" in do(checkout, "--dev")
    assert do(checkout, "--dev") == do(checkout) == ""
    (checkout / "requirements.txt").write_text("# other\n")
    said = do(checkout)
    assert "Installing requirements.txt" in said
    assert "Creating" not in said


def wheel(path: Path) -> None:
    """A package of nothing but its name."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("thing.py", "")
        archive.writestr("thing-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1\n")
        archive.writestr("thing-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("thing-1.dist-info/RECORD", "")


def test_a_package_of_another_digest_is_refused(checkout: Path) -> None:
    """Whatever a registry or a mirror hands out under the name, the digest decides; without one it is refused."""
    shelf = checkout / "shelf"
    shelf.mkdir()
    wheel(shelf / "thing-1-py3-none-any.whl")

    def ask(pin: str) -> str:
        (checkout / "requirements.txt").write_text(f"--no-index\n--find-links {shelf.as_uri()}\n{pin}\n")
        return do(checkout, expect=1)

    assert "Hashes are required" in ask("thing==1")
    assert "DO NOT MATCH THE HASHES" in ask(f"thing==1 --hash=sha256:{'0' * 64}")


@pytest.mark.hostile
def test_a_killed_set_up_is_repaired_by_the_next(checkout: Path) -> None:
    process = begin(checkout)
    end = time.monotonic() + 60
    while not (checkout / ".venv/bin/python").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not list((checkout / ".venv").glob(".complete-*"))
    assert "Creating" in do(checkout)
    assert works(checkout)
    assert do(checkout) == ""


@pytest.mark.hostile
def test_two_at_once_do_the_work_once(checkout: Path) -> None:
    both = [begin(checkout), begin(checkout)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Creating" in text for text in said) == 1
    assert works(checkout)


@pytest.mark.hostile
def test_a_moved_checkout_gets_an_environment_of_its_own(checkout: Path) -> None:
    do(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert "Creating" in do(moved)
    assert works(moved)


@pytest.mark.hostile
def test_a_package_that_cannot_be_had_is_reported_with_pip_s_words(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("./missing-package\n")
    said = do(checkout, expect=1)
    assert "missing-package" in said
    assert "run make again" in said
    (checkout / "requirements.txt").write_text("# mended\n")
    do(checkout)

"""The checks of `make lint` that are our own: they find what they are for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "check_tree.py", tmp_path / "scripts")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def check(project: Path) -> list[str]:
    ended = subprocess.run(
        [sys.executable, "scripts/check_tree.py"], cwd=project, capture_output=True, text=True, check=False
    )
    found = ended.stdout.splitlines()
    assert ended.returncode == (1 if found else 0), ended.stderr
    return found


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("[a](other.md)", ""),
        ("[a](other.md#the-second-word)", ""),
        ("[a](#一个标题)", ""),
        ("[a](https://example.org/none)", ""),
        ("`[a](missing.md)`", ""),
        ("```\n[a](missing.md)\n```", ""),
        ("[a](missing.md)", "missing.md does not exist"),
        ("![a](missing.png)", "missing.png does not exist"),
        ("[a][b]\n\n[b]: missing.md", "missing.md does not exist"),
        ('<img src="missing.png">', "missing.png does not exist"),
        ("[a](other.md#third)", "names no heading"),
        ("[`code`](missing.md)", "missing.md does not exist"),
        ("[a](../outside.md)", "leads out of the project"),
        ("[a](/etc/hostname)", "leads out of the project"),
    ],
)
def test_links(project: Path, link: str, found: str) -> None:
    (project / "README.md").write_text(f"# 一个标题\n\n{link}\n")
    (project / "other.md").write_text("# First\n\n## The `second` word\n")
    problems = check(project)
    assert len(problems) == (1 if found else 0)
    assert found in "".join(problems)


def test_sizes(project: Path) -> None:
    (project / "long.py").write_text("pass\n" * 401)
    (project / "just.py").write_text("pass\n" * 400)
    (project / "app" / "migrations").mkdir(parents=True)
    (project / "app" / "migrations" / "0001.py").write_text("pass\n" * 500)
    assert check(project) == ["long.py: 401 lines, more than 400; divide it"]


def test_what_git_ignores_is_not_ours(project: Path) -> None:
    (project / ".gitignore").write_text("var/\n")
    (project / "var").mkdir()
    (project / "var" / "long.py").write_text("pass\n" * 900)
    assert check(project) == []

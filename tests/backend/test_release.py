"""One number for a release, wherever it stands."""

import tomllib
from pathlib import Path

from backend.release import RELEASE

ROOT = Path(__file__).resolve().parents[2]


def test_the_release_is_the_project_s_and_its_line_is_in_the_list() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == RELEASE
    assert f"| {RELEASE} |" in (ROOT / "docs" / "releases.md").read_text("utf-8")

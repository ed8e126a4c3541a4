"""The check of `make lint` that the product asks for what it imports."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("where", "code", "found"),
    [
        ("backend", "import os\nimport django.db\nfrom backend import api\nfrom . import x\n", ""),
        ("backend", "def f():\n    import pytest\n", "backend/code.py:2: pytest is not asked for"),
        ("programs", "from nowhere_at_all.x import y\n", "nowhere_at_all is not asked for"),
        ("talent", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pytest\n", ""),
        ("tests", "import pytest\n", ""),
    ],
)
def test_imports(tmp_path: Path, where: str, code: str, found: str) -> None:
    for folder in ("scripts", "backend", "talent", "programs", "tests"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts" / "check_imports.py", tmp_path / "scripts")
    (tmp_path / "requirements.in").write_text("# product\nDjango~=5.2.0\n")
    (tmp_path / "requirements-dev.in").write_text("-c requirements.txt\npytest\n")
    (tmp_path / where / "code.py").write_text(code)
    ended = subprocess.run(
        [sys.executable, "scripts/check_imports.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == (1 if found else 0), ended.stderr
    assert found in ended.stdout
    assert bool(ended.stdout) == bool(found)

"""The whole system from outside: started as it is served, and driven over HTTP by a check that knows the outcomes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = ROOT.parent / "shared" / "acceptance" / "check.py"
OWN = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_ADMIN_URL",
    "DATABASE_BACKUP_URL",
    "DATABASE_SUPERUSER_URL",
    "REDIS_URL",
    "REDIS_PREFIX",
}
SECONDS = 280


def served(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command against a system of its own, empty at first, that is stopped afterwards."""
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    serve = [sys.executable, "-m", "backend.embedded", "serve", "--fresh", "--profile", "acceptance", "--port", "0"]
    return subprocess.run(
        [*serve, "--follow-parent", "--", *command],
        cwd=ROOT,
        env=environment | {"DEMO": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.skipif(not CHECK.exists(), reason="the contract's walk is not beside this checkout")
def test_the_contract_is_walked_without_a_difference() -> None:
    walk = served(sys.executable, str(CHECK), "{url}")
    assert "0 differences" in walk.stdout, walk.stdout[-4000:] + walk.stderr[-2000:]
    assert walk.returncode == 0

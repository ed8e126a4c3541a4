"""Any process of the running system is killed with -9 and started again: nothing is lost, nothing counted twice."""

import os
import subprocess
import sys

import pytest

from tests.acceptance.test_walk import OWN, ROOT

PROFILE = "hostile-kills"


@pytest.mark.hostile
@pytest.mark.timeout(900)
def test_whatever_is_killed_nothing_acknowledged_is_lost() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    serve = [sys.executable, "-m", "backend.embedded", "serve", "--fresh", "--profile", PROFILE, "--port", "0"]
    driven = subprocess.run(
        [*serve, "--follow-parent", "--", sys.executable, "-m", "tests.hostile.driver", "{url}", "2"],
        cwd=ROOT,
        env=environment | {"DEMO": "1"},
        capture_output=True,
        text=True,
        timeout=840,
        check=False,
    )
    assert "nothing lost, the recount agrees" in driven.stdout, driven.stdout[-4000:] + driven.stderr[-3000:]
    assert driven.returncode == 0

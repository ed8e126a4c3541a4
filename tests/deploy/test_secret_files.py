"""The overlay that gives secrets as files fits the services that it lies over."""

import subprocess

import yaml

from backend.embedded import secret_files
from tests.deploy.composing import FILE, OURS, ROOT
from tests.deploy.test_compose import by_schema

OVERLAY = ROOT / "deploy" / "compose.secrets.yml"


def test_the_overlay_gives_files_to_those_who_have_the_values() -> None:
    kept = by_schema(OVERLAY)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    overlay = yaml.safe_load(OVERLAY.read_text("utf-8"))
    below = yaml.safe_load(FILE.read_text("utf-8"))["services"]
    assert set(overlay["services"]) == {"prepare", "rehearsal", *OURS}
    for name, service in overlay["services"].items():
        given = {variable.removesuffix("_FILE"): path for variable, path in service["environment"].items()}
        assert given.keys() <= {*secret_files.NAMES}
        assert given.keys() <= below[name]["environment"].keys(), name
        assert {path.removeprefix("/run/secrets/") for path in given.values()} == set(service["secrets"])
        assert set(service["secrets"]) <= overlay["secrets"].keys()
    for name, secret in overlay["secrets"].items():
        assert secret["file"].endswith(f"/{name}")
    subprocess.run(["git", "check-ignore", "--quiet", "deploy/secrets/field_keys"], cwd=ROOT, check=True)

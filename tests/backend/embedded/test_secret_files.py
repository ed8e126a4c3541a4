"""Secrets from files: what they say is what the variable would have said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.embedded import EmbeddedError, secret_files
from tests.support.databases import ROOT

BARE = {
    "PATH": os.environ["PATH"],
    "DATABASE_URL": "postgresql://x:x@127.0.0.1/x",
    "DATABASE_OWNER_URL": "postgresql://x:x@127.0.0.1/x",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SECRET_KEY": "file",
    "FIELD_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}


def test_every_secret_may_be_a_file(tmp_path: Path) -> None:
    environment = {"OTHER_FILE": "/no/such", "SECRET_KEY": "a variable"}
    for name in secret_files.NAMES:
        (tmp_path / name).write_text(f"the {name}\n", "utf-8")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    secret_files.take(environment)
    assert environment == {"OTHER_FILE": "/no/such", **{name: f"the {name}" for name in secret_files.NAMES}}


def test_what_cannot_be_read_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n", "utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for path, why in {"missing": "No such file", "empty": "which is empty", "bytes": "not text in UTF-8"}.items():
        with pytest.raises(EmbeddedError, match=why) as refused:
            secret_files.take({"FIELD_KEYS_FILE": str(tmp_path / path)})
        assert "FIELD_KEYS_FILE" in str(refused.value)
        assert str(tmp_path / path) in str(refused.value)


def asked(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What a process of its own reads as its settings."""
    code = "from django.conf import settings as s; print(s.SECRET_KEY, s.DATABASES['default']['NAME'], s.EMAIL_URL)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "backend.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_settings_come_from_files(tmp_path: Path) -> None:
    values = {
        "SECRET_KEY": "from-a-file",
        "DATABASE_URL": "postgresql://shugu_app:p@127.0.0.1/filed",
        "EMAIL_URL": "smtp+tls://mail.example.org:587",
    }
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n", "utf-8")
    files = {f"{name}_FILE": str(tmp_path / name) for name in values}
    said = asked(BARE | files)
    assert said.stdout.split() == ["from-a-file", "filed", "smtp+tls://mail.example.org:587"], said.stderr
    refused = asked({**BARE, "SECRET_KEY_FILE": str(tmp_path / "missing")})
    assert refused.returncode != 0
    assert "SECRET_KEY_FILE names" in refused.stderr

"""The two small files of a profile: secrets, made once, and state, written at every start."""

from __future__ import annotations

import base64
import json
import os
import secrets
import uuid
from pathlib import Path
from typing import Any

from backend.embedded.errors import EmbeddedError
from backend.embedded.places import Profile

LOGINS = ("postgres", "shugu_owner", "shugu_app", "shugu_backup")


def write(path: Path, content: dict[str, Any]) -> None:
    """Put `content` in `path` as JSON, whole or not at all, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    # The rename itself lives in the folder, and is lost with the machine's power until the folder is on the disk.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path) -> dict[str, Any]:
    """The content of `path`, empty where there is none. Raises EmbeddedError when it cannot be read."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EmbeddedError(f"Cannot read {path}: {error}.") from error
    if not isinstance(content, dict):
        raise EmbeddedError(f"{path} does not hold what the embedded services wrote there.")
    return content


def load_secrets(profile: Profile) -> dict[str, Any]:
    """The profile's passwords and keys, made at the first call.

    Returns:
        `passwords` by login, `valkey` (password), `secret_key`, `field_keys`.
    """
    known = read(profile.secrets)
    if not known:
        known = {
            "passwords": {login: secrets.token_urlsafe(24) for login in LOGINS},
            "valkey": secrets.token_urlsafe(24),
            "secret_key": secrets.token_urlsafe(48),
            "field_keys": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        write(profile.secrets, known)
    return known


def addresses(profile: Profile) -> dict[str, str]:
    """The environment that reaches the profile's services, from what the last start recorded.

    Raises:
        EmbeddedError: nothing is recorded.
    """
    state, known = read(profile.state), load_secrets(profile)
    if not state.get("postgres") or not state.get("valkey"):
        raise EmbeddedError(f"{profile.state} names no ports.")
    values = secret_values(profile)
    values["DATABASE_URL"] = database_url(known, state["postgres"], "shugu_app")
    values["DATABASE_OWNER_URL"] = database_url(known, state["postgres"], "shugu_owner")
    values["REDIS_URL"] = f"redis://:{known['valkey']}@127.0.0.1:{state['valkey']}/0"
    if profile.name != "main":
        values["DATABASE_BACKUP_URL"] = database_url(known, state["postgres"], "shugu_backup")
        values["DATABASE_ADMIN_URL"] = database_url(known, state["postgres"], "postgres", "postgres")
    return values


def secret_values(profile: Profile) -> dict[str, str]:
    """SECRET_KEY and FIELD_KEYS of the profile."""
    known = load_secrets(profile)
    return {"SECRET_KEY": known["secret_key"], "FIELD_KEYS": known["field_keys"]}


def database_url(known: dict[str, Any], port: int, login: str, database: str = "shugu") -> str:
    """The address of `database` for `login`, password included."""
    return f"postgresql://{login}:{known['passwords'][login]}@127.0.0.1:{port}/{database}"

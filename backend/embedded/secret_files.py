"""Secrets from files: `NAME_FILE` names a file whose text is what `NAME` would say.

A container's environment is shown by whoever inspects it, and by crash reports; a file under `/run/secrets` is not.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from backend.embedded.errors import EmbeddedError

NAMES = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "ADMIN_DATABASE_URL"),
    *("REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "EMAIL_URL", "DEMO_PASSWORD", "ADMIN_PASSWORD"),
)
"""What may be given as a file: everything that is a secret or holds one."""


def take(environment: MutableMapping[str, str]) -> None:
    """Put what the files say where the rest is read from; a file wins over a value of the same name.

    The files' names are taken away, so that what this process gives its children stands for them.

    Args:
        environment: the process's, which is changed.

    Raises:
        EmbeddedError: a file that is named cannot be read, or is empty.
    """
    for name in NAMES:
        path = environment.pop(f"{name}_FILE", "")
        if not path:
            continue
        try:
            text = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise EmbeddedError(f"{name}_FILE names {path}, which cannot be read: {_why(error)}.") from None
        if not text:
            raise EmbeddedError(f"{name}_FILE names {path}, which is empty: write the value of {name} into it.")
        environment[name] = text


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not text in UTF-8"

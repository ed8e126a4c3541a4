"""Migrations looked through for what would stop the house while they run, or the older release beside them.

Each one's SQL goes to squawk, which knows how long PostgreSQL holds which lock for what. A migration that must do
something of the kind says so itself, with the reason, and only for what it does:

    class Migration(migrations.Migration):
        waivers = {"ban-drop-column": "Release 0.3 stopped reading it; nothing has written it since."}
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.db import connections
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

APPS = ("backend", "talent", "programs")
GRANDFATHERED = Path(__file__).resolve().parent / "grandfathered.txt"
# Matters of taste, and what the set-up does once for all migrations (backend/management/patience.py).
LEFT_OUT = (
    "prefer-text-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-timestamptz",
    "prefer-robust-stmts",
    "require-timeout-settings",
    "ban-char-field",
)
IN_CODE = "rows-in-code"
"""What a migration that changes rows by Python is waived by: nobody can read off it how long it holds what."""
LEAST_REASON = 20


@dataclass(frozen=True)
class Finding:
    """What one migration does that needs a reason."""

    rule: str
    told: str


def migrations() -> dict[str, Migration]:
    """Every migration of ours by its name, such as ``programs.0041_seals``."""
    loader = MigrationLoader(None)
    return {f"{app}.{name}": one for (app, name), one in loader.disk_migrations.items() if app in APPS}


def grandfathered() -> set[str]:
    """Those that were there before anybody looked."""
    return set(GRANDFATHERED.read_text("utf-8").split())


def sql_of(name: str) -> str:
    """A migration's statements, without being carried out."""
    app, _, short = name.partition(".")
    loader = MigrationLoader(None)
    state: ProjectState = loader.project_state((app, short), at_end=False)
    migration = loader.disk_migrations[app, short]
    with connections["default"].schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
        return "\n".join(editor.collected_sql)


def look(sql: str, *, atomic: bool = True) -> list[Finding]:
    """What squawk finds in some statements; each once.

    Args:
        atomic: whether they run inside one transaction, so that a table made in it is nobody else's yet.
    """
    command = [program(), "--reporter=json", "--pg-version=18", *(f"--exclude={rule}" for rule in LEFT_OUT)]
    said = subprocess.run(
        [*command, *(["--assume-in-transaction"] if atomic else []), "--stdin-filepath=migration.sql"],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode not in (0, 1):
        raise RuntimeError(said.stderr)
    found = {
        one["rule_name"]: Finding(one["rule_name"], f"{one['message']} {one.get('help') or ''}".strip())
        for one in json.loads(said.stdout or "[]")
    }
    return list(found.values())


def findings(migration: Migration, sql: str) -> list[Finding]:
    """What a migration does that needs a reason."""
    found = look(sql, atomic=migration.atomic)
    if any(isinstance(one, RunPython) for one in migration.operations):
        found.append(Finding(IN_CODE, "It changes rows by Python: say how many, and how long it holds them."))
    return found


def unexcused(migration: Migration, found: list[Finding]) -> list[str]:
    """What a migration does without a reason, and the reasons that it gives for what it does not do."""
    waivers: dict[str, str] = getattr(migration, "waivers", {})
    rules = {one.rule for one in found}
    told = [f"{one.rule}: {one.told}" for one in found if len(waivers.get(one.rule, "")) < LEAST_REASON]
    return told + [f"{rule}: waived, and it does nothing of the kind." for rule in waivers if rule not in rules]


def program() -> str:
    """Squawk, as this environment brings it."""
    beside = Path(sys.executable).with_name("squawk")
    found = str(beside) if beside.exists() else shutil.which("squawk")
    if not found:
        raise RuntimeError("squawk is not installed in this environment; run `make setup-dev`.")
    return found

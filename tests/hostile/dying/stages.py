"""Included in a worker (``--include``): at a named stage its process does once what a test has armed for it.

A test arms a stage by a file of its name in the folder ``SHUGU_TEST_STAGES``, which holds what shall happen, a line for
each time. Whichever process comes to the stage first takes the file away, puts back what is left, and acts. The
product's functions are wrapped in the pool's processes as they start, because the engine must not be loaded in the
process that forks them.
"""

import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from celery import signals

FOLDER = "SHUGU_TEST_STAGES"
BEFORE, AFTER = "before", "after"


def taken(stage: str) -> str | None:
    """The first that was armed for a stage, and is armed no more; the first process to ask gets it."""
    armed = Path(os.environ[FOLDER]) / stage
    mine = armed.with_name(f"{stage}.{os.getpid()}")
    try:
        armed.rename(mine)
    except FileNotFoundError:
        return None
    first, *left = mine.read_text().splitlines()
    if left:
        mine.write_text("\n".join(left))
        mine.rename(armed)
    return first


def reached(stage: str) -> None:
    """Acts, if the stage is armed: the process dies, its whole worker dies, or it loses its database."""
    what = taken(stage)
    if what == "kill child":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "kill worker":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    elif what == "cut":
        from django.db import Error, connection

        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def wrap(module: Any, name: str, stage: str, when: str) -> None:
    """Has a function of a module tell that it is about to run, or that it has run."""
    function = getattr(module, name)

    @wraps(function)
    def wrapped(*args: Any, **options: Any) -> Any:
        if when == BEFORE:
            reached(stage)
        result = function(*args, **options)
        if when == AFTER:
            reached(stage)
        return result

    setattr(module, name, wrapped)


def wrap_ringing(bell: Any) -> None:
    """The stages between a commit and its bell, ``ringing`` and the task's name."""
    ring: Callable[..., bool] = bell.Bell.ring

    def rung(self: Any, task: str, args: tuple[int, ...]) -> bool:
        reached(f"ringing {task}")
        return ring(self, task, args)

    bell.Bell.ring = rung


def wrap_reading(sandbox: Any, checking: Any) -> None:
    """The stages of the reading process: ``reading`` while it runs, ``reader`` for killing it, ``limits`` for less."""
    tell: Callable[..., None] = sandbox._tell
    limits: Callable[..., Any] = checking.Limits

    def told(child: Any) -> None:
        tell(child)
        reached("reading")
        if taken("reader") is not None:
            child.kill()

    def limited(**given: Any) -> Any:
        return limits(**given | json.loads(taken("limits") or "{}"))

    sandbox._tell, checking.Limits = told, limited


@signals.worker_process_init.connect
def lay(**_: object) -> None:
    """Wraps what the stages are named after."""
    from backend import bell
    from backend.jobs import lease
    from backend.messages import sending
    from backend.outbox import services as outbox
    from programs.intake import checking, committing, noting, sandbox
    from programs.intake.templates import talent_engine
    from programs.periods import expected
    from programs.reminders import services as reminders

    wrap(lease, "claim", "claimed", AFTER)
    wrap(checking, "_read", "opened", BEFORE)
    wrap(checking, "_read", "read", AFTER)
    wrap(noting, "write_findings", "findings written", AFTER)
    wrap(checking, "_conclude", "concluded", AFTER)
    wrap(talent_engine, "prepare", "prepared", AFTER)
    wrap(talent_engine, "take", "before COPY", BEFORE)
    wrap(talent_engine, "take", "after COPY", AFTER)
    wrap(committing, "take", "taken", AFTER)
    wrap(committing, "commit", "committed", AFTER)
    wrap(lease, "close", "closing", BEFORE)
    wrap(outbox, "_begin", "effect begun", AFTER)
    wrap(expected, "fulfil", "effect carried out", AFTER)
    wrap(reminders, "call_off", "reminders called off", AFTER)
    wrap(sending, "_claimed", "message claimed", AFTER)
    wrap(sending, "_note", "message answered", BEFORE)
    wrap_ringing(bell)
    wrap_reading(sandbox, checking)

"""Doing in the test's own process what a worker would do."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection

from backend import bell
from backend.accounts import scope
from backend.celery import app
from backend.jobs.models import Job
from backend.outbox.models import Effect

ROUNDS = 200
Ringing = tuple[str, tuple[int, ...]]


class EffectFailed(AssertionError):
    """A subscriber failed while ``run_jobs`` carried it out."""


def run_jobs() -> int:
    """Carry out every effect and job that waits, and what they call for in turn; how many tasks ran.

    The tasks are those that a worker runs, called by their names; the broker is not needed. The reconcilers of other
    rooms run too, as beat would have them run.

    Raises:
        EffectFailed: a subscriber raised; the message is the error kept on its effect.
    """
    app.loader.import_default_modules()
    ran = 0
    with _listening() as heard:
        for _ in range(ROUNDS):
            due = [*_bells(), *heard, *_waiting()]
            heard.clear()
            if not due:
                _reconcile()
                if not heard and not _bell_there() and not _waiting():
                    return ran
                continue
            for task, args in dict.fromkeys(due):
                app.tasks[task].run(*args)
                ran += 1
            _fail_loudly()
    raise AssertionError(f"After {ROUNDS} rounds there is still work: {_waiting()[:5]}")


@contextmanager
def _listening() -> Iterator[list[Ringing]]:
    heard: list[Ringing] = []

    def hear(_bell: bell.Bell, task: str, args: tuple[int, ...]) -> bool:
        heard.append((task, args))
        return True

    with patch.object(bell.Bell, "ring", hear):
        yield heard


def _bells() -> list[Ringing]:
    """The bells that an ordinary test's transaction will never come to call, taken off what it waits to call: each is
    rung once, however often work is done in one test."""
    waiting = connection.run_on_commit
    rung = [callback.args for _, callback, *_ in waiting if isinstance(callback, partial) and _is_bell(callback)]
    connection.run_on_commit = [entry for entry in waiting if not _is_bell(entry[1])]
    return [(task, args) for task, args, *_ in rung]


def _bell_there() -> bool:
    return any(_is_bell(callback) for _, callback, *_ in connection.run_on_commit)


def _is_bell(callback: Any) -> bool:
    return isinstance(callback, partial) and getattr(callback.func, "__name__", "") in {"ring", "hear"}


def _waiting() -> list[Ringing]:
    with scope.everything():
        effects = Effect.objects.filter(done_at=None, set_aside_at=None).order_by("pk").values_list("pk", flat=True)
        jobs = Job.objects.filter(state=Job.State.QUEUED).order_by("pk").values_list("pk", flat=True)
        return [*(("outbox.deliver", (pk,)) for pk in effects), *(("jobs.run", (pk,)) for pk in jobs)]


def _reconcile() -> None:
    for entry in app.conf.beat_schedule.values():
        again = entry["task"].endswith(".reconcile") and entry["task"] not in {"outbox.reconcile", "jobs.reconcile"}
        if again and entry["task"] in app.tasks:
            app.tasks[entry["task"]].run()


def _fail_loudly() -> None:
    with scope.everything():
        failed = Effect.objects.filter(done_at=None).exclude(error="").first()
    if failed is not None:
        raise EffectFailed(f"{failed.subscriber} about {failed.topic} {failed.subject_id}: {failed.error}")

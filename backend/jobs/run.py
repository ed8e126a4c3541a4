"""One claim of a job at work."""

import logging
import threading
import time
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import Error, connection

from backend.accounts import scope
from backend.jobs import lease
from backend.jobs.models import Job

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.25
"""Progress is written at most this often."""


class Run:
    """What a handler is given: its job, and the means to tell how far it is and to make its effect once."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = job.done
        self.total = job.total
        self.finished = False
        self._changed = threading.Event()

    def progress(self, done: int, total: int) -> None:
        """Tell how far the job is; seen at once, before the handler commits."""
        self.done, self.total = done, total
        self._changed.set()

    def cancelled(self) -> bool:
        """Whether the job is no longer this claim's to do: a handler that takes long asks now and then, and returns."""
        with scope.everything():
            return not Job.objects.filter(pk=self.job.pk, fence=self.job.fence, state=Job.State.RUNNING).exists()

    def hold(self) -> None:
        """Call first in a transaction that makes an effect: locks the job until it ends.

        Raises:
            LostLease: another worker has the job by now, or it was cancelled; nothing may be done any more.
            NoTransaction: outside a transaction.
        """
        lease.hold(self.job)

    def finish(self, result: dict[str, Any] | None = None) -> None:
        """Call last in the transaction that makes the job's whole effect: the job is done exactly if the effect is.

        Raises:
            LostLease: as ``hold``.
            NoTransaction: outside a transaction.
        """
        lease.hold(self.job)
        lease.close(self.job, Job.State.DONE, result=result, progress=(self.done, self.total))
        self.finished = True


class Renewer:
    """Keeps a run's lease alive, and writes its progress, from a thread with a connection of its own."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{run.job.pk}", daemon=True)

    def __enter__(self) -> Run:
        self._thread.start()
        return self._run

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._run._changed.set()
        self._thread.join()

    def _renew(self) -> None:
        due = time.monotonic() + settings.JOB_LEASE_SECONDS / 3
        try:
            while True:
                told = self._run._changed.wait(max(0.0, due - time.monotonic()))
                if self._stop.is_set():
                    return
                self._run._changed.clear()
                try:
                    lease.renew(self._run.job, self._run.done, self._run.total)
                except Error as error:
                    # The lease outlasts three such failures; the next renewal takes a new connection.
                    logger.warning("The lease of job %s was not renewed: %s", self._run.job.pk, type(error).__name__)
                    connection.close()
                due = time.monotonic() + settings.JOB_LEASE_SECONDS / 3
                if told and self._stop.wait(PROGRESS_SECONDS):
                    return
        finally:
            connection.close()

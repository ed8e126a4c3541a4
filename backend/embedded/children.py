"""The system's processes as children: watched, started again when they die, stopped in order, their problems shown."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from backend.embedded import processes
from backend.embedded.errors import EmbeddedError
from backend.embedded.places import ROOT, VAR

LOOK_SECONDS = 0.2
LONGEST_PAUSE = 30.0
# A child that has lived this long starts its count of failures anew.
SETTLED_SECONDS = 60.0
PROBLEM = re.compile(r"\b(ERROR|CRITICAL|FATAL)\b|^Traceback |^\w+(\.\w+)*(Error|Exception)\b")
LINES_SHOWN = 10


@dataclass
class Child:
    """One of the processes that make up the running system.

    Attributes:
        name: its word in messages, and its log's name.
        command: program and arguments.
        patience: seconds that it has for ending what it is at.
        waits_for: names of children that must have ended before this one is asked to.
        keeps: open files of ours that it needs, a listening socket say.
    """

    name: str
    command: list[str]
    patience: float
    waits_for: tuple[str, ...] = ()
    keeps: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    again_at: float = 0.0
    asked_at: float | None = None
    read_to: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return VAR / "log" / f"{self.name}.log"

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the process in a group of its own, after ending what a killed one left of its group."""
        if self.process is not None:
            end_group(self.process.pid)
        with processes.open_log(self.log) as log:
            self.read_to = os.fstat(log.fileno()).st_size
            self.process = processes.spawn(
                self.command,
                log=log,
                cwd=ROOT,
                last_word=signal.SIGTERM,
                environment=environment,
                keeps=self.keeps,
            )
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look(self) -> None:
        """Note what the log has said of problems since the last look."""
        try:
            with self.log.open("rb") as log:
                log.seek(self.read_to)
                fresh = log.read()
        except OSError:
            return
        whole = fresh.rfind(b"\n") + 1
        self.read_to += whole
        for line in fresh[:whole].decode(errors="replace").splitlines():
            if PROBLEM.search(line):
                self.problems.append(line)

    def ask(self) -> None:
        """Ask the process to end, once."""
        if self.asked_at is None and self.process is not None:
            self.asked_at = time.monotonic()
            with suppress(ProcessLookupError):
                self.process.terminate()

    def last_lines(self, count: int = 12) -> str:
        """The end of the log, indented."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-count:]
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in lines)


def end_group(group: int) -> None:
    """End whatever is left of a process group: the pool of a worker that was killed, say."""
    for word, seconds in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
        try:
            os.killpg(group, word)
        except (ProcessLookupError, PermissionError):
            return
        if processes.wait_until(lambda: not _group_lives(group), seconds, 0.05):
            return


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class Family:
    """All children together."""

    def __init__(self, children: list[Child], environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self.children = children
        self.environment = environment
        self.say = say

    def start(self) -> None:
        for child in self.children:
            child.start(self.environment)

    def watch(self, *, show: bool) -> None:
        """One look at everybody: start again who died, and show problems if `show`."""
        now = time.monotonic()
        for child in self.children:
            child.look()
            if show:
                self._show(child)
            if child.alive():
                if now - child.started_at > SETTLED_SECONDS:
                    child.failures = 0
            elif not child.again_at:
                pause = min(LONGEST_PAUSE, 0.5 * 2**child.failures)
                child.failures += 1
                child.again_at = now + pause
                code = child.process.returncode if child.process else None
                self.say(f"{child.name} has ended ({ending(code)}); it starts again in {pause:.1f} s. Log: {child.log}")
            elif now >= child.again_at:
                child.again_at = 0.0
                child.start(self.environment)

    def _show(self, child: Child) -> None:
        for line in child.problems[:LINES_SHOWN]:
            self.say(f"[{child.name}] {line}")
        if len(child.problems) > LINES_SHOWN:
            self.say(f"[{child.name}] … and {len(child.problems) - LINES_SHOWN} more lines; see {child.log}")
        child.problems.clear()

    def check_start(self, tries: int) -> None:
        """Give up on a child that dies again and again while starting.

        Raises:
            EmbeddedError: one has failed `tries` times.
        """
        for child in self.children:
            if child.failures >= tries:
                raise EmbeddedError(
                    f"{child.name} does not start ({child.failures} tries). The end of {child.log}:\n"
                    f"{child.last_lines()}"
                )

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Ask each child in its turn to end, wait, and end by force who outstays its patience.

        Args:
            hurried: asked again and again; once it says yes nobody is waited for any more.
        """
        while left := [child for child in self.children if child.alive()]:
            names = {child.name for child in left}
            for child in left:
                if names.isdisjoint(child.waits_for):
                    child.ask()
                overdue = child.asked_at is not None and time.monotonic() - child.asked_at > child.patience
                if (overdue or hurried()) and child.process is not None:
                    if overdue:
                        self.say(f"{child.name} did not end within {child.patience:.0f} s and is ended by force.")
                    with suppress(ProcessLookupError):
                        child.process.kill()
            time.sleep(LOOK_SECONDS / 4)
        for child in self.children:
            if child.process is not None:
                end_group(child.process.pid)


def ending(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None:
        return "never started"
    if code < 0:
        with suppress(ValueError):
            return f"by {signal.Signals(-code).name}"
    return f"exit code {code}"

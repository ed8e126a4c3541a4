"""The whole system in one terminal: `make run`, `make demo` and `make acceptance`.

Services first, then the database's set-up, then web, worker, beat and, where no mail server is named, one that keeps
what is sent; everything is stopped in the opposite order.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from backend.embedded import commands, mail, places, processes, records, services
from backend.embedded.children import LOOK_SECONDS, Child, Family
from backend.embedded.errors import EmbeddedError

READY_SECONDS = 90.0
START_TRIES = 3
LOGINS = "admin officer officer2 manager gzu gufe gzhitech"
ADDRESS, MAIL = "{url}", "{mail}"


class Signals:
    """Ctrl-C and its like, counted: one stops in order, two at once."""

    def __init__(self) -> None:
        self._count = 0
        self.attended: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        self._count += 1
        attended = self.attended
        # The terminal gives Ctrl-C to the foreground command itself.
        if attended is not None and not (number == signal.SIGINT and processes.in_foreground()):
            with suppress(ProcessLookupError):
                attended.send_signal(number)

    def asked(self, times: int = 1) -> bool:
        """Whether we were asked to stop, at least so many times."""
        return self._count >= times

    def attend(self, command: list[str], environment: Mapping[str, str], cwd: Path | None = None) -> int:
        """Run a command in the foreground and return its exit code as a shell would give it."""
        try:
            self.attended = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                preexec_fn=processes.end_with_parent(signal.SIGTERM),
            )
            code = self.attended.wait()
        except OSError as error:
            raise EmbeddedError(f"Cannot run {command[0]}: {error.strerror}.") from error
        finally:
            self.attended = None
        return 128 - code if code < 0 else code


@dataclass(frozen=True)
class Plan:
    """What is asked for.

    Attributes:
        profile: whose data.
        fresh: begin with empty servers.
        host, port: where to listen; port 0 takes a free one.
        demo: whether the demo's organisations, people and logins are loaded.
        command: run this against the server and stop, `{url}` standing for the address and `{mail}` for the folder of
            the mail that is kept; empty: serve until stopped.
    """

    profile: str
    fresh: bool
    host: str
    port: int
    demo: bool
    command: list[str]

    @property
    def keeps_mail(self) -> bool:
        """Whether mail stays here. An address of a real server that happens to be set must not lead a test there."""
        return self.profile != "main" or not os.environ.get("EMAIL_URL")

    @property
    def keeps_backups(self) -> bool:
        """Whether the log is received and a backup taken every night: where somebody has said where they go."""
        return self.profile == "main" and bool(os.environ.get("BACKUP_FOLDER"))


def say(text: str) -> None:
    print(text, flush=True)


def children(plan: Plan, port: int) -> list[Child]:
    """Web, worker, beat and, where backups are kept, their caretaker."""
    place = f"[{plan.host}]:{port}" if ":" in plan.host else f"{plan.host}:{port}"
    suffix = "" if plan.profile == "main" else f"-{plan.profile}"
    chosen = {
        "web": commands.web(place, metrics_folder(plan.profile)),
        "worker": commands.worker(),
        "beat": commands.beat(),
    }
    if plan.keeps_backups:
        chosen["backup"] = commands.backup()
    return [
        Child(
            f"{name}{suffix}",
            command,
            patience=commands.PATIENCE[name],
            waits_for=tuple(f"{other}{suffix}" for other in commands.LAST.get(name, ())),
        )
        for name, command in chosen.items()
    ]


def metrics_folder(profile: str) -> Path:
    """The folder of the web processes' counters: those of this run."""
    return places.profile(profile).folder / "metrics"


def ask(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """GET `path` of the server on this machine: status (0 where there is no answer) and body."""
    link = http.client.HTTPConnection(host, port, timeout=5)
    try:
        link.request("GET", path)
        answer = link.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        link.close()


def serve(options: argparse.Namespace) -> int:
    """Run the whole system; returns the exit code of the command run against it, or 0 after Ctrl-C."""
    if options.follow_parent:
        processes.follow_parent()
    signals = Signals()
    plan = Plan(
        profile=options.profile,
        fresh=options.fresh,
        host=os.environ.get("BIND") or "127.0.0.1",
        port=chosen_port(options.port),
        demo=commands.wants_demo("1"),
        command=options.command,
    )
    profile = places.profile(plan.profile)
    places.prepare(profile)
    with ExitStack() as stack:
        if running := claim(stack, profile, plan):
            command = with_address(plan.command, running["url"], running.get("mail", ""))
            return signals.attend(command, os.environ, places.ROOT)
        if plan.port and not processes.is_free(plan.port, plan.host):
            raise EmbeddedError(
                f"Port {plan.port} is taken by another program. Choose another one: make run PORT={plan.port + 1}"
            )
        say("Starting PostgreSQL and Valkey …")
        values = stack.enter_context(services.running(plan.profile, fresh=plan.fresh))
        environment = services.command_environment(plan.profile, values)
        environment |= {"DEMO": "1" if plan.demo else "0", "PYTHONUNBUFFERED": "1"}
        if not signals.asked():
            prepare(signals, plan, environment)
        if signals.asked():
            return 130
        return operate(signals, plan, profile, environment)


def chosen_port(given: str | None) -> int:
    """The port asked for by option or by PORT. Raises EmbeddedError when it is none."""
    text = given if given is not None else os.environ.get("PORT") or "8000"
    if not text.isdigit() or int(text) > 65535:
        raise EmbeddedError(f"PORT must be a number up to 65535; {text!r} is not.")
    return int(text)


def claim(stack: ExitStack, profile: places.Profile, plan: Plan) -> dict[str, str] | None:
    """Make sure that this folder runs one system per profile: two would mean two beats.

    Returns:
        What the one says of itself, its address first of all, that `make run` keeps up already, if the command can be
        run against it.

    Raises:
        EmbeddedError: it runs, and that is in the way.
    """
    lock, note = profile.folder / "serve.lock", profile.folder / "serve.json"
    while True:
        attempt = stack.enter_context(ExitStack())
        if attempt.enter_context(processes.holding(lock, wait=False)):
            records.write(note, {"until_stopped": not plan.command, "demo": plan.demo})
            stack.callback(note.unlink, missing_ok=True)
            return None
        attempt.close()
        other = records.read(note)
        if not other.get("until_stopped"):
            with processes.holding(lock, notice="Waiting for another run in this folder to end."):
                continue
        if not plan.command:
            raise EmbeddedError(f"It runs already, at {other.get('url', 'an address not known yet')}. Stop that first.")
        if plan.demo and not other.get("demo"):
            raise EmbeddedError("A system without demo data runs in this folder. Stop it first.")
        if "url" in other:
            say(f"Using the system that runs at {other['url']}.")
            return other
        time.sleep(LOOK_SECONDS)


def prepare(signals: Signals, plan: Plan, environment: Mapping[str, str]) -> None:
    """Bring schema, code tables and demo data up to date. Raises EmbeddedError when that fails."""
    say("Setting up the database …")
    code = signals.attend(commands.prepare(demo=plan.demo, verbosity=0), environment, places.ROOT)
    if code and not signals.asked():
        raise EmbeddedError("The database could not be set up; what went wrong is said above.")
    if not plan.demo and not plan.command and not signals.asked():
        ask = [sys.executable, "manage.py", "first_administrator", "--verbosity", "0"]
        if signals.attend(ask, environment, places.ROOT) and not signals.asked():
            say(
                "Until there is an administrator nobody can sign in. Stop with Ctrl-C and start again to be asked anew."
            )


def operate(signals: Signals, plan: Plan, profile: places.Profile, environment: dict[str, str]) -> int:
    """Run web, worker, beat and mail, and the command if there is one, until it or the user ends it."""
    port = plan.port or processes.free_port()
    metrics = metrics_folder(plan.profile)
    shutil.rmtree(metrics, ignore_errors=True)
    places.make_folder(metrics, 0o700)
    url = f"http://{'127.0.0.1' if plan.host in ('0.0.0.0', '::') else plan.host}:{port}"
    # Where the links in messages lead.
    environment.setdefault("SITE_URL", url)
    kept = str(profile.mail) if plan.keeps_mail else ""
    with ExitStack() as stack:
        catcher = [keep_mail(stack, plan, profile, environment)] if plan.keeps_mail else []
        family = Family([*catcher, *children(plan, port)], environment, say)
        stack.callback(stop, signals, family, plan)
        family.start()
        await_ready(signals, family, port, plan)
        if signals.asked():
            return 130
        records.write(
            profile.folder / "serve.json",
            {"url": url, "demo": plan.demo, "until_stopped": not plan.command, "pid": os.getpid(), "mail": kept},
        )
        if plan.command:
            return attend_watching(signals, family, with_address(plan.command, url, kept), environment)
        welcome(plan, url, kept)
        while not signals.asked():
            time.sleep(LOOK_SECONDS)
            family.watch(show=True)
        return 0


def keep_mail(stack: ExitStack, plan: Plan, profile: places.Profile, environment: dict[str, str]) -> Child:
    """The mail catcher, with EMAIL_URL set to it.

    The socket is ours, so that a message which comes while the catcher starts, or starts again, waits at the door.
    """
    if plan.fresh:
        shutil.rmtree(profile.mail, ignore_errors=True)
    mail.prepare(profile.mail)
    door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{door.getsockname()[1]}"
    suffix = "" if plan.profile == "main" else f"-{plan.profile}"
    return Child(
        f"mail{suffix}",
        [sys.executable, "-m", "backend.embedded.mail", str(door.fileno()), str(profile.mail)],
        patience=5,
        waits_for=(f"worker{suffix}",),
        keeps=(door.fileno(),),
    )


def stop(signals: Signals, family: Family, plan: Plan) -> None:
    """End the children in their order, at once if asked twice."""
    if not plan.command:
        say("Stopping …")
    family.stop(lambda: signals.asked(2))


def await_ready(signals: Signals, family: Family, port: int, plan: Plan) -> None:
    """Wait until web and worker answer. Raises EmbeddedError when one does not come up."""
    say("Starting web, worker and beat …")
    host = "127.0.0.1" if plan.host == "0.0.0.0" else plan.host
    end = time.monotonic() + READY_SECONDS
    status, answer = 0, ""
    while not signals.asked():
        family.watch(show=not plan.command)
        family.check_start(START_TRIES)
        status, answer = ask(port, "/readyz", host)
        if status == 200:
            return
        if time.monotonic() > end:
            raise EmbeddedError(
                f"The system is not ready after {READY_SECONDS:.0f} s: /readyz answers {status or 'nothing'}. "
                f"{answer}\nThe logs are in {places.VAR / 'log'}."
            )
        time.sleep(LOOK_SECONDS)


def with_address(command: list[str], url: str, kept: str) -> list[str]:
    return [word.replace(ADDRESS, url).replace(MAIL, kept) for word in command]


def attend_watching(signals: Signals, family: Family, command: list[str], environment: dict[str, str]) -> int:
    """Run the command in the foreground while looking after the children; returns its exit code.

    Its display owns the terminal meanwhile: what there is to say about the children is said at the end, if it failed.
    """
    kept: list[str] = []
    family.say, aloud = kept.append, family.say
    child = subprocess.Popen(
        command, cwd=places.ROOT, env=environment, preexec_fn=processes.end_with_parent(signal.SIGTERM)
    )
    signals.attended = child
    try:
        while child.poll() is None:
            time.sleep(LOOK_SECONDS / 2)
            family.watch(show=True)
    finally:
        signals.attended = None
        family.say = aloud
    code = child.returncode
    if code and not signals.asked():
        for line in kept[-40:]:
            say(line)
        say(f"{Path(command[0]).name} ended with exit code {code}. The logs are in {places.VAR / 'log'}.")
    return 128 - code if code < 0 else code


def welcome(plan: Plan, url: str, kept: str) -> None:
    say(f"\nShugu runs at {url}")
    say(f"  API      {url}/api/v1/   described at {url}/api/v1/docs/")
    if plan.demo:
        say(f"  Logins   {LOGINS}")
        say(f"  Password {os.environ.get('DEMO_PASSWORD', 'digital-valley')}")
    say(f"  Mail     kept in {kept}: make mail shows it" if kept else "  Mail     goes to the server of EMAIL_URL")
    say(f"  Logs     {places.VAR / 'log'}")
    say("Ctrl-C stops everything.\n")

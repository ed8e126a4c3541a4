"""What web, worker, beat and the preparation are as commands: the same under `make run` and in containers.

    python -m backend.embedded.commands prepare|web|worker|beat|backup

becomes the command, and `healthy` asks the web process of this container whether it lives. By its environment a
container says:

* `BIND`, `PORT`: where web listens, everywhere and 8000 unless said.
* `WEB_PROCESSES`, `WEB_THREADS`, `WORKER_PROCESSES`: how many; 2, 4 and 2 unless said.
* `METRICS_FOLDER`: where the web processes count together, emptied at the start.
* `BEAT_SCHEDULE`: the file in which beat keeps when it last did what.
* `DEMO`: whether the demonstration is loaded.
* `BACKUP_FOLDER` and the others of `backend/backups/keeping.py`: where backups stand, and which are kept.
"""

from __future__ import annotations

import http.client
import os
import shutil
import sys
from pathlib import Path

from backend.embedded import secret_files
from backend.embedded.errors import EmbeddedError
from backend.embedded.places import make_folder

# Seconds that each has for ending what it is at, before it is ended by force; web's own time-out lies below its.
PATIENCE = {"web": 25, "worker": 30, "beat": 5, "backup": 15}
# Bells that web and beat have rung are heard as long as there is a worker, so it ends last.
LAST = {"worker": ("web", "beat")}


def web(place: str, metrics: Path) -> list[str]:
    """The web process, listening at `place` (`host:port`) and counting in the folder `metrics`."""
    return [
        *(sys.executable, "-m", "gunicorn", "backend.wsgi", "--bind", place),
        *("--worker-class", "gthread", "--workers", _number("WEB_PROCESSES", 2)),
        *("--threads", _number("WEB_THREADS", 4)),
        *("--timeout", "120", "--graceful-timeout", "20", "--max-requests", "20000", "--max-requests-jitter", "2000"),
        # Longer than clients keep a quiet connection: one that both give up at once takes a call along unanswered.
        *("--keep-alive", "75"),
        "--no-control-socket",
        *("--logger-class", "backend.weblog.ScrubbedLogger"),
        # Whose word about the client is believed is said in one place, by TRUSTED_PROXIES.
        *("--forwarded-allow-ips", ""),
        # Where the web processes count together, so that /metrics is the same whichever of them answers.
        *("--env", f"PROMETHEUS_MULTIPROC_DIR={metrics}"),
        # Without the query: what somebody searched for is nobody's business, and may be an identity number. The id at
        # the end is the action's, as on the trail.
        *("--access-logfile", "-"),
        *("--access-logformat", "%(t)s %(h)s %(m)s %(U)s %(s)s %(B)s %(M)sms %({x-request-id}o)s"),
    ]


def worker() -> list[str]:
    """The worker with its pool."""
    return [
        *(*_celery(), "worker", "--pool", "prefork", "--concurrency", _number("WORKER_PROCESSES", 2)),
        # Neither gossip nor mingling: there is nobody to talk to, and both cost a second at the start.
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]


def beat() -> list[str]:
    """The one process that rings by the clock."""
    schedule = os.environ.get("BEAT_SCHEDULE")
    return [*_celery(), "beat", "--loglevel", "INFO", *(("--schedule", schedule) if schedule else ())]


def backup() -> list[str]:
    """The caretaker of the backups."""
    return [sys.executable, "-m", "backend.backups", "keep"]


def prepare(*, demo: bool, verbosity: int = 1, only: str | None = None) -> list[str]:
    """What must be done before the first request; `only` the database's part or the files' part of it."""
    part = ("--only", only) if only else ()
    demonstration = ("--demo",) if demo else ()
    return [sys.executable, "manage.py", "prepare", "--verbosity", str(verbosity), *part, *demonstration]


def wants_demo(default: str) -> bool:
    """Whether `DEMO` asks for the demonstration."""
    return os.environ.get("DEMO", default).strip().lower() not in ("0", "no", "false", "off", "")


def _celery() -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "celery_worker")


def _number(variable: str, default: int) -> str:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 256:
        raise EmbeddedError(f"{variable} must be a number from 1 to 256; {text!r} is not.")
    return text


def _port() -> str:
    return os.environ.get("PORT") or "8000"


def healthy() -> bool:
    """Whether the web process beside us answers, asked by a name that it serves."""
    name = os.environ.get("ALLOWED_HOSTS", "localhost").partition(",")[0]
    link = http.client.HTTPConnection("127.0.0.1", int(_port()), timeout=5)
    try:
        link.request("GET", "/healthz", headers={"Host": name})
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def main(arguments: list[str]) -> int:
    """Become the command that is named; the exit code where that cannot be."""
    try:
        secret_files.take(os.environ)
        match arguments:
            case ["healthy"]:
                return 0 if healthy() else 1
            case ["prepare"]:
                from backend.embedded import roles

                # The image holds the files already, and its folders cannot be written.
                command = prepare(demo=wants_demo("0"), only="database")
                if code := roles.main():
                    return code
            case ["web"]:
                metrics = Path(os.environ.get("METRICS_FOLDER") or "var/metrics").absolute()
                shutil.rmtree(metrics, ignore_errors=True)
                make_folder(metrics, 0o700)
                command = web(f"{os.environ.get('BIND') or '0.0.0.0'}:{_port()}", metrics)
            case ["worker"]:
                command = worker()
            case ["beat"]:
                command = beat()
            case ["backup"]:
                command = backup()
            case _:
                print(f"Say what to run: {', '.join(('prepare', *PATIENCE))} or healthy.", file=sys.stderr)
                return 2
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.flush()
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

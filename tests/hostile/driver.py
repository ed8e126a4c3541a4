"""Drives a served system while its processes are killed one after the other, and checks that nothing was lost.

usage: python -m tests.hostile.driver URL ROUNDS

Runs as a child of the serving process, whose other children are the victims; besides them PostgreSQL and Valkey of the
same profile. Whatever was acknowledged before, during or after a kill must be there in the end, and be counted once.
"""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial

import django
import httpx
import psutil

from backend.embedded import environment

PROFILE = "hostile-kills"
os.environ |= environment(PROFILE)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from tests.factories import resident_number  # noqa: E402
from tests.support.partner import as_csv  # noqa: E402

PATIENCE = 120.0
ROWS = 120
VICTIMS = ("web worker", "web", "pool child", "worker", "beat", "valkey", "postgres backend", "postgres")


def log(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Site:
    """The API as one user sees it; a call that meets a dying server is sent again with the same key."""

    def __init__(self, url: str, username: str) -> None:
        self.client = httpx.Client(base_url=f"{url}/api/v1/", timeout=30)
        body = {"username": username, "password": os.environ.get("DEMO_PASSWORD", "digital-valley")}
        self.client.headers["Authorization"] = f"Token {self.call('POST', 'auth/token/', json=body).json()['token']}"

    def call(self, method: str, path: str, **options: object) -> httpx.Response:
        """The answer, however often it must be asked for."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = self.client.request(method, path, headers=headers, **options)  # type: ignore[arg-type]
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return answer
            if time.monotonic() > end:
                raise SystemExit(f"{method} {path}: no answer for {PATIENCE:.0f} s")
            time.sleep(0.3)


def victims(name: str) -> Iterator[psutil.Process]:
    """The processes of this system that go by a victim's name."""
    serving = psutil.Process().parent()
    ours = serving.children(recursive=True) if serving else []
    web = [one for one in ours if "gunicorn" in _line(one)]
    workers = [one for one in ours if "celery" in _line(one) and " worker" in _line(one)]
    servers = [one for one in psutil.process_iter() if PROFILE in _line(one)]
    masters = [one for one in servers if one.name() == "postgres" and PROFILE in _line(one)]
    found = {
        "web": _parents(web),
        "web worker": _children(web),
        "worker": _parents(workers),
        "pool child": _children(workers),
        "beat": [one for one in ours if "celery" in _line(one) and " beat" in _line(one)],
        "valkey": [one for one in servers if "valkey" in one.name()],
        "postgres": masters,
        "postgres backend": [child for one in masters for child in one.children() if "shugu_app" in _line(child)],
    }
    yield from found[name]


def _line(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def _parents(processes: list[psutil.Process]) -> list[psutil.Process]:
    ids = {one.pid for one in processes}
    return [one for one in processes if one.ppid() not in ids]


def _children(processes: list[psutil.Process]) -> list[psutil.Process]:
    ids = {one.pid for one in processes}
    return [one for one in processes if one.ppid() in ids]


def wait(what: str, probe: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not probe():
        if time.monotonic() > end:
            raise SystemExit(f"waited {PATIENCE:.0f} s for {what}")
        time.sleep(0.3)


def people(first: int) -> list[dict[str, str]]:
    """Rows about made-up people whom no other round reports."""
    return [
        {
            "name": "石" + "甲乙丙丁戊己庚辛壬癸"[n % 10],
            "id_type": "居民身份证",
            "id_number": resident_number(n, dt.date(1970, 1, 1) + dt.timedelta(days=n // 400)),
            "path": "培养",
            "programme": "HOSTILE",
            "cohort": "HOSTILE-1",
            "started_on": "2019-01-07",
            "completed_on": "2019-02-01",
            "outcome": "完成",
        }
        for n in range(first, first + ROWS)
    ]


def _achieved(manager: Site) -> int:
    return int(manager.call("GET", "targets/all/").json()["achieved"])


def _counted(manager: Site, expected: int) -> bool:
    return _achieved(manager) == expected


def _accepted(partner: Site, path: str) -> bool:
    return bool(partner.call("GET", path).json()["status"] == "accepted")


def main(url: str, rounds: int) -> None:
    """Rounds over all victims; exits with an error at the first thing that was lost."""
    officer, partner, manager = (Site(url, name) for name in ("officer", "gzu", "manager"))
    span = {"starts_on": "2019-01-01", "ends_on": "2019-12-31"}
    programme = {"code": "HOSTILE", "name_zh": "演练", "path": "trained", "organisations": ["GZU"], **span}
    officer.call("POST", "programmes/", json=programme)
    officer.call("POST", "cohorts/", json={"code": "HOSTILE-1", "programme": "HOSTILE", "organisation": "GZU", **span})

    expected = _achieved(manager)
    first = 0
    for place in range(rounds * len(VICTIMS)):
        victim = VICTIMS[place % len(VICTIMS)]
        file = {"file": ("名单.csv", as_csv(people(first)))}
        sent = partner.call("POST", "submissions/", data={"period": "2019-Q1", "confirm": "auto"}, files=file).json()
        time.sleep(0.15 * (place % 7))
        dying = list(victims(victim))
        if not dying:
            raise SystemExit(f"no process goes by the name {victim}")
        log(f"round {place + 1}: submission {sent['id']}, kill -9 {victim} {dying[0].pid}")
        dying[0].send_signal(signal.SIGKILL)
        here = f"submissions/{sent['id']}/"
        wait("the submission to be taken", partial(_accepted, partner, here))
        counts = partner.call("GET", here).json()["counts"]
        if counts["accepted"] != ROWS:
            raise SystemExit(f"{here}: {counts}")
        body = {"filter": {"submission": sent["id"]}, "decision": "verify"}
        officer.call("POST", "records/decide/", json=body)
        first, expected = first + ROWS, expected + ROWS
        wait(f"{expected} to be counted", partial(_counted, manager, expected))
    recount = subprocess.run([sys.executable, "manage.py", "recount", "--check"], check=False)
    if recount.returncode:
        raise SystemExit("the recount differs")
    log(f"{rounds * len(VICTIMS)} kills, {expected} counted, nothing lost, the recount agrees")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""docker-compose.yml's own commands, on the image's own files: from an empty database to a file that is taken."""

import os
import re
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import psutil
import psycopg
import pyotp
import pytest
import redis
from django.conf import settings

from backend.embedded import binaries, serve
from tests.deploy import image, proxying
from tests.deploy.composing import OURS, Compose, filled_in
from tests.deploy.outside import Outside
from tests.support.databases import PREFIX, Databases, admin_url
from tests.support.partner import as_csv, number

SITE = "rencai.example.org"
PASSWORD = "Compose-7391-kit!"
FORGED = "203.0.113.9"
AS_EMBEDDED = ("appendonly", "save", "auto-aof-rewrite-min-size", "aof-load-truncated", "maxmemory", "maxmemory-policy")


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The name of a database that is yet to be made, dropped afterwards."""
    name = f"{PREFIX}{os.getpid()}_compose_{os.urandom(3).hex()}"
    with psycopg.connect(admin_url(), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        yield name
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def password(address: str) -> str:
    return unquote(urlsplit(address).password or "")


@pytest.fixture
def outside(empty_database: str, tmp_path: Path) -> Iterator[Outside]:
    """The compose file with the passwords of the tests' PostgreSQL, and the image beside it."""
    server = urlsplit(admin_url())
    here = f"{server.hostname}:{server.port or 5432}"
    values = filled_in(
        SITE_HOST=SITE,
        POSTGRES_PASSWORD=password(admin_url()),
        SHUGU_OWNER_PASSWORD=password(os.environ["DATABASE_OWNER_URL"]),
        SHUGU_APP_PASSWORD=password(os.environ["DATABASE_URL"]),
        SHUGU_BACKUP_PASSWORD=password(os.environ.get("DATABASE_BACKUP_URL", "")) or "shugubackup1",
        # TLS ends before the proxy, so that its addresses begin with https though it is asked by http.
        PROXY_LISTENS="http",
    )
    places = {"postgres:5432/shugu": f"{here}/{empty_database}", "postgres:5432": here}
    started = Outside(Compose(values), tmp_path, image.build(tmp_path), places)
    yield started
    started.close()


@pytest.fixture
def proxy(outside: Outside) -> Iterator[proxying.Proxy | None]:
    """The proxy before web, where this machine has an nginx."""
    if proxying.program() is None:
        yield None
        return
    made = proxying.Proxy(outside.compose, f"127.0.0.1:{outside.ports['web']}")
    yield made
    made.close()


RECOVERY: dict[str, list[str]] = {}


class Caller:
    """Somebody before the door, who claims to be somewhere else; where there is no proxy, as one would pass it on."""

    def __init__(self, door: str, proxied: bool) -> None:
        claims = {"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "http", "X-Real-IP": FORGED}
        passed = {"X-Forwarded-For": f"{FORGED}, 127.0.0.1", "X-Forwarded-Proto": "https"}
        headers = {"Host": SITE, "Accept-Language": "en", **(claims if proxied else passed)}
        self.client = httpx.Client(base_url=door, timeout=60, headers=headers)

    def sign_in(self, username: str) -> "Caller":
        """The same door with the user's token; staff set their second factor up first, then go by recovery codes."""
        who = {"username": username, "password": PASSWORD}
        if self.client.post("/api/v1/auth/token/", json=who).status_code == 403:
            code = pyotp.TOTP(self.post("auth/totp/", json=who)["secret"]).now()
            RECOVERY[username] = self.post("auth/totp/confirm/", json=who | {"otp": code})["recovery_codes"]
        otp = {"otp": RECOVERY[username].pop()} if username in RECOVERY else {}
        token = self.post("auth/token/", json=who | otp)["token"]
        self.client.headers["Authorization"] = f"Token {token}"
        return self

    def get(self, path: str) -> Any:
        """The answer's body."""
        return self.client.get(f"/api/v1/{path}").raise_for_status().json()

    def post(self, path: str, **options: Any) -> Any:
        """The answer's body."""
        answer = self.client.post(f"/api/v1/{path}", **options)
        assert answer.is_success, answer.text
        return answer.json()


def start_valkey(outside: Outside) -> None:
    """Valkey by the service's command; the machine's own binary, where the container's is expected, and on our port."""
    programs = outside.folder / "programs"
    programs.mkdir()
    ours = f"--bind 127.0.0.1 --port {outside.ports['valkey']} --dir {shlex.quote(str(outside.temporary('valkey')))}"
    program = programs / "valkey-server"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(str(binaries.installed().valkey))} "$1" {ours} "$2"\n')
    program.chmod(0o755)
    outside.start("valkey", PATH=f"{programs}{os.pathsep}{os.environ['PATH']}")
    client = redis.Redis.from_url(outside.environment("web")["REDIS_URL"])

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    outside.await_(answers, 60, "Valkey to answer with the password")
    embedded = redis.Redis.from_url(settings.REDIS_URL)
    for name in AS_EMBEDDED:
        assert client.config_get(name) == embedded.config_get(name), name
    assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=outside.ports["valkey"]).ping()
    client.close()
    embedded.close()


def as_under_make_run(outside: Outside) -> None:
    """The processes run what `make run` would, but for the places that are a container's own."""
    plan = serve.Plan(profile="main", fresh=False, host="127.0.0.1", port=0, demo=False, command=[])
    own = {
        str(serve.metrics_folder("main")): str(outside.temporary("web") / "metrics"),
    }
    for child in serve.children(plan, outside.ports["web"]):
        if child.name in OURS:
            expected = [
                re.sub("|".join(map(re.escape, own)), lambda found: own[found.group()], w) for w in child.command
            ]
            if child.name == "beat":
                expected += ["--schedule", str(outside.temporary("beat") / "beat-schedule")]
            assert psutil.Process(outside.running[child.name].pid).cmdline()[1:] == expected[1:]


def set_up_the_bureau(outside: Outside, caller: Callable[[], Caller]) -> tuple[Caller, Caller]:
    """The first administrator by command, everything else over HTTP; the administrator and a partner."""
    command = "python manage.py first_administrator --username admin --email a@example.org --organisation BUREAU"
    # As `docker compose run web` gives it.
    code, said = outside.run("web", [*command.split(), "--name-zh", "人社局"], ADMIN_PASSWORD=PASSWORD)
    assert code == 0, said
    admin = caller().sign_in("admin")
    admin.post("organisations/", json={"code": "GZU", "name_zh": "贵州大学", "name_en": "GZU", "kind": "university"})
    for name, role, organisation in (("officer", "officer", "BUREAU"), ("clerk", "partner", "GZU")):
        user = {"username": name, "password": PASSWORD, "role": role, "organisation": organisation}
        admin.post("users/", json=user | {"email": f"{name}@example.org"})
    officer = caller().sign_in("officer")
    span = {"starts_on": "2019-01-01", "ends_on": "2019-12-31"}
    programme = {"code": "P", "name_zh": "培训", "name_en": "P", "path": "trained", "organisations": ["GZU"], **span}
    officer.post("programmes/", json=programme)
    officer.post("cohorts/", json={"code": "P-1", "programme": "P", "organisation": "GZU", **span})
    quarters = {"frequency": "quarter", "from": "2019-01-01", "to": "2019-12-31", "working_days_after_end": 10}
    officer.post("periods/generate/", json=quarters)
    return admin, caller().sign_in("clerk")


def sign_in_by_page(somebody: Caller) -> None:
    """By the form in a browser that speaks TLS to the proxy: it is let in, and its cookies travel by TLS alone."""
    page = somebody.client.get("/sign-in/")
    cookie = SimpleCookie(page.headers["Set-Cookie"])[settings.CSRF_COOKIE_NAME]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    let_in = somebody.client.post(
        "/sign-in/",
        data={"csrfmiddlewaretoken": token.group(1), "username": "clerk", "password": PASSWORD},
        headers={"Origin": f"https://{SITE}", "Cookie": f"{settings.CSRF_COOKIE_NAME}={cookie.value}"},
    )
    assert let_in.status_code == 303, let_in.text
    session = SimpleCookie("; ".join(let_in.headers.get_list("Set-Cookie")))[settings.SESSION_COOKIE_NAME]
    assert cookie["secure"]
    assert session["secure"]


def test_the_commands_run_without_containers(outside: Outside, proxy: proxying.Proxy | None) -> None:
    untouched = image.listing(outside.app)
    start_valkey(outside)
    code, said = outside.run("prepare", outside.compose.command("prepare"))
    assert code == 0, said
    postgres = binaries.installed().postgres
    server = urlsplit(admin_url())
    assert outside.healthy("postgres", PATH=str(postgres), PGPORT=str(server.port))
    for name in ("worker", "beat", "web"):
        outside.start(name)
    if proxy is not None:
        proxy.start()
    door = proxy.url() if proxy is not None else f"http://127.0.0.1:{outside.ports['web']}"

    def caller() -> Caller:
        return Caller(door, proxied=proxy is not None)

    def ready() -> bool:
        try:
            answer = caller().client.get("/readyz")
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 502, 503), answer.text
        return answer.status_code == 200

    outside.await_(ready, 120, "the system to be ready")
    as_under_make_run(outside)
    for name in OURS:
        assert outside.healthy(name), name

    admin, clerk = set_up_the_bureau(outside, caller)
    row = {
        "name": "张三",
        "id_type": "居民身份证",
        "id_number": number(1),
        "path": "培养",
        "programme": "P",
        "cohort": "P-1",
        "started_on": "2019-01-07",
        "completed_on": "2019-02-01",
        "outcome": "完成",
    }
    sent = clerk.post(
        "submissions/", data={"period": "2019-Q1"}, files={"file": ("名单.csv", as_csv([row, row | {"name": ""}]))}
    )
    here = f"submissions/{sent['id']}/"
    outside.await_(lambda: clerk.get(here)["status"] == "checked", 120, "the file to be checked")
    assert {finding["rule"] for finding in clerk.get(f"{here}findings/")["results"]} == {"E01"}
    clerk.post(f"{here}confirm/")
    outside.await_(lambda: clerk.get(here)["status"] == "partly_accepted", 120, "the good row to be taken")
    assert clerk.get(here)["counts"]["accepted"] == 1

    # Who sent it is known by the proxy's word, not by the client's; addresses are those of the people outside.
    assert {entry["address"] for entry in admin.get("audit/?limit=500")["results"]} == {None, "127.0.0.1"}
    assert admin.get("audit/?limit=1")["next"].startswith(f"https://{SITE}/api/v1/audit/")
    sign_in_by_page(caller())
    static = sorted((outside.app / "var" / "static").rglob("*.css"))[0].relative_to(outside.app / "var")
    assert caller().client.get(f"/{static}").status_code == 200
    assert caller().client.get("/readyz", headers={"Host": "elsewhere.example.org"}).status_code == 400
    inside = httpx.get(f"http://127.0.0.1:{outside.ports['web']}/metrics", headers={"Host": "web"}, timeout=60)
    assert "django_http_requests" in inside.text
    if proxy is not None:
        assert caller().client.get("/metrics").status_code == 404
        if shutil.which("curl"):
            check = [
                re.sub("127.0.0.1:8080", proxy.url().removeprefix("http://"), w)
                for w in outside.compose.health("proxy")
            ]
            assert outside.run("proxy", check)[0] == 0
        assert proxy.stop() == 0

    for name in ("web", "beat", "worker", "valkey"):
        assert outside.stop(name) == 0, outside.log(name)[-2000:]
    assert " ready." in outside.log("worker")
    assert not outside.healthy("web")
    for name in ("worker", "beat"):
        long_ago = time.time() - 3600
        for path in outside.temporary(name).iterdir():
            os.utime(path, (long_ago, long_ago))
        assert not outside.healthy(name), name
    # Nothing was written where a container cannot write.
    assert image.listing(outside.app) == untouched

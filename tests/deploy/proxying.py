"""The proxy of docker-compose.yml: its templates filled in as its image does, and nginx of this machine on them."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from backend.embedded.processes import free_port
from tests.deploy.composing import Compose
from tests.support.workers import wait_for

SERVICE = "proxy"
ENTRY = "/docker-entrypoint.d/"
TEMPLATES = "/etc/nginx/templates/"
INSIDE = re.compile(r"/etc/nginx/|/var/cache/nginx/|/tmp/")
LISTEN = re.compile(r"(\blisten )(\d+)\b")


def program() -> str | None:
    """The machine's nginx; Debian keeps it where not everybody looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def environment(compose: Compose) -> dict[str, str]:
    """The proxy's environment after what its image reads before it fills in the templates."""
    given = compose.environment(SERVICE)
    read = "".join(
        f". '{path}'\n" for target, path in sorted(compose.binds(SERVICE).items()) if target.startswith(ENTRY)
    )
    said = subprocess.run(
        ["sh", "-euc", f"{read} env"],
        env={"PATH": os.defpath, **given},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return given | dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


class Proxy:
    """nginx on the service's configuration, between ports of this machine."""

    def __init__(self, compose: Compose, upstream: str) -> None:
        # Not below the test's folder: nginx's workers run as somebody else, who may not enter there.
        self._temporary = tempfile.TemporaryDirectory(prefix="shugu-proxy-")
        self.folder = Path(self._temporary.name)
        self.folder.chmod(0o755)
        self.compose = compose
        self.ports: dict[str, int] = {}
        self.process: subprocess.Popen[bytes] | None = None
        values = environment(compose) | {"UPSTREAM": upstream, "NGINX_LOCAL_RESOLVERS": "127.0.0.1"}
        for place in ("tmp", "var/cache/nginx", "etc/nginx/conf.d"):
            (self.folder / place).mkdir(parents=True)
        for target, source in compose.binds(SERVICE).items():
            if target.startswith(TEMPLATES):
                name = target.removeprefix(TEMPLATES).removesuffix(".template")
                self._put(f"etc/nginx/conf.d/{name}", self._filled(source.read_text("utf-8"), values))
            elif source.is_file():
                self._put(target.lstrip("/"), source.read_text("utf-8"))
        self.configuration = self.folder / "etc/nginx/nginx.conf"
        self.certificates = self.folder / "etc/nginx/certificates"
        self.certificates.mkdir(exist_ok=True)

    def _filled(self, text: str, values: dict[str, str]) -> str:
        mine = re.compile(values["NGINX_ENVSUBST_FILTER"])
        known = {name: value for name, value in values.items() if mine.search(name)}
        return re.sub(
            r"\$\{(\w+)\}|\$(\w+)", lambda found: known.get(found.group(1) or found.group(2), found.group()), text
        )

    def _put(self, place: str, text: str) -> None:
        # In one pass: our own folder lies in one of them.
        text = INSIDE.sub(lambda found: f"{self.folder}{found.group()}", text)
        (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / place).write_text(LISTEN.sub(self._port, text), "utf-8")

    def _port(self, listen: re.Match[str]) -> str:
        port = self.ports.setdefault(listen.group(2), free_port())
        return f"{listen.group(1)}127.0.0.1:{port}"

    def url(self, port: str = "8080", scheme: str = "http") -> str:
        """Where the container's ``port`` is here."""
        return f"{scheme}://127.0.0.1:{self.ports[port]}"

    def check(self) -> str:
        """What ``nginx -t`` says; fails where it finds a fault."""
        said = subprocess.run([*self._command(), "-t"], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        return said.stderr

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command(), "-g", "daemon off;"], stdout=log, stderr=log, start_new_session=True
            )
        pid = self.folder / "tmp/nginx.pid"

        def up() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            return pid.exists() and pid.read_text().strip() != ""

        wait_for(up, 60, "nginx to be up")

    def log(self) -> str:
        """What it has said: its access log, and errors if there are any."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def stop(self) -> int:
        """Ask it to end as its image is asked to, and wait; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        return self.process.wait(90)

    def close(self) -> None:
        """End it for good."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._temporary.cleanup()

    def _command(self) -> list[str]:
        found = program()
        assert found is not None
        return [found, "-e", "stderr", "-c", str(self.configuration)]

"""The proxy by itself: what it passes on, what it keeps away, and that it ends TLS.

Without an nginx on the machine these are left out, and counted as such.
"""

import datetime as dt
import http.server
import ipaddress
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.http import HttpRequest

from backend.audit.middleware import client_address
from backend.embedded.processes import free_port
from programs.submissions.sending import OVERSIZE
from tests.deploy import proxying
from tests.deploy.composing import ROOT, Compose, filled_in

SITE = "rencai.example.org"
# For machines that are busy with other tests, too.
get, post = partial(httpx.get, timeout=60), partial(httpx.post, timeout=60)
needs_nginx = pytest.mark.skipif(proxying.program() is None, reason="no nginx on this machine")


class Upstream:
    """What stands behind the proxy: answers what it was asked, and remembers it."""

    def __init__(self) -> None:
        arrived: list[str] = []
        seen: list[tuple[str, int]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                arrived.append(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append((self.path, len(body)))
                said = {"headers": dict(self.headers.items()), "size": len(body), "path": self.path}
                told = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            do_GET = do_POST = answer

            def log_message(self, *_: Any) -> None:
                pass

        self.arrived = arrived
        self.seen = seen
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()


Start = Callable[..., proxying.Proxy]


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[Start]:
    """``proxy(PROXY_LISTENS=…)``: starts the proxy with an operator's values."""
    started: list[proxying.Proxy] = []

    def start(to: str = upstream.place, certificate: bool = False, **values: str) -> proxying.Proxy:
        started.append(proxying.Proxy(Compose(filled_in(SITE_HOST=SITE, **values)), to))
        if certificate:
            certify(started[-1].certificates)
        started[-1].check()
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.close()


def certify(folder: Path) -> None:
    """A certificate for the site, by itself, in the files that the configuration expects."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SITE)])
    today = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(SITE), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )


def test_its_limit_lets_the_application_refuse_first() -> None:
    for bytes_ in (settings.UPLOAD_BYTES, 10 * 1024 * 1024):
        compose = Compose(filled_in(UPLOAD_BYTES=str(bytes_)))
        most = int(proxying.environment(compose)["BODY_MOST"])
        # The file itself, and what a form puts around it.
        assert bytes_ * OVERSIZE + 1024 * 1024 < most < bytes_ * (OVERSIZE + 1)
    # The image passes over what cannot be executed.
    assert os.access(ROOT / "deploy" / "nginx" / "limits.envsh", os.X_OK)


@needs_nginx
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_can_claim_to_be_somebody_else(proxy: Start, settings: Any, scheme: str) -> None:
    settings.TRUSTED_PROXIES = 1
    site = proxy(PROXY_LISTENS="http", SITE_SCHEME=scheme)
    forged = {
        "Host": SITE,
        "X-Forwarded-For": "203.0.113.9, 203.0.113.10",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Host": "elsewhere.example.org",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
    }
    said = get(f"{site.url()}/api/v1/?q=1", headers=forged).json()
    passed = {name.lower(): value for name, value in said["headers"].items()}
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "172.18.0.5", "HTTP_X_FORWARDED_FOR": passed["x-forwarded-for"]}
    assert client_address(request) == "127.0.0.1"
    assert passed["x-forwarded-proto"] == scheme
    assert passed["host"] == SITE
    assert not {"x-forwarded-host", "x-real-ip", "forwarded"} & passed.keys()
    assert said["path"] == "/api/v1/?q=1"


@needs_nginx
def test_what_is_too_large_ends_here_and_what_is_said_can_be_read(proxy: Start, upstream: Upstream) -> None:
    site = proxy(PROXY_LISTENS="http", UPLOAD_BYTES="1000")
    most = int(proxying.environment(site.compose)["BODY_MOST"])
    headers = {"Host": SITE}
    assert post(f"{site.url()}/api/v1/x", content=b"x" * most, headers=headers).json()["size"] == most
    refused = post(f"{site.url()}/api/v1/x", content=b"x" * (most + 1), headers=headers)
    assert refused.status_code == refused.json()["status"] == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"].endswith("/too_large")
    page = post(f"{site.url()}/x", content=b"x" * (most + 1), headers=headers)
    assert page.status_code == 413
    assert "文件过大" in page.text
    assert upstream.seen == [("/api/v1/x", most)]


@needs_nginx
def test_an_upload_reaches_the_application_when_it_is_whole(proxy: Start, upstream: Upstream) -> None:
    site = proxy(PROXY_LISTENS="http")
    size = 300_000
    with socket.create_connection(("127.0.0.1", site.ports["8080"]), timeout=60) as slow:
        slow.sendall(f"POST /slow HTTP/1.1\r\nHost: {SITE}\r\nContent-Length: {size}\r\n\r\n".encode())
        slow.sendall(b"x" * (size - 1))
        for _ in range(3):
            assert get(f"{site.url()}/other", headers={"Host": SITE}).status_code == 200
        assert upstream.arrived == ["/other"] * 3
        slow.sendall(b"x")
        assert slow.recv(15) == b"HTTP/1.1 200 OK"
    assert upstream.seen[-1] == ("/slow", size)


@needs_nginx
def test_a_system_that_is_away_says_so(proxy: Start) -> None:
    site = proxy(to=f"127.0.0.1:{free_port()}", PROXY_LISTENS="http")
    for path, kind in {"/api/v1/": "application/problem+json", "/": "text/html; charset=utf-8"}.items():
        away = get(f"{site.url()}{path}", headers={"Host": SITE})
        assert (away.status_code, away.headers["Content-Type"]) == (503, kind)
        assert away.headers["Retry-After"] == "10"
    assert get(f"{site.url()}/metrics").status_code == 404


@needs_nginx
def test_what_somebody_searched_for_is_in_no_log(proxy: Start) -> None:
    for site in (proxy(PROXY_LISTENS="http"), proxy(to=f"127.0.0.1:{free_port()}", PROXY_LISTENS="http")):
        get(f"{site.url()}/api/v1/people/?number=110101199003070134", headers={"Host": SITE})
        assert site.stop() == 0
        assert "/api/v1/people/" in site.log()
        assert "110101199003070134" not in site.log()


@needs_nginx
def test_it_ends_tls(proxy: Start) -> None:
    site = proxy(certificate=True)
    moved = get(f"{site.url()}/records/?q=1", headers={"Host": SITE})
    assert (moved.status_code, moved.headers["Location"]) == (308, f"https://{SITE}/records/?q=1")
    assert get(f"{site.url()}/readyz", headers={"Host": SITE}).json()["path"] == "/readyz"
    trusting = ssl.create_default_context(cafile=str(site.certificates / "fullchain.pem"))
    by_tls = get(f"{site.url('8443', 'https')}/", headers={"Host": SITE}, verify=trusting)
    passed = {name.lower(): value for name, value in by_tls.json()["headers"].items()}
    assert passed["x-forwarded-proto"] == "https"
    assert "max-age" in by_tls.headers["Strict-Transport-Security"]
    assert "nginx/" not in by_tls.headers["Server"]


@needs_nginx
def test_a_proxy_without_a_certificate_says_what_it_misses() -> None:
    site = proxying.Proxy(Compose(filled_in()), "127.0.0.1:1")
    with pytest.raises(AssertionError, match=r"certificates/fullchain\.pem"):
        site.check()
    site.close()

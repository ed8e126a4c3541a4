"""Servers that receive what is posted: real ones on ports of their own, with or without TLS, which answer as a test
wishes and keep what came."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Drip = tuple[float, bytes]


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came over the line."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Says:
    """What is answered: after ``wait`` seconds, and then the body's ``drips``, each after its own wait."""

    status: int = 200
    body: bytes = b"ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drips: tuple[Drip, ...] = ()
    cut: bool = False


@dataclass
class Receiver:
    """``answer(got)`` says what is answered; ``got`` is what came, in order."""

    answer: Callable[[Got], Says] = lambda _got: Says()
    got: list[Got] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._serve(self)

            do_GET = do_POST

            def log_message(self, *_args: Any) -> None:
                """Nothing is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.tls is not None:
            # Each connection greets in its own thread: one that will not greet keeps nobody waiting.
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.done.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        got = Got(handler.path, {name.lower(): value for name, value in handler.headers.items()}, body)
        self.got.append(got)
        says = self.answer(got)
        self.done.wait(says.wait)
        if says.cut:
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        try:
            handler.send_response(says.status)
            for name, value in says.headers.items():
                handler.send_header(name, value)
            if not says.drips:
                handler.send_header("Content-Length", str(len(says.body)))
            handler.end_headers()
            for wait, piece in says.drips or ((0.0, says.body),):
                if self.done.wait(wait):
                    return
                handler.wfile.write(piece)
                handler.wfile.flush()
        except OSError:
            """Whoever asked does not listen any more."""


@contextmanager
def receiving(answer: Callable[[Got], Says] | None = None, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A running receiver."""
    one = Receiver(answer or (lambda _got: Says()), tls=tls)
    one.listen()
    try:
        yield one
    finally:
        one.close()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A server's side of TLS with a certificate for ``name``, and the file by which clients know it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context, str(pem)

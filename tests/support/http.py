"""Asking the API as somebody: DRF's client with a real token, through every middleware."""

import datetime as dt
import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework.test import APIClient

from backend.accounts.authentication import digest_of
from backend.accounts.models import AccessToken, User
from backend.clock import now

API = "/api/v1/"

WITHOUT_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""``httpx.get(…, verify=WITHOUT_TLS)``: every call would read all certificate authorities anew, and none is asked."""


def token_for(user: User, **lasts: float) -> str:
    """A token of ``user``'s in the clear, for a day or for ``lasts`` (``hours=1``)."""
    token = secrets.token_urlsafe(16)
    expires_at = now() + dt.timedelta(**(lasts or {"days": 1}))
    # Whoever signs in has just proven who they are.
    AccessToken.objects.create(user=user, digest=digest_of(token), expires_at=expires_at, proven_at=now())
    return token


class Caller(APIClient):
    """A client under ``/api/v1/``; a fault of the server's is an answer (500) and not an exception."""

    def __init__(self, user: User | None = None, **headers: Any) -> None:
        super().__init__(raise_request_exception=False, headers={"accept": "application/json", **headers})
        if user is not None:
            self.credentials(HTTP_AUTHORIZATION=f"Token {token_for(user)}")

    def generic(self, method: str, path: Any, *args: Any, **options: Any) -> Any:
        whole = path if str(path).startswith(("/", "http")) else API + path
        return super().generic(method, whole, *args, **options)


def get(caller: Caller, address: str, **params: Any) -> Any:
    """The body of an answer that is none of a problem."""
    response = caller.get(address, params)
    assert response.status_code == 200, response.content
    return response.json()


def every(caller: Caller, address: str, **params: Any) -> list[dict[str, Any]]:
    """The rows of all pages."""
    page = get(caller, address, **params)
    rows = page["results"]
    while page["next"]:
        page = get(caller, page["next"])
        rows += page["results"]
    return rows


@contextmanager
def silent_port() -> Iterator[int]:
    """A port of this machine that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as listener:
        yield listener.getsockname()[1]


def code_of(response: Any) -> str:
    """The code of a problem: what its type ends in."""
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    return str(body["type"].rsplit("/", 1)[-1])

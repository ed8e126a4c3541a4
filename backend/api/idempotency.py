"""Write calls that may be sent twice: the first answer is kept in the transaction that made its effect.

A call that carries ``Idempotency-Key`` first adds a row under its user and key. Whoever adds it second waits on the
unique index until the first has committed, and then gives the first one's answer again, byte for byte; when the first
came to nothing, its row is gone and the second does the work. Only answers of the 2xx kind are kept, since every
other one rolls its transaction back. Requests are recognised by a keyed digest and answers are sealed, because both
may hold what is stored nowhere else in the clear (passwords, a revealed number).
"""

import hashlib
import hmac
import os
from datetime import timedelta
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request

from backend.api.models import IdempotencyKey
from backend.clock import SqlNow
from backend.problems import Conflict, Invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(days=7)
LONGEST = 200
# Old answers are cleared by every so manieth new one of their own user: nobody else's session may see them.
CLEAR_EVERY = 50
NONCE_BYTES = 12
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Replay(Exception):
    """Raised instead of working: the answer given before."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("replayed")
        self.response = response


def claim(request: Request) -> IdempotencyKey | None:
    """Take the request's key for the running transaction; ``None`` when it carries none.

    Raises:
        Replay: the same request was answered before; bears the answer.
        Conflict: ``idempotency_key_reused``: the key stands for another request.
        Invalid: the key is empty, too long or not printable ASCII.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method not in WRITING:
        return None
    if not (1 <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        message = _("%(header)s is 1 to %(most)d printable ASCII characters.") % {"header": HEADER, "most": LONGEST}
        raise Invalid([(HEADER, "invalid", message)])
    digest, user_id = _digest(request), cast(int, request.user.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO idempotency_key (user_id, key, request_digest, content_type) VALUES (%s, %s, %s, '')"
            " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [user_id, key, digest],
        )
        added = cursor.fetchone()
    if added is not None:
        if added[0] % CLEAR_EVERY == 0:
            _clear(user_id)
        return IdempotencyKey(id=added[0], user_id=user_id, key=key, request_digest=digest)
    kept = IdempotencyKey.objects.get(user_id=user_id, key=key)
    if not hmac.compare_digest(bytes(kept.request_digest), digest) or kept.body is None:
        raise _reused(key)
    raise Replay(_replay(kept))


def keep(claimed: IdempotencyKey, response: HttpResponseBase) -> None:
    """Keep an answer of the 2xx kind beside its effect."""
    if not isinstance(response, HttpResponse):
        raise TypeError("A write call answers with a body that can be kept, not with a stream.")
    claimed.status = response.status_code
    claimed.content_type = response.get("Content-Type", "")
    claimed.body = _seal(claimed, response.content)
    IdempotencyKey.objects.filter(pk=claimed.pk).update(
        status=claimed.status, content_type=claimed.content_type, body=claimed.body
    )


def _replay(kept: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(_unseal(kept), status=kept.status)
    if kept.content_type:
        response["Content-Type"] = kept.content_type
    else:
        del response["Content-Type"]
    response[REPLAYED] = "true"
    return response


def _reused(key: str) -> Conflict:
    detail = _("The key “%(key)s” was used for another request. Send a new key with a new request.")
    return Conflict(detail % {"key": key}, "idempotency_key_reused")


def _clear(user_id: int) -> None:
    IdempotencyKey.objects.filter(user_id=user_id, created_at__lt=SqlNow() - KEPT_FOR).delete()


def _digest(request: Request) -> bytes:
    """What the request asks for, as 32 bytes: method, address and body; multipart by its fields and files."""
    mac = hmac.new(_key("digest"), digestmod=hashlib.sha256)

    def take(*parts: str | bytes) -> None:
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            mac.update(len(raw).to_bytes(8, "big") + raw)

    take(str(request.method), request.get_full_path())
    if (request.content_type or "").startswith(("multipart/", "application/x-www-form-urlencoded")):
        for name in sorted(request.POST):
            take("field", name, *request.POST.getlist(name))
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                content = hashlib.sha256()
                for chunk in file.chunks():
                    content.update(chunk)
                file.seek(0)
                take("file", name, file.name or "", content.digest())
    else:
        take("body", request._request.body)
    return mac.digest()


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"shugu.idempotency.{purpose}".encode(), "sha256")


def _seal(kept: IdempotencyKey, body: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key("answer")).encrypt(nonce, body, str(kept.pk).encode())


def _unseal(kept: IdempotencyKey) -> bytes:
    sealed = bytes(kept.body or b"")
    try:
        return AESGCM(_key("answer")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], str(kept.pk).encode())
    except InvalidTag:
        raise _reused(kept.key) from None

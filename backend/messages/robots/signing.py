"""How each kind of robot wants a message: signed, in its own form, and no larger than it takes.

DingTalk signs in the address, in milliseconds; Feishu in the body, in seconds, with the moment in the key and nothing
in the message; WeCom does not sign.
"""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from backend.messages.models import Channel

CUT = "…"


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted, and where."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Robot:
    """One kind of robot.

    ``most``: messages a minute. ``bytes``: of the text. ``code``: the member of the answer that is 0 when the message
    was taken. ``busy``: codes that say that it would be taken later. ``form(url, secret, ms, title, text)``.
    """

    most: int
    bytes: int
    code: str
    busy: frozenset[int]
    form: Callable[[str, str, int, str, str], Request]


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """DingTalk's signature, before it is encoded for an address."""
    return _hmac(secret, f"{milliseconds}\n{secret}")


def feishu_sign(secret: str, seconds: int) -> str:
    """Feishu's signature."""
    return _hmac(f"{seconds}\n{secret}", "")


def fitted(text: str, most: int) -> str:
    """``text`` in at most so many bytes of UTF-8, cut between letters."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len(CUT.encode())].decode("utf-8", "ignore").rstrip() + CUT


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), "sha256")).decode()


def _dingtalk(url: str, secret: str, ms: int, title: str, text: str) -> Request:
    signed = urlencode({"timestamp": ms, "sign": dingtalk_sign(secret, ms)}) if secret else ""
    address = f"{url}{'&' if '?' in url else '?'}{signed}" if signed else url
    written = {"title": title, "text": text}
    return Request(
        address, _json({"msgtype": "markdown", "markdown": written, "at": {"atMobiles": [], "isAtAll": False}})
    )


def _wecom(url: str, _secret: str, _ms: int, _title: str, text: str) -> Request:
    return Request(url, _json({"msgtype": "markdown", "markdown": {"content": text}}))


def _feishu(url: str, secret: str, ms: int, _title: str, text: str) -> Request:
    seconds = ms // 1000
    signed = {"timestamp": str(seconds), "sign": feishu_sign(secret, seconds)} if secret else {}
    return Request(url, _json({**signed, "msg_type": "text", "content": {"text": text}}))


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


ROBOTS: dict[str, Robot] = {
    # 18,000 of the 20,000 bytes that DingTalk and Feishu take for a whole request.
    Channel.DINGTALK: Robot(20, 18_000, "errcode", frozenset({-1, 90030, 130101, 130102}), _dingtalk),
    Channel.WECOM: Robot(20, 4096, "errcode", frozenset({-1, 45009}), _wecom),
    Channel.FEISHU: Robot(100, 18_000, "code", frozenset({9499, 11232, 11233}), _feishu),
}

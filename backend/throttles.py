"""Limits that hold across processes: counted in Valkey by one atomic step, and waived quickly while Valkey is away.

A window begins with the first attempt in it and ends ``seconds`` later, so never more than ``most`` attempts pass
within it, however many arrive at once.
"""

import hashlib
import logging
import threading
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.translation import ngettext
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from backend.problems import Problem

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.3
QUIET_SECONDS = 5.0

# All slots or none: answers {0, fewest left} or {milliseconds to wait, 0}.
TAKE = """
local wait, left = 0, nil
for i, key in ipairs(KEYS) do
    local used = tonumber(redis.call('GET', key) or '0')
    if used >= tonumber(ARGV[2 * i - 1]) then wait = math.max(wait, redis.call('PTTL', key), 1) end
end
if wait > 0 then return {wait, 0} end
for i, key in ipairs(KEYS) do
    local used = redis.call('INCR', key)
    if used == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
    local rest = tonumber(ARGV[2 * i - 1]) - used
    if left == nil or rest < left then left = rest end
end
return {0, left}
"""
GIVE_BACK = """
for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


@dataclass(frozen=True)
class Limit:
    """At most ``most`` attempts within ``seconds``, for each thing that it is taken for; 0: no limit."""

    name: str
    most: int
    seconds: int

    def key(self, subject: str) -> str:
        """Where Valkey counts; the subject is digested, because it is whatever a caller typed."""
        digest = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        prefix = settings.CACHES["default"].get("KEY_PREFIX", "")
        return f"{prefix}:limit:{self.name}:{digest}"


@dataclass(frozen=True)
class Slot:
    """Places taken; ``last`` when they were the last of a window. ``give_back`` frees them."""

    keys: tuple[str, ...] = ()
    last: bool = False

    def give_back(self) -> None:
        """Free the places, for an attempt that turned out not to count."""
        if self.keys:
            _valkey().run(GIVE_BACK, list(self.keys), [])


def take(*wanted: tuple[Limit, str]) -> Slot:
    """Take a place under every limit, or under none.

    Args:
        wanted: limits, each with what it counts for (an account's name, an address).

    Raises:
        Problem: 429 ``throttled`` with ``Retry-After``; no place was taken.
    """
    counted = [(limit, limit.key(subject)) for limit, subject in wanted if limit.most > 0]
    if not counted:
        return Slot()
    keys = [key for _limit, key in counted]
    answer = _valkey().run(TAKE, keys, [n for limit, _key in counted for n in (limit.most, limit.seconds * 1000)])
    if answer is None:
        return Slot()
    wait, left = answer
    if wait:
        seconds = -(-int(wait) // 1000)
        raise throttled(seconds)
    return Slot(tuple(keys), last=int(left) == 0)


def allow(subject: str, most: int, seconds: int) -> None:
    """Take a place under one limit: at most ``most`` calls for ``subject`` (``uploads:12``) in ``seconds``.

    Raises:
        Problem: 429 ``throttled`` with ``Retry-After``.
    """
    take((Limit("allow", most, seconds), subject))


def throttled(seconds: int) -> Problem:
    """429 with ``Retry-After``."""
    detail = ngettext(
        "Too many attempts. Try again in %(seconds)d second.",
        "Too many attempts. Try again in %(seconds)d seconds.",
        seconds,
    )
    return Problem(429, "throttled", detail % {"seconds": seconds}, headers={"Retry-After": str(seconds)})


class Valkey:
    """One process's connection for counting; keeps quiet for a while once Valkey has not answered."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._scripts = {text: self._client.register_script(text) for text in (TAKE, GIVE_BACK)}
        self._turn = threading.Lock()
        self._quiet_until = 0.0

    def run(self, script: str, keys: list[str], args: list[int]) -> list[int] | None:
        """The script's answer, or ``None`` while Valkey is away."""
        if time.monotonic() < self._quiet_until:
            return None
        try:
            return self._scripts[script](keys=keys, args=args)
        except RedisError as error:
            with self._turn:
                self._quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("Limits are waived: Valkey does not answer (%s).", type(error).__name__)
            return None


@cache
def _connected(url: str) -> Valkey:
    return Valkey(url)


def _valkey() -> Valkey:
    return _connected(settings.REDIS_URL)

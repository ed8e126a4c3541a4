"""Hostile test 37: a password sprayed over many accounts, and a one-time code replayed: locked, and on the trail."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from backend.accounts.models import AccessToken
from backend.accounts.scope import everything
from backend.audit.models import AuditEntry
from tests.factories import OfficerFactory, PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.factors import SECRET, code_at, enrol
from tests.support.http import WITHOUT_TLS

AT_ONCE = 16


@pytest.fixture(autouse=True)
def own_counters(settings: Any) -> None:
    """A window of this test's own."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"hostile-37-{time.monotonic_ns()}"}}
    settings.SIGN_IN_PER_ACCOUNT, settings.SIGN_IN_PER_ADDRESS, settings.SIGN_IN_SECONDS = 20, 30, 300


def attempts(server: str, bodies: list[dict[str, str]]) -> Counter[int]:
    def one(body: dict[str, str]) -> int:
        return httpx.post(f"{server}/api/v1/auth/token/", json=body, timeout=60, verify=WITHOUT_TLS).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, bodies))


def trail(action: str) -> int:
    with everything():
        return AuditEntry.objects.filter(action=action).count()


def test_37_a_password_sprayed_over_many_accounts_locks_the_address(server: str) -> None:
    names = [PartnerFactory().username for _ in range(20)]
    bodies = [{"username": name, "password": f"Spring-{year}!"} for year in range(2017, 2021) for name in names]
    assert attempts(server, bodies) == {401: 30, 429: 50}
    assert trail("auth.sign_in_failed") == 30
    assert trail("auth.locked") == 1
    # The right password from there has to wait too.
    assert attempts(server, [{"username": names[0], "password": PASSWORD}]) == {429: 1}
    assert not AccessToken.objects.exists()


def test_37_a_replayed_code_lets_in_once_and_locks(server: str, settings: Any) -> None:
    settings.SIGN_IN_PER_ACCOUNT = settings.SIGN_IN_PER_ADDRESS = 1000
    user = OfficerFactory()
    enrol(user)
    body = {"username": user.username, "password": PASSWORD, "otp": code_at(SECRET)}
    assert attempts(server, [body] * 50) == {200: 1, 401: 5, 429: 44}
    assert AccessToken.objects.filter(user=user).count() == 1
    assert (trail("auth.sign_in"), trail("auth.code_failed"), trail("auth.locked")) == (1, 5, 1)
    fresh = body | {"otp": code_at(SECRET, 1)}
    assert attempts(server, [fresh]) == {429: 1}, "a right code has to wait too"

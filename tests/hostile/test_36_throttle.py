"""Hostile test 36: four hundred requests at once at a limit of twenty, each from a forged address, are exactly twenty.

By the API and by the page, which count together: both ask the same services.
"""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.factories import PartnerFactory
from tests.support.http import WITHOUT_TLS

REQUESTS, MOST, AT_ONCE = 400, 20, 24


@pytest.fixture(autouse=True)
def own_counters(settings: Any) -> None:
    """A window of this test's own."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"hostile-36-{time.monotonic_ns()}"}}
    settings.SIGN_IN_PER_ACCOUNT, settings.SIGN_IN_PER_ADDRESS, settings.SIGN_IN_SECONDS = MOST, 1000, 300


def forged(number: int) -> dict[str, str]:
    address = f"203.0.113.{number % 250}"
    return {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}"}


def test_36_four_hundred_at_once_with_forged_addresses_are_twenty(server: str) -> None:
    username = PartnerFactory().username
    with httpx.Client(timeout=60, verify=WITHOUT_TLS) as client:
        page = client.get(f"{server}/sign-in/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found
        cookies = {"shugu_csrf": client.cookies["shugu_csrf"]}
    form = {"csrfmiddlewaretoken": found.group(1), "username": username}

    def guess(number: int) -> httpx.Response:
        given, told = {"password": f"guess {number}"}, forged(number)
        with httpx.Client(headers=told, cookies=cookies, timeout=60, verify=WITHOUT_TLS) as caller:
            if number % 2:
                return caller.post(f"{server}/api/v1/auth/token/", json={"username": username} | given)
            return caller.post(f"{server}/sign-in/", data=form | given)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(guess, range(REQUESTS)))
    assert Counter(answer.status_code for answer in answers) == {401: MOST, 429: REQUESTS - MOST}
    waits = {int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429}
    assert min(waits) > 0
    assert max(waits) <= 300

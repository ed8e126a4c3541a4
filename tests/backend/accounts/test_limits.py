"""Attempts to sign in are counted exactly, for whoever they say they are and wherever they say they come from."""

import socket
import time
from typing import Any

import pytest

from backend import throttles
from backend.audit.models import AuditEntry
from backend.problems import Problem
from tests.factories import PartnerFactory
from tests.factories.backend import PASSWORD
from tests.support.http import Caller, code_of


@pytest.fixture(autouse=True)
def own_counters(settings: Any, request: pytest.FixtureRequest) -> None:
    """Every test counts for itself."""
    caches = {**settings.CACHES["default"], "KEY_PREFIX": f"limits-{request.node.name[:40]}-{time.monotonic_ns()}"}
    settings.CACHES = {"default": caches}
    settings.SIGN_IN_PER_ACCOUNT, settings.SIGN_IN_PER_ADDRESS, settings.SIGN_IN_SECONDS = 20, 100, 300


def attempt(username: str, password: str, **headers: Any) -> Any:
    return Caller().post("auth/token/", {"username": username, "password": password}, format="json", **headers)


@pytest.mark.django_db
def test_the_right_password_does_not_use_attempts_up(settings: Any) -> None:
    settings.SIGN_IN_PER_ACCOUNT = 3
    partner = PartnerFactory()
    assert [attempt(partner.username, PASSWORD).status_code for _ in range(8)] == [200] * 8
    assert [attempt(partner.username, "x").status_code for _ in range(4)] == [401] * 3 + [429]
    refused = attempt(partner.username, PASSWORD)
    assert refused.status_code == 429
    assert code_of(refused) == "throttled"


@pytest.mark.django_db
def test_accounts_that_do_not_exist_are_counted_alike(settings: Any) -> None:
    settings.SIGN_IN_PER_ACCOUNT = 2
    assert [attempt("No-Such", "x").status_code for _ in range(3)] == [401, 401, 429]
    assert attempt("no-such", "x").status_code == 429, "letter case makes no other account"


@pytest.mark.django_db
def test_one_address_cannot_spray_many_accounts(settings: Any, scope_all: None) -> None:
    settings.SIGN_IN_PER_ADDRESS = 4
    codes = [attempt(f"user-{n}", "x", REMOTE_ADDR="198.51.100.1").status_code for n in range(6)]
    assert codes == [401] * 4 + [429] * 2
    assert attempt("user-9", "x", REMOTE_ADDR="198.51.100.2").status_code == 401
    locked = AuditEntry.objects.get(action="auth.locked")
    assert locked.address == "198.51.100.1"


@pytest.mark.django_db
def test_behind_a_trusted_proxy_its_word_counts_and_no_more(settings: Any) -> None:
    settings.SIGN_IN_PER_ADDRESS, settings.TRUSTED_PROXIES = 2, 1

    def through_proxy(client: str, number: int) -> int:
        forwarded = f"203.0.113.{number}, {client}"
        return int(attempt(f"user-{number}", "x", headers={"x-forwarded-for": forwarded}).status_code)

    assert [through_proxy("198.51.100.1", n) for n in range(3)] == [401, 401, 429]
    assert through_proxy("198.51.100.2", 7) == 401


@pytest.mark.django_db
def test_the_window_ends(settings: Any) -> None:
    settings.SIGN_IN_PER_ACCOUNT, settings.SIGN_IN_SECONDS = 1, 1
    assert [attempt("somebody", "x").status_code for _ in range(2)] == [401, 429]
    time.sleep(1.1)
    assert attempt("somebody", "x").status_code == 401


@pytest.mark.django_db
def test_limits_are_waived_quickly_while_valkey_is_silent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "QUIET_SECONDS", 600.0)
    settings.SIGN_IN_PER_ACCOUNT = 1
    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        assert [attempt("somebody", "x").status_code for _ in range(5)] == [401] * 5
        # Who was not answered does not ask again for a while, so only the first attempt waited.
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_a_refused_attempt_takes_no_place_under_the_other_limit() -> None:
    tight, wide = throttles.Limit("tight", 1, 60), throttles.Limit("wide", 3, 60)
    throttles.take((tight, "a"), (wide, "all"))
    for _ in range(5):
        with pytest.raises(Problem):
            throttles.take((tight, "a"), (wide, "all"))
    throttles.take((tight, "b"), (wide, "all"))
    throttles.take((tight, "c"), (wide, "all"))
    with pytest.raises(Problem):
        throttles.take((tight, "d"), (wide, "all"))


def test_places_given_back_can_be_taken_again() -> None:
    limit = throttles.Limit("once", 1, 60)
    first = throttles.take((limit, "a"))
    assert first.last
    first.give_back()
    assert throttles.take((limit, "a")).last

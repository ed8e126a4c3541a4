"""Hostile test 38: a webhook that leads to the metadata of a cloud, by its address, by its name, by a redirect, or by a
name that changes its mind between the check and the call."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.messages.endpoints.models import Endpoint
from backend.messages.endpoints.secrets import seal
from backend.messages.models import Delivery
from backend.problems import Invalid
from tests.backend.messages.places import endpoint, fate, posted
from tests.support.receivers import Says, receiving

pytestmark = pytest.mark.usefixtures("db")
RunJobs = Callable[[], int]
METADATA = "169.254.169.254"
LITERAL = [
    f"https://{METADATA}/latest/meta-data/",
    f"https://[::ffff:{METADATA}]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://10.0.0.1/",
    "https://[fd00:ec2::254]/",
    "https://100.100.100.200/",
    "http://hooks.example.org/",
    "https://hooks.example.org:6379/",
]


class Resolver:
    """A name server of the enemy's: one answer after the other, the last for good; whom it was asked about is kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0
        self.real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host != "hooks.example.org":
            return self.real(host, port, *args, **options)
        address = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return self.real(address, port, *args, **options)


class Lines:
    """Where connections really went."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.to: list[Any] = []
        lines = self

        class Watched(socket.socket):
            def connect(self, address: Any) -> None:
                lines.to.append(address[0])
                if address[0] not in ("127.0.0.1", "::1"):
                    raise ConnectionRefusedError("no line to the world in a test")
                super().connect(address)

        monkeypatch.setattr(socket, "socket", Watched)


def hook() -> Endpoint:
    """A webhook whose name an enemy holds."""
    return endpoint("webhook", "https://hooks.example.org")[0]


def moved(place: Endpoint, address: str) -> Endpoint:
    """The endpoint with an address that no check has seen, as after a tampering."""
    with scope.everything():
        place.address = seal(place, "address", address)
        place.save(update_fields=["address"])
    return place


@pytest.mark.parametrize("address", LITERAL)
def test_38_it_cannot_be_set_up(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        endpoint("webhook", address.rstrip("/"))
    assert {error.field for error in refused.value.errors} == {"address"}


@pytest.mark.parametrize("address", LITERAL)
def test_38_what_was_set_up_all_the_same_is_not_called(
    address: str, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, lines = moved(hook(), address), Lines(monkeypatch)
    sent = posted(place)
    run_jobs()
    now = fate(sent)
    assert (now.state, now.attempts, lines.to) == (Delivery.State.FAILED, 1, [])
    assert now.answer.startswith(("[not_public]", "[not_https]", "[port]"))


@pytest.mark.parametrize("address", [METADATA, "10.0.0.7", "127.0.0.1", "::1", f"::ffff:{METADATA}", "fd00::1"])
def test_38_a_name_that_leads_inside_is_not_called(
    address: str, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, lines, names = hook(), Lines(monkeypatch), Resolver(monkeypatch, address)
    sent = posted(place)
    run_jobs()
    assert (fate(sent).state, names.asked, lines.to) == (Delivery.State.FAILED, 1, [])
    assert fate(sent).answer.startswith("[not_public]")


def test_38_a_name_that_changes_its_mind_is_asked_once_and_held_to_it(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is public and checked; whatever comes after it is never asked for."""
    place, lines, names = hook(), Lines(monkeypatch), Resolver(monkeypatch, "1.1.1.1", METADATA)
    sent = posted(place)
    run_jobs()
    assert (names.asked, lines.to) == (1, ["1.1.1.1"])
    assert fate(sent).state == Delivery.State.QUEUED, "nobody was reached, so it is tried again"


def test_38_at_the_next_attempt_it_is_checked_again(
    run_jobs: RunJobs, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, lines, names = hook(), Lines(monkeypatch), Resolver(monkeypatch, "1.1.1.1", METADATA)
    sent = posted(place)
    run_jobs()
    clock.shift(minutes=2)
    run_jobs()
    assert (names.asked, lines.to, fate(sent).state) == (2, ["1.1.1.1"], Delivery.State.FAILED)


def test_38_a_redirect_leads_nowhere(settings: Any, run_jobs: RunJobs) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as inside, receiving() as server:
        for number, status in enumerate((301, 302, 303, 307, 308)):
            server.answer = lambda _got, status=status: Says(status, headers={"Location": inside.url})  # type: ignore[misc]
            sent = posted(endpoint("webhook", server.url, name=str(number))[0], f"k{number}")
            run_jobs()
            assert fate(sent).answer.startswith(f"[redirect] {status}")
        assert (len(server.got), inside.got) == (5, [])


def test_38_the_leave_for_tests_opens_this_machine_and_nothing_else(settings: Any, run_jobs: RunJobs) -> None:
    settings.OUTBOUND_LOOPBACK = True
    for number, address in enumerate(LITERAL[:7]):
        with pytest.raises(Invalid):
            endpoint("webhook", address.rstrip("/"), name=str(number))
    sent = posted(moved(hook(), f"http://{METADATA}/"))
    run_jobs()
    assert fate(sent).state == Delivery.State.FAILED

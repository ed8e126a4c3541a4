"""Posting to places that others name: which addresses, to whom exactly, and for how long."""

import ipaddress
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from backend.messages.outbound import addresses, posting
from backend.messages.outbound.posting import Blocked, NotHandedOver, Unanswered, place_of, post
from tests.support.receivers import Says, certificate, receiving

REFUSED = {
    "0.0.0.0": "unspecified",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "100.64.0.1": "private",
    "100.100.100.200": "private",
    "169.254.169.254": "link-local",
    "168.63.129.16": "reserved",
    "192.0.0.192": "reserved",
    "192.0.2.1": "private",
    "198.18.0.1": "private",
    "192.88.99.1": "reserved",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:10.0.0.1": "private",
    "::ffff:169.254.169.254": "link-local",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::1": "link-local",
    "64:ff9b::a9fe:a9fe": "link-local",
    "64:ff9b::a00:1": "private",
    "64:ff9b:1::a00:1": "reserved",
    "2001::1": "private",
    "2001:db8::1": "private",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "fe80::1": "link-local",
    "fe80::1%1": "link-local",
    "fec0::1": "not global unicast",
    "ff02::1": "multicast",
    "100::1": "reserved",
}
TAKEN = [
    "1.1.1.1",
    "114.114.114.114",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "2002:101:101::1",
    "64:ff9b::101:101",
]


@pytest.mark.parametrize(("address", "kind"), REFUSED.items())
def test_what_is_not_public_is_refused(address: str, kind: str) -> None:
    assert addresses.fault(ipaddress.ip_address(address)) == kind


@pytest.mark.parametrize("address", TAKEN)
def test_what_is_public_is_taken(address: str) -> None:
    assert addresses.fault(ipaddress.ip_address(address)) == ""


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "unreadable"),
        ("hooks.example.org", "not_https"),
        ("http://hooks.example.org/", "not_https"),
        ("ftp://hooks.example.org/", "not_https"),
        ("https://", "unreadable"),
        ("https://user:word@hooks.example.org/", "unreadable"),
        ("https://hooks.example.org/#part", "unreadable"),
        ("https://hooks.example.org/\r\nHost: other", "unreadable"),
        ("https://hooks.example.org\\@127.0.0.1/", "unreadable"),
        ("https://hooks.example.org:22/", "port"),
        ("https://hooks.example.org:0/", "port"),
        ("https://hooks.example.org:99999/", "unreadable"),
        ("https://[::1", "unreadable"),
        ("https://169.254.169.254/latest/", "not_public"),
        ("https://[::ffff:10.0.0.1]/", "not_public"),
        ("https://127.0.0.1/", "not_public"),
        ("https://hooks.example.org/" + "a" * 500, "unreadable"),
    ],
)
def test_what_cannot_be_posted_to_is_told_without_asking_anybody(url: str, code: str) -> None:
    with pytest.raises(Blocked) as refused:
        place_of(url)
    assert refused.value.code == code


@pytest.mark.parametrize("written", ["127.1", "0x7f000001", "2130706433", "017700000001", "localhost"])
def test_other_ways_of_writing_this_machine_come_to_the_same(written: str) -> None:
    with pytest.raises(Blocked) as refused:
        post(f"https://{written}/", b"{}", {})
    assert (refused.value.code, "loopback" in refused.value.detail) == ("not_public", True)


def test_a_place_is_read_as_it_is_meant() -> None:
    place = place_of("https://数谷.example.org:8443/a/b?c=1")
    assert (place.host[:4], place.host[-12:], place.port, place.target) == ("xn--", ".example.org", 8443, "/a/b?c=1")
    assert place.header.endswith(":8443")
    assert place_of("https://hooks.example.org").header == "hooks.example.org"
    assert place_of("https://[2606:4700::1111]/").header == "[2606:4700::1111]"


def test_a_post_arrives_whole(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as server:
        reply = post(f"{server.url}/a?b=1", "数".encode(), {"X-Own": "1"})
        assert (reply.status, reply.text) == (200, "ok")
        [got] = server.got
    assert (got.target, got.body, got.headers["x-own"]) == ("/a?b=1", "数".encode(), "1")
    assert got.headers["host"] == f"127.0.0.1:{server.port}"


def test_redirects_are_not_followed(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as elsewhere, receiving(lambda _got: Says(302, headers={"Location": elsewhere.url})) as server:
        assert post(server.url, b"{}", {}).status == 302
        assert elsewhere.got == []


@pytest.mark.parametrize(
    "says",
    [
        Says(wait=30),
        Says(drips=((0.3, b"a"),) * 100),
        Says(drips=((0.0, b"a" * 1000),) * 500),
    ],
    ids=["silent", "dripping", "endless"],
)
def test_no_server_holds_us_longer_than_the_time(says: Says, settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving(lambda _got: says) as server:
        begun = time.monotonic()
        try:
            reply = post(server.url, b"{}", {}, seconds=1.0)
            assert (reply.status, len(reply.body) <= posting.KEPT_BYTES) == (200, True)
        except Unanswered:
            assert says.wait
        assert time.monotonic() - begun < 3


def test_headers_that_drip_or_never_end_are_given_up(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    for piece, wait in ((b"X-A: b\r\n", 0.2), (b"X-A: " + b"b" * 4000 + b"\r\n", 0.0)):
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def drip(piece: bytes = piece, wait: float = wait) -> None:
                line, _address = listening.accept()
                try:
                    line.sendall(b"HTTP/1.1 200 OK\r\n")
                    for _one in range(100):
                        line.sendall(piece)
                        time.sleep(wait)
                except OSError:
                    return

            threading.Thread(target=drip, daemon=True).start()
            begun = time.monotonic()
            with pytest.raises(Unanswered):
                post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, seconds=1.0)
            assert time.monotonic() - begun < 3


def test_nobody_there_is_no_answer_at_all(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as server:
        port = server.port
    with pytest.raises(NotHandedOver):
        post(f"http://127.0.0.1:{port}/", b"{}", {})
    with pytest.raises(NotHandedOver):
        post("https://no-such-name.invalid/", b"{}", {})


def test_a_line_that_is_cut_after_the_request_is_unanswered(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving(lambda _got: Says(cut=True)) as server:
        with pytest.raises(Unanswered):
            post(server.url, b"{}", {})
        assert len(server.got) == 1


def test_the_certificate_is_checked_for_the_name(settings: Any, tmp_path: Path) -> None:
    settings.OUTBOUND_LOOPBACK = True
    ours, file = certificate(tmp_path, "localhost")
    other, other_file = certificate(tmp_path, "elsewhere.example.org")
    with receiving(tls=ours) as server:
        address = f"https://localhost:{server.port}/"
        with pytest.raises(NotHandedOver, match="certificate"):
            post(address, b"{}", {})
        settings.OUTBOUND_CA_FILE = file
        assert post(address, b"{}", {}).status == 200
        assert server.got[0].headers["host"] == f"localhost:{server.port}"
        with pytest.raises(NotHandedOver, match="certificate"):
            post(f"https://127.0.0.1:{server.port}/", b"{}", {})
    settings.OUTBOUND_CA_FILE = other_file
    with receiving(tls=other) as server, pytest.raises(NotHandedOver, match="certificate"):
        post(f"https://localhost:{server.port}/", b"{}", {})


def test_the_environments_proxy_is_not_used(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as proxy, receiving() as server:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        post(server.url, b"{}", {})
        assert (len(server.got), proxy.got) == (1, [])

"""Robots of groups against servers that sign for themselves, count by the minute, and answer 200 to everything."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connections

from backend.accounts import scope
from backend.messages import services as messages
from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Delivery
from backend.messages.robots.pace import take_place
from backend.messages.robots.signing import ROBOTS, dingtalk_sign, feishu_sign, fitted
from tests.backend.messages.places import SIGNED, State, endpoint, fate, posted
from tests.support.receivers import Got, Receiver, Says, receiving

RunJobs = Callable[[], int]
TAKEN = {
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
}
BUSY = {"dingtalk": 130101, "wecom": 45009, "feishu": 9499}
WRONG = {"dingtalk": 310000, "wecom": 93000, "feishu": 19021}
KINDS = sorted(TAKEN)


def says(kind: str, code: int = 0, **more: Any) -> Says:
    body = {**TAKEN[kind], **({"errcode": code} if kind != "feishu" else {"code": code}), **more}
    return Says(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def signature_fits(kind: str, got: Got) -> bool:
    """Whether the robot would take the signature, worked out with nothing of ours."""
    if kind == "wecom":
        return parse_qs(urlsplit(got.target).query) == {"key": ["k3y-of-wecom"]}
    if kind == "dingtalk":
        query = parse_qs(urlsplit(got.target).query)
        [moment], [sign] = query["timestamp"], query["sign"]
        wanted = hmac.new(SIGNED.encode(), f"{moment}\n{SIGNED}".encode(), hashlib.sha256).digest()
        return len(moment) == 13 and query["access_token"] == ["t0ken-of-dingtalk"] and base64.b64decode(sign) == wanted
    body = json.loads(got.body)
    wanted = hmac.new(f"{body['timestamp']}\n{SIGNED}".encode(), b"", hashlib.sha256).digest()
    return len(body["timestamp"]) == 10 and base64.b64decode(body["sign"]) == wanted


@pytest.fixture
def server(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as one:
        yield one


def test_the_published_vectors() -> None:
    assert dingtalk_sign("this is secret", 1577262236757) == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert feishu_sign("demo", 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("kind", KINDS)
def test_a_robot_gets_what_it_can_verify(kind: str, server: Receiver, run_jobs: RunJobs) -> None:
    server.answer = lambda got: says(kind, 0 if signature_fits(kind, got) else WRONG[kind])
    place, shown = endpoint(kind, server.url)
    assert shown == ""
    sent = posted(place)
    run_jobs()
    [got] = server.got
    body = json.loads(got.body)
    if kind == "dingtalk":
        assert body == {
            "msgtype": "markdown",
            "markdown": {"title": "季度填报", "text": "季度填报\n\n请于 7 月 15 日前填报。"},
            "at": {"atMobiles": [], "isAtAll": False},
        }
    elif kind == "wecom":
        assert body == {"msgtype": "markdown", "markdown": {"content": "季度填报\n\n请于 7 月 15 日前填报。"}}
    else:
        assert (body["msg_type"], body["content"]) == ("text", {"text": "季度填报\n\n请于 7 月 15 日前填报。"})
    assert (fate(sent).state, fate(sent).attempts) == (State.SENT, 1)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("kind", [one for one in KINDS if one != "wecom"])
def test_another_secret_is_told_apart(kind: str, server: Receiver, run_jobs: RunJobs) -> None:
    server.answer = lambda got: says(kind, 0 if signature_fits(kind, got) else WRONG[kind])
    place, _shown = endpoint(kind, server.url, secret="another secret")
    sent = posted(place)
    run_jobs()
    assert (fate(sent).state, str(WRONG[kind]) in fate(sent).answer) == (State.FAILED, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_yes_that_means_no_is_no_success(kind: str, server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    place, _shown = endpoint(kind, server.url)
    server.answer = lambda _got: says(kind, BUSY[kind])
    later = posted(place, "k1")
    run_jobs()
    assert (fate(later).state, fate(later).attempts) == (State.QUEUED, 1)
    server.answer = lambda _got: says(kind)
    clock.shift(minutes=2)
    run_jobs()
    assert (fate(later).state, fate(later).attempts) == (State.SENT, 2)
    server.answer = lambda _got: says(kind, WRONG[kind])
    refused = posted(place, "k2")
    run_jobs()
    assert (fate(refused).state, fate(refused).fate) == (State.FAILED, "refused")
    server.answer = lambda _got: Says(200, b"<html>login</html>")
    unknown = posted(place, "k3")
    run_jobs()
    assert (fate(unknown).state, fate(unknown).attempts) == (State.UNKNOWN, 1)
    server.answer = lambda _got: Says(502, b"bad gateway")
    put_off = posted(place, "k4")
    run_jobs()
    assert (fate(put_off).state, fate(put_off).answer) == (State.QUEUED, "502 bad gateway")


def test_a_message_that_was_cut_off_is_said_once_more_at_most(server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    server.answer = lambda _got: Says(cut=True)
    place, _shown = endpoint("wecom", server.url)
    sent = posted(place)
    for minutes in (0, 6, 12, 60):
        clock.shift(minutes=minutes)
        run_jobs()
    assert (fate(sent).state, len(server.got)) == (State.UNKNOWN, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_no_robot_gets_more_than_it_takes_in_a_minute(
    kind: str, server: Receiver, clock: Any, run_jobs: RunJobs
) -> None:
    server.answer = lambda _got: says(kind)
    most, place = ROBOTS[kind].most, endpoint(kind, server.url)[0]
    other = endpoint(kind, server.url, name="another robot")[0]
    sent = [posted(place, f"k{number}") for number in range(most + 3)]
    posted(other, "other")
    run_jobs()
    assert len(server.got) == most + 1, "the other robot has room of its own"
    waiting = [fate(one) for one in sent if fate(one).state == State.QUEUED]
    assert [(one.attempts, one.answer) for one in waiting] == [(0, "[too_many]")] * 3, "waiting is no attempt"
    clock.shift(seconds=20)
    run_jobs()
    assert len(server.got) == most + 1
    clock.shift(seconds=90)
    run_jobs()
    assert len(server.got) == most + 4
    assert {(fate(one).state, fate(one).attempts) for one in sent} == {(State.SENT, 1)}


def test_many_workers_keep_one_limit_together(fresh_database: str, settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True
    place, _shown = endpoint("wecom", "http://127.0.0.1:9")
    taken: list[bool] = []

    def work() -> None:
        try:
            for _one in range(8):
                taken.append(take_place(place.pk, 20) == 0.0)  # noqa: PERF401
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (48, 20)


@pytest.mark.usefixtures("db")
def test_a_long_text_is_cut_to_what_is_taken(server: Receiver, run_jobs: RunJobs) -> None:
    server.answer = lambda _got: says("wecom")
    place, _shown = endpoint("wecom", server.url)
    posted(place, text="逾期" * 5000)
    run_jobs()
    content = json.loads(server.got[0].body)["markdown"]["content"]
    assert 4090 <= len(content.encode()) <= 4096
    assert content.endswith("…")
    assert fitted("短", 4096) == "短"


@pytest.mark.usefixtures("db")
def test_nothing_of_a_robots_address_is_kept_or_shown(server: Receiver, run_jobs: RunJobs) -> None:
    for kind, hidden in (("dingtalk", "t0ken-of-dingtalk"), ("wecom", "k3y-of-wecom"), ("feishu", "h00k-of-feishu")):
        echoed = "" if kind == "wecom" else SIGNED
        server.answer = lambda got, echoed=echoed: Says(400, f"{got.target} {echoed}".encode())  # type: ignore[misc]
        place, _shown = endpoint(kind, server.url)
        sent = posted(place, kind)
        run_jobs()
        assert hidden not in fate(sent).answer
        assert SIGNED not in fate(sent).answer
        with scope.everything():
            row = Endpoint.objects.get(pk=place.pk)
        assert row.shown == f"{server.url}/…"
        assert hidden.encode() not in bytes(row.address)


@pytest.mark.usefixtures("db")
def test_a_robot_that_is_switched_off_says_nothing(server: Receiver, run_jobs: RunJobs) -> None:
    place, _shown = endpoint("wecom", server.url)
    with scope.everything():
        Endpoint.objects.filter(pk=place.pk).update(active=False)
    sent = posted(place)
    run_jobs()
    assert (fate(sent).state, fate(sent).answer, server.got) == (State.FAILED, "[switched_off]", [])
    assert messages.send(sent.pk) is False
    with scope.everything():
        assert Delivery.objects.count() == 1

"""Signed webhooks against servers that verify them themselves."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.messages.endpoints import events, services
from backend.messages.endpoints.models import Endpoint
from backend.messages.endpoints.webhooks import sign
from backend.messages.models import Delivery
from tests.backend.messages.places import State, endpoint, fate, posted, verifies
from tests.factories import AdminFactory, BureauFactory, OrganisationFactory
from tests.support.receivers import Got, Receiver, Says, receiving

pytestmark = pytest.mark.usefixtures("db")
RunJobs = Callable[[], int]
EVENT = "submission.committed"


@pytest.fixture
def server(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as one:
        yield one


def test_the_published_vector() -> None:
    got = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert got == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_arrives_signed_and_leaves_its_proof(server: Receiver, run_jobs: RunJobs) -> None:
    server.answer = lambda _got: Says(202, "收到 520111198811039164".encode())
    ours = OrganisationFactory()
    place, secret = endpoint("webhook", server.url, organisation=ours, events=[EVENT])
    with scope.everything():
        told = events.publish(event=EVENT, occasion="7", organisation_id=ours.pk, data={"submission": 7})
        assert (told, events.publish(event=EVENT, occasion="7", organisation_id=ours.pk, data={})) == (1, 1)
    run_jobs()
    [got] = server.got
    assert verifies(got, secret)
    assert not verifies(Got(got.target, got.headers, got.body + b" "), secret)
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 30
    body = json.loads(got.body)
    assert (body["type"], body["data"], sorted(body)) == (EVENT, {"submission": 7}, ["data", "timestamp", "type"])
    with scope.everything():
        proof = Delivery.objects.get(recipient=str(place.pk))
    assert (proof.state, proof.attempts, proof.answer) == (State.SENT, 1, "202 收到 520************")
    assert proof.answered_at is not None
    assert proof.sent_at is not None


def test_only_those_who_asked_and_may_know_are_told(server: Receiver, run_jobs: RunJobs) -> None:
    ours, theirs = OrganisationFactory(), OrganisationFactory()
    endpoint("webhook", server.url, organisation=ours, events=[EVENT], name="ours")
    endpoint("webhook", server.url, organisation=ours, events=["obligation.settled"], name="ours of another event")
    endpoint("webhook", server.url, organisation=ours, events=[EVENT], active=False, name="ours switched off")
    endpoint("webhook", server.url, organisation=theirs, events=[EVENT], name="theirs")
    endpoint("webhook", server.url, organisation=BureauFactory(), events=[EVENT], name="bureau")
    with scope.everything():
        assert events.publish(event=EVENT, occasion="1", organisation_id=ours.pk, data={}) == 2
        with pytest.raises(LookupError):
            events.publish(event="no.such", occasion="1", organisation_id=ours.pk, data={})
    run_jobs()
    assert len(server.got) == 2


def test_a_message_in_words_is_an_event_too(server: Receiver, run_jobs: RunJobs) -> None:
    place, secret = endpoint("webhook", server.url)
    posted(place, subject="催报", text="逾期 3 天")
    run_jobs()
    [got] = server.got
    body = json.loads(got.body)
    assert verifies(got, secret)
    assert (body["type"], body["data"]["subject"], body["data"]["text"]) == ("message", "催报", "逾期 3 天")


def test_a_new_secret_signs_beside_the_old_one_for_a_while(server: Receiver, clock: Any, run_jobs: RunJobs) -> None:
    place, old = endpoint("webhook", server.url)
    with scope.everything():
        new = services.rotate_secret(actor=AdminFactory(), endpoint=place, hours=24)
    posted(place, "k1")
    run_jobs()
    assert [verifies(server.got[0], one) for one in (old, new)] == [True, True]
    clock.shift(hours=25)
    posted(place, "k2")
    run_jobs()
    assert [verifies(server.got[1], one) for one in (old, new)] == [False, True]
    with scope.everything():
        newest = services.rotate_secret(actor=AdminFactory(), endpoint=place, hours=0)
    posted(place, "k3")
    run_jobs()
    assert [verifies(server.got[2], one) for one in (old, new, newest)] == [False, False, True]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_what_is_not_taken_is_tried_again_under_the_same_id(
    status: int, server: Receiver, clock: Any, run_jobs: RunJobs
) -> None:
    server.answer = lambda _got: Says(status, b"not now")
    place, secret = endpoint("webhook", server.url)
    sent = posted(place)
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts, fate(sent).answer) == (State.QUEUED, 1, f"{status} not now")
    server.answer = lambda _got: Says(204)
    clock.shift(minutes=2)
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.SENT, 2)
    first, second = server.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert verifies(second, secret)


def test_what_was_cut_off_is_tried_again_for_its_receiver_knows_the_copy(
    server: Receiver, clock: Any, run_jobs: RunJobs
) -> None:
    server.answer = lambda _got: Says(cut=True)
    place, _secret = endpoint("webhook", server.url)
    sent = posted(place)
    run_jobs()
    assert (fate(sent).state, fate(sent).attempts) == (State.QUEUED, 1)
    clock.shift(minutes=2)
    run_jobs()
    assert [one.headers["webhook-id"] for one in server.got] == [server.got[0].headers["webhook-id"]] * 2


def test_a_redirect_ends_it(server: Receiver, run_jobs: RunJobs) -> None:
    with receiving() as elsewhere:
        server.answer = lambda _got: Says(307, headers={"Location": f"{elsewhere.url}/metadata"})
        place, _secret = endpoint("webhook", server.url)
        sent = posted(place)
        run_jobs()
        assert (fate(sent).state, fate(sent).answer.split()[0], elsewhere.got) == (State.FAILED, "[redirect]", [])


def test_a_place_that_is_gone_for_good_is_switched_off(server: Receiver, run_jobs: RunJobs) -> None:
    server.answer = lambda _got: Says(410, b"gone")
    place, _secret = endpoint("webhook", server.url)
    first = posted(place, "k1")
    run_jobs()
    second = posted(place, "k2")
    run_jobs()
    assert (fate(first).answer, fate(second).answer) == ("[gone] 410 gone", "[switched_off]")
    assert len(server.got) == 1
    with scope.everything():
        assert not Endpoint.objects.get(pk=place.pk).active
        assert AuditEntry.objects.filter(action="endpoint.gone", subject_id=str(place.pk)).count() == 1


def test_no_secret_is_kept_in_the_proof_nor_rests_in_the_clear(server: Receiver, run_jobs: RunJobs) -> None:
    place, secret = endpoint("webhook", server.url)
    server.answer = lambda got: Says(500, f"bad {secret} {secret.removeprefix('whsec_')} at {got.target}".encode())
    sent = posted(place)
    run_jobs()
    kept = fate(sent).answer
    assert secret.removeprefix("whsec_") not in kept
    assert kept.startswith("500 bad … …")
    with scope.everything():
        row = Endpoint.objects.filter(pk=place.pk).values().get()
        trail = str(list(AuditEntry.objects.filter(subject_type="endpoint").values_list("detail", flat=True)))
    assert secret not in str(row) + trail
    assert b"hook" not in bytes(row["address"])


def test_a_server_that_does_not_answer_is_asked_by_one_message_at_a_time(
    server: Receiver, clock: Any, run_jobs: RunJobs
) -> None:
    server.answer = lambda _got: Says(cut=True)
    place, _secret = endpoint("webhook", server.url)
    first, second = posted(place, "k1"), posted(place, "k2")
    run_jobs()
    assert len(server.got) == 1
    assert sorted(fate(one).attempts for one in (first, second)) == [0, 1]
    server.answer = lambda _got: Says(200)
    clock.shift(minutes=2)
    run_jobs()
    assert {fate(one).state for one in (first, second)} == {State.SENT}
    server.answer = lambda _got: Says(cut=True)
    clock.shift(minutes=3)
    old, older = posted(place, "k3"), posted(place, "k4")
    run_jobs()
    clock.shift(days=4)
    posted(place, "k5")
    for _round in range(3):
        run_jobs()
    assert "[given_up]" in {fate(old).answer, fate(older).answer}

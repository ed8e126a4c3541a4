"""Where a request came from, and one action a request."""

import uuid
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory
from django.urls import path

from backend.audit import context
from backend.audit.middleware import ActionMiddleware, client_address


def told(request: HttpRequest) -> HttpResponse:
    """Answers with the action under way."""
    action = context.current()
    return JsonResponse({"id": str(action.id), "address": action.address, "again": str(context.current().id)})


urlpatterns = [path("told/", told)]


@pytest.mark.urls(__name__)
def test_each_request_is_one_action(db: None, client: Client) -> None:
    first, second = (client.get("/told/").json() for _ in range(2))
    assert first["id"] == first["again"] != second["id"]
    assert first["address"] == "127.0.0.1"
    assert uuid.UUID(first["id"]).version == 4


def test_an_action_ends_with_its_request_also_when_it_fails(rf: RequestFactory) -> None:
    before = context.current()

    def fail(_: HttpRequest) -> HttpResponse:
        assert context.current() != before
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ActionMiddleware(fail)(rf.get("/"))
    assert context.current() == before


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        # Nobody in front: whatever the client claims is not believed.
        (0, "203.0.113.9", None, "203.0.113.9"),
        (0, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (0, "203.0.113.9", "10.0.0.1, 10.0.0.2", "203.0.113.9"),
        # One proxy of ours: it wrote the last entry; the ones before it are the client's own.
        (1, "10.1.1.1", "203.0.113.9", "203.0.113.9"),
        (1, "10.1.1.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (1, "10.1.1.1", "1.2.3.4,5.6.7.8 , 203.0.113.9", "203.0.113.9"),
        (1, "10.1.1.1", None, "10.1.1.1"),
        (1, "10.1.1.1", "", "10.1.1.1"),
        (1, "10.1.1.1", "not-an-address", "10.1.1.1"),
        # Two: the outermost wrote the last but one.
        (2, "10.1.1.1", "1.2.3.4, 203.0.113.9, 10.2.2.2", "203.0.113.9"),
        (2, "10.1.1.1", "203.0.113.9", "10.1.1.1"),
        # Forms in which addresses are written.
        (1, "10.1.1.1", "203.0.113.9:4711", "203.0.113.9"),
        (1, "10.1.1.1", "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "10.1.1.1", "2001:db8::1", "2001:db8::1"),
        (0, "", None, None),
    ],
)
def test_the_clients_address_is_the_one_our_own_proxies_saw(
    rf: RequestFactory, settings: Any, proxies: int, peer: str, forwarded: str | None, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR=peer)) == expected

"""What webhooks can be told of: events that other rooms offer by name, and publish when they happen."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.functional import Promise

from backend import clock
from backend.accounts.models import Organisation
from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Channel, Delivery
from backend.messages.services import post

TEST = "test"
_offered: dict[str, str | Promise] = {}


def offer(event: str, label: str | Promise) -> None:
    """Make an event known, such as ``submission.committed``, with what it says in words (a lazy translation)."""
    _offered[event] = label


def offered() -> list[tuple[str, str | Promise]]:
    """Every event that may be asked for, with its words."""
    return sorted(_offered.items())


def body_of(event: str, data: Mapping[str, Any]) -> str:
    """An event as it is sent."""
    told = {"type": event, "timestamp": clock.now(), "data": data}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)


def publish(*, event: str, occasion: str, organisation_id: int, data: Mapping[str, Any]) -> int:
    """Tells everybody who wants to know, in the caller's transaction: the organisation's webhooks, and the bureau's.

    The caller sees everything, as the outbox's handlers do.

    Args:
        occasion: tells this happening of the event from every other (``17``, ``17:reopened``); twice is once.
        data: no more than the organisation may see of itself.

    Returns:
        How many are told.
    """
    if event not in _offered:
        raise LookupError(f"Nobody offers the event “{event}”.")
    theirs = Q(organisation=organisation_id) | Q(organisation__kind=Organisation.Kind.BUREAU)
    wanting = Endpoint.objects.filter(theirs, kind=Endpoint.Kind.WEBHOOK, active=True, events__contains=[event])
    body = body_of(event, data)
    keys = {f"event:{event}:{occasion}:{one.pk}": one for one in wanting}
    told = set(Delivery.objects.filter(key__in=keys).values_list("key", flat=True))
    for key, one in keys.items():
        if key not in told:
            post_body(key=key, endpoint=one, event=event, body=body)
    return len(keys)


def post_body(*, key: str, endpoint: Endpoint, event: str, body: str) -> int:
    """Writes down one event for one webhook; the delivery's id."""
    return post(
        key=key,
        organisation_id=endpoint.organisation_id,
        channel=Channel.WEBHOOK,
        recipient=str(endpoint.pk),
        language="",
        subject=event,
        text=body,
        html="",
    ).pk

"""What webhooks can be told of: events that other rooms offer by name, and publish when they happen."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

from backend import clock
from backend.accounts.models import Organisation
from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Channel, Delivery
from backend.messages.services import Message, post_many

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


@dataclass(frozen=True, slots=True)
class Happening:
    """One happening of an event.

    ``occasion`` tells it from every other (``17``, ``17:reopened``). ``data`` is no more than the organisation may see
    of itself.
    """

    occasion: str
    organisation_id: int
    data: Mapping[str, Any]


def publish(*, event: str, occasion: str, organisation_id: int, data: Mapping[str, Any]) -> int:
    """Tells everybody who wants to know, in the caller's transaction: the organisation's webhooks, and the bureau's.

    The caller sees everything, as the outbox's handlers do. Twice is once; arguments as in :class:`Happening`.

    Returns:
        How many are told.
    """
    return publish_many(event=event, happenings=lambda: [Happening(occasion, organisation_id, data)])


def publish_many(*, event: str, happenings: Callable[[], Iterable[Happening]]) -> int:
    """The same of many happenings at once. Where nobody wants to know, they are not even asked for.

    Returns:
        How many messages say so.
    """
    if event not in _offered:
        raise LookupError(f"Nobody offers the event “{event}”.")
    wanting = Endpoint.objects.filter(kind=Endpoint.Kind.WEBHOOK, active=True, events__contains=[event])
    everybodys: list[Endpoint] = []
    own: dict[int, list[Endpoint]] = {}
    for one in wanting.select_related("organisation").order_by("pk"):
        bureaus = one.organisation.kind == Organisation.Kind.BUREAU
        (everybodys if bureaus else own.setdefault(one.organisation_id, [])).append(one)
    if not everybodys and not own:
        return 0
    found: dict[str, tuple[Endpoint, str]] = {}
    for happening in happenings():
        places = [*everybodys, *own.get(happening.organisation_id, ())]
        body = body_of(event, happening.data) if places else ""
        found |= {f"event:{event}:{happening.occasion}:{one.pk}": (one, body) for one in places}
    told = set(Delivery.objects.filter(key__in=found).values_list("key", flat=True))
    post_many(_message(key, one, event, body) for key, (one, body) in found.items() if key not in told)
    return len(found)


def post_body(*, key: str, endpoint: Endpoint, event: str, body: str) -> int:
    """Writes down one event for one webhook; the delivery's id."""
    [row] = post_many([_message(key, endpoint, event, body)])
    return row.pk


def _message(key: str, endpoint: Endpoint, event: str, body: str) -> Message:
    return Message(
        key=key,
        organisation_id=endpoint.organisation_id,
        channel=Channel.WEBHOOK,
        recipient=str(endpoint.pk),
        language="",
        subject=event,
        text=body,
        html="",
    )

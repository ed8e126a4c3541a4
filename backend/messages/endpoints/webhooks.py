"""Signed webhooks, after Standard Webhooks (https://www.standardwebhooks.com).

``webhook-id`` stays the same however often a message is tried, so that a receiver passes over a copy; ``timestamp`` is
of the attempt. The signature is HMAC-SHA256 of ``id.timestamp.body``, once for every secret that holds.
"""

import base64
import hmac
import json
from collections.abc import Iterable

from backend import clock
from backend.messages.answers import clean, coded
from backend.messages.channels import Answer, carries
from backend.messages.endpoints import secrets
from backend.messages.endpoints.reaching import not_reached, open_endpoint, rest_asked_for, switch_off
from backend.messages.models import Channel, Delivery, Fate
from backend.messages.outbound.posting import Blocked, NotHandedOver, Unanswered, post

GONE = 410


@carries(Channel.WEBHOOK)
def transmit(delivery: Delivery) -> Answer:
    """Posts one event; only a 2xx is a success, and whatever else is answered is tried again, but for a 410 or a 3xx.

    What was handed over unanswered is tried again too: the receiver knows it by its id.
    """
    found = open_endpoint(delivery)
    if isinstance(found, Answer):
        return found
    endpoint, opened = found
    body = body_of(delivery).encode()
    try:
        reply = post(opened.address, body, headers(delivery, body, opened.secrets, int(clock.now().timestamp())))
    except Blocked as blocked:
        return coded(Fate.REFUSED, blocked.code, blocked.detail)
    except (NotHandedOver, Unanswered) as failed:
        return not_reached(endpoint, failed, opened)
    said = clean(f"{reply.status} {reply.text}".strip(), opened.hidden)
    if 200 <= reply.status < 300:
        return Answer(Fate.SENT, said)
    if reply.status == GONE:
        switch_off(endpoint)
        return coded(Fate.REFUSED, "gone", said)
    if 300 <= reply.status < 400:
        return coded(Fate.REFUSED, "redirect", said)
    return Answer(Fate.LATER, said, rest=rest_asked_for(endpoint, reply))


def body_of(delivery: Delivery) -> str:
    """An event as it was written; a message in words becomes the event ``message``."""
    if not delivery.html:
        return delivery.text
    data = {"subject": delivery.subject, "text": delivery.text, "language": delivery.language}
    told = {"type": "message", "timestamp": delivery.created_at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False)


def headers(delivery: Delivery, body: bytes, keys: Iterable[str], moment: int) -> dict[str, str]:
    """What goes above an event."""
    name = webhook_id(delivery)
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(sign(secret, name, moment, body) for secret in keys),
    }


def webhook_id(delivery: Delivery) -> str:
    """What names a message for good: the same letters as its Message-ID."""
    return "msg_" + delivery.message_id.strip("<>").partition("@")[0]


def sign(secret: str, name: str, moment: int, body: bytes) -> str:
    """One signature: its version, and the code in base64."""
    signed = f"{name}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secrets.key_of(secret), signed, "sha256")).decode()

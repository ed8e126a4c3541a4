"""Endpoints that lead to a test's own servers, messages to them, and how a receiver verifies what came."""

import base64
import hashlib
import hmac
from typing import Any

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.messages import services as messages
from backend.messages.endpoints import services
from backend.messages.endpoints.models import Endpoint
from backend.messages.models import Channel, Delivery
from tests.factories import AdminFactory, BureauFactory
from tests.support.receivers import Got

SIGNED = "this is secret"
TOKENS = {"dingtalk": "/robot/send?access_token=t0ken-of-dingtalk", "wecom": "/cgi-bin/webhook/send?key=k3y-of-wecom"}
FEISHU = "/open-apis/bot/v2/hook/h00k-of-feishu"
State = Delivery.State


def endpoint(
    kind: str,
    url: str,
    *,
    organisation: Organisation | None = None,
    actor: User | None = None,
    secret: str = SIGNED,
    **more: Any,
) -> tuple[Endpoint, str]:
    """An endpoint at a server of the test's own, and a webhook's secret."""
    owner = organisation or BureauFactory()
    path = TOKENS.get(kind, FEISHU if kind == "feishu" else "/hook")
    with scope.everything():
        return services.create_endpoint(
            actor=actor or AdminFactory(),
            kind=kind,
            name=more.pop("name", f"{kind} of {owner.code}"),
            address=url + path,
            secret="" if kind in ("webhook", "wecom") else secret,
            organisation=owner,
            **more,
        )


def posted(
    place: Endpoint | User, key: str = "k1", *, subject: str = "季度填报", text: str = "请于 7 月 15 日前填报。"
) -> Delivery:
    """A message to an endpoint, or into a user's inbox."""
    channel = Channel.INBOX if isinstance(place, User) else place.kind
    with scope.everything():
        return messages.post(
            key=key,
            organisation_id=place.organisation_id,
            channel=channel,
            recipient=str(place.pk),
            language="zh-hans",
            subject=subject,
            text=text,
            html=f"<p>{text}</p>",
        )


def fate(delivery: Delivery) -> Delivery:
    """A delivery as it stands now."""
    with scope.everything():
        return Delivery.objects.get(pk=delivery.pk)


def verifies(got: Got, secret: str) -> bool:
    """Whether one of a webhook's signatures is by ``secret``, worked out as its receiver would."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.partition(",") for one in got.headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(code, wanted) for version, _comma, code in given)

"""Messages to the robots of groups: DingTalk, WeCom, Feishu."""

import json

from backend import clock
from backend.messages.answers import clean, coded
from backend.messages.channels import Answer, carries
from backend.messages.endpoints.reaching import not_reached, open_endpoint, rest_asked_for
from backend.messages.models import Channel, Delivery, Fate
from backend.messages.outbound.posting import Blocked, NotHandedOver, Reply, Unanswered, post
from backend.messages.robots.pace import take_place
from backend.messages.robots.signing import ROBOTS, Robot, fitted

TITLE_BYTES = 200


@carries(Channel.DINGTALK)
@carries(Channel.WECOM)
@carries(Channel.FEISHU)
def transmit(delivery: Delivery) -> Answer:
    """Has a robot say one message; taken only where its answer's own code is 0, whatever the status."""
    found = open_endpoint(delivery)
    if isinstance(found, Answer):
        return found
    endpoint, opened = found
    robot = ROBOTS[delivery.channel]
    wait = take_place(endpoint.pk, robot.most)
    if wait:
        return coded(Fate.LATER, "too_many", after=wait)
    secret = next(iter(opened.secrets), "")
    moment = int(clock.now().timestamp() * 1000)
    request = robot.form(
        opened.address, secret, moment, fitted(delivery.subject, TITLE_BYTES), fitted(said(delivery), robot.bytes)
    )
    try:
        reply = post(request.url, request.body, {"Content-Type": "application/json; charset=utf-8"})
    except Blocked as blocked:
        return coded(Fate.REFUSED, blocked.code, blocked.detail)
    except NotHandedOver as failed:
        return not_reached(endpoint, failed, opened)
    except Unanswered as failed:
        # A group would read a copy, and nothing tells it that it is one.
        return not_reached(endpoint, failed, opened, Fate.UNKNOWN)
    fate = _judge(robot, reply)
    told = clean(f"{reply.status} {reply.text}".strip(), opened.hidden)
    if 300 <= reply.status < 400:
        return coded(fate, "redirect", told)
    return Answer(fate, told, rest=rest_asked_for(endpoint, reply))


def said(delivery: Delivery) -> str:
    """What the group reads: the subject, and the text below it."""
    return f"{delivery.subject}\n\n{delivery.text}".strip()


def _judge(robot: Robot, reply: Reply) -> Fate:
    if reply.status == 429 or reply.status >= 500:
        return Fate.LATER
    if not 200 <= reply.status < 300:
        return Fate.REFUSED
    try:
        body = json.loads(reply.body)
        code = int(body[robot.code])
    except (ValueError, TypeError, KeyError):
        # It said yes, but not what to: cut off, or the page of something in between.
        return Fate.UNKNOWN
    if code == 0:
        return Fate.SENT
    return Fate.LATER if code in robot.busy else Fate.REFUSED

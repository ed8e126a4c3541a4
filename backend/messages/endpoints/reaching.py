"""What every way to an endpoint begins with, and what is noted where its server does not answer."""

import datetime as dt

from django.db import models

from backend import clock
from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.messages.answers import clean, coded
from backend.messages.channels import Answer
from backend.messages.endpoints.models import Endpoint
from backend.messages.endpoints.secrets import Opened, opened
from backend.messages.models import Delivery, Fate
from backend.messages.outbound.posting import Reply
from backend.vault.errors import Unsealable

QUIET = dt.timedelta(minutes=1)
"""How long nothing is tried at a server that did not answer: what waits for it keeps no sender from other work."""

GIVEN_UP = dt.timedelta(days=3)

LONGEST_REST = dt.timedelta(hours=8)
"""A server that asks to be left alone for longer is tried again after this, as it is without asking for anything."""

BUSY = (429, 503)
"""The statuses with which a server may say when it has time again."""


def open_endpoint(delivery: Delivery) -> tuple[Endpoint, Opened] | Answer:
    """The endpoint of a delivery with what sending needs, or the answer where nothing is to be sent now."""
    with scope.everything():
        number = int(delivery.recipient) if delivery.recipient.isdecimal() else 0
        endpoint = Endpoint.objects.filter(pk=number, kind=delivery.channel, active=True).first()
        if endpoint is None:
            return coded(Fate.REFUSED, "switched_off")
        now = clock.now()
        delivery.created_at = Delivery.objects.values_list("created_at", flat=True).get(pk=delivery.pk)
        if endpoint.quiet_until is not None and endpoint.quiet_until > now:
            if delivery.created_at < now - GIVEN_UP:
                return coded(Fate.REFUSED, "given_up")
            return coded(Fate.LATER, "waits", after=(endpoint.quiet_until - now).total_seconds())
        try:
            return endpoint, opened(endpoint)
        except Unsealable as error:
            return Answer(Fate.LATER, f"{type(error).__name__}: {error}"[:500])


def not_reached(endpoint: Endpoint, failed: Exception, hidden: Opened, fate: Fate = Fate.LATER) -> Answer:
    """What is answered where a server did not: the others that wait for it are not tried in vain for a while."""
    with scope.everything():
        Endpoint.objects.filter(pk=endpoint.pk).update(quiet_until=clock.now() + QUIET)
    return Answer(fate, clean(str(failed), hidden.hidden))


def rest_asked_for(endpoint: Endpoint, reply: Reply) -> float:
    """For how many seconds a server that is busy is to be left alone; until then nothing else is tried there either."""
    if reply.status not in BUSY or not reply.rest:
        return 0.0
    rest = min(dt.timedelta(seconds=reply.rest), LONGEST_REST)
    with scope.everything():
        until = clock.now() + rest
        quieter = models.Q(quiet_until=None) | models.Q(quiet_until__lt=until)
        Endpoint.objects.filter(quieter, pk=endpoint.pk).update(quiet_until=until)
    return rest.total_seconds()


def switch_off(endpoint: Endpoint) -> None:
    """Sends nothing there any more, because its server said so."""
    with scope.everything():
        if Endpoint.objects.filter(pk=endpoint.pk, active=True).update(active=False):
            enter_audit(action="endpoint.gone", subject=endpoint, detail={"endpoint": endpoint.name})

"""What every way to an endpoint begins with: finding it, and opening what is sealed of it."""

from backend.accounts import scope
from backend.audit.services import enter_audit
from backend.messages.answers import coded
from backend.messages.channels import Answer
from backend.messages.endpoints.models import Endpoint
from backend.messages.endpoints.secrets import Opened, opened
from backend.messages.models import Delivery, Fate
from backend.vault.errors import Unsealable


def open_endpoint(delivery: Delivery) -> tuple[Endpoint, Opened] | Answer:
    """The endpoint of a delivery with what sending needs, or the answer where there is none to send to."""
    with scope.everything():
        number = int(delivery.recipient) if delivery.recipient.isdecimal() else 0
        endpoint = Endpoint.objects.filter(pk=number, kind=delivery.channel, active=True).first()
        if endpoint is None:
            return coded(Fate.REFUSED, "switched_off")
        try:
            return endpoint, opened(endpoint)
        except Unsealable as error:
            return Answer(Fate.LATER, f"{type(error).__name__}: {error}"[:500])


def switch_off(endpoint: Endpoint) -> None:
    """Sends nothing there any more, because its server said so."""
    with scope.everything():
        if Endpoint.objects.filter(pk=endpoint.pk, active=True).update(active=False):
            enter_audit(action="endpoint.gone", subject=endpoint, detail={"name": endpoint.name})

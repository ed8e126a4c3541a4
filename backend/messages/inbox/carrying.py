"""Messages into the inbox of somebody who signs in: the one channel that reaches nowhere, and so loses nothing."""

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.answers import coded
from backend.messages.channels import Answer, carries
from backend.messages.inbox.models import InboxMessage
from backend.messages.models import Channel, Delivery, Fate


@carries(Channel.INBOX)
def transmit(delivery: Delivery) -> Answer:
    """Lays a message into a user's inbox, once however often it is asked; nobody gets what is another partner's."""
    with scope.everything():
        number = int(delivery.recipient) if delivery.recipient.isdecimal() else 0
        user = User.objects.filter(pk=number, is_active=True).first()
        if user is None or (not user.sees_everything and user.organisation_id != delivery.organisation_id):
            return coded(Fate.REFUSED, "not_theirs")
        InboxMessage.objects.get_or_create(delivery_id=delivery.pk, defaults={"user": user})
        return coded(Fate.SENT, "kept")

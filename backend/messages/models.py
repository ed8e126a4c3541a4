"""What goes out, and to whom nothing goes any more."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class Channel(models.TextChoices):
    """How a message goes out, and with that what its ``recipient`` is: an address, a user's id, an endpoint's id."""

    EMAIL = "email", _("E-mail")
    INBOX = "inbox", _("Inbox")
    DINGTALK = "dingtalk", _("DingTalk robot")
    WECOM = "wecom", _("WeCom robot")
    FEISHU = "feishu", _("Feishu robot")
    WEBHOOK = "webhook", _("Webhook")


class Fate(models.TextChoices):
    """What came of one attempt.

    ``later`` may be tried again, ``refused`` is for good, ``unknown`` was handed over unanswered, ``suppressed`` was
    not tried because the address had been refused before.
    """

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class Delivery(models.Model):
    """One message to one address: the effect that is to be carried out, and what came of it.

    ``queued → sending → sent / failed``; back to ``queued`` while the server says later; ``unknown`` where the
    connection was lost after the message was handed over, which is tried once more (``again``) under the same
    ``message_id``, so that a receiver can tell the copy; ``withdrawn`` before it was sent. ``next_try_at`` is when it
    may be tried; while it is being sent, when its sender is taken for dead. ``called_off``: it was withdrawn while it
    was being sent, so that it is not tried again. ``fate`` is what came of the latest
    attempt, ``answer`` what the server said to it, in its own words, at ``answered_at``.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        UNKNOWN = "unknown", _("Sent, perhaps not received")
        FAILED = "failed", _("Failed")
        WITHDRAWN = "withdrawn", _("Called off")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    key = models.CharField(max_length=100, unique=True)
    message_id = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=20, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    attempts = models.IntegerField(default=0)
    again = models.BooleanField(default=False)
    called_off = models.BooleanField(default=False)
    fate = models.CharField(max_length=20, choices=Fate, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=SqlNow())
    next_try_at = models.DateTimeField(null=True, db_default=SqlNow())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        indexes = [
            models.Index(
                fields=["next_try_at"], name="delivery_waiting", condition=models.Q(next_try_at__isnull=False)
            ),
            models.Index(fields=["organisation", "-id"], name="delivery_organisation"),
            models.Index(
                fields=["recipient", "-id"],
                name="delivery_endpoint",
                condition=~models.Q(channel__in=[Channel.EMAIL, Channel.INBOX]),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class SuppressedAddress(models.Model):
    """An address that a mail server refused for good; nothing is sent there until an administrator removes it."""

    address = models.CharField(max_length=254, unique=True)
    answer = models.CharField(max_length=500)
    since = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "suppressed_address"

    def __str__(self) -> str:
        return self.address

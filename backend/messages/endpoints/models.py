"""Places outside that messages go to: a group's robot, or a server that wants to be told of events."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow
from backend.messages.models import Channel


class Endpoint(models.Model):
    """One place, of the bureau or of a partner. A delivery's ``recipient`` is its id.

    ``address`` and the secrets are sealed, because a robot's address is all that is needed to speak as it; ``shown`` is
    what may be seen of the address. After a rotation ``previous_secret`` signs as well until ``previous_until``.
    ``recent`` are the moments of the latest messages, by which its limit is kept; until ``quiet_until`` nothing is
    tried, because its server did not answer, or asked for it. It is never deleted, only switched off: deliveries name
    it.
    """

    class Kind(models.TextChoices):
        WEBHOOK = Channel.WEBHOOK.value, _("Webhook")
        DINGTALK = Channel.DINGTALK.value, _("DingTalk robot")
        WECOM = Channel.WECOM.value, _("WeCom robot")
        FEISHU = Channel.FEISHU.value, _("Feishu robot")

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=100)
    address = models.BinaryField()
    shown = models.CharField(max_length=500)
    secret = models.BinaryField(null=True)
    previous_secret = models.BinaryField(null=True)
    previous_until = models.DateTimeField(null=True)
    events = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    active = models.BooleanField(default=True)
    recent = ArrayField(models.DateTimeField(), default=list, editable=False)
    quiet_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "endpoint"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="endpoint_name_once")]

    def __str__(self) -> str:
        return self.name

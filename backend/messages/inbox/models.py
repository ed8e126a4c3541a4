"""What lies in somebody's inbox."""

from django.db import models
from django.db.models import Q

from backend.clock import SqlNow


class InboxMessage(models.Model):
    """One message to one user; subject and text are its delivery's. Unread while ``read_at`` is empty."""

    user = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    delivery = models.OneToOneField("backend.Delivery", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=SqlNow())
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inbox_message"
        indexes = [
            models.Index(fields=["user", "-id"], name="inbox_user"),
            models.Index(fields=["user"], name="inbox_unread", condition=Q(read_at__isnull=True)),
        ]

"""What every file that shows something has in common, whatever it shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.clock import SqlNow


class FiledFile(models.Model):
    """A file that somebody filed: ``received`` until it has been looked at, then ``kept`` or ``refused``.

    ``fault`` says why it was refused. ``media`` is what its content is, whatever it was called; what its sender called
    it is not kept at all.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Being looked at")
        KEPT = "kept", _("Kept")
        REFUSED = "refused", _("Refused")

    class Media(models.TextChoices):
        PDF = "pdf"
        JPEG = "jpeg"
        PNG = "png"

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    media = models.CharField(max_length=4, choices=Media)
    file = models.ForeignKey("backend.SealedFile", models.PROTECT, null=True, related_name="+")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.IntegerField(null=True)
    fault = models.CharField(max_length=30, blank=True)
    on_behalf = models.BooleanField(default=False)
    filed_by_id = models.BigIntegerField()
    filed_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        abstract = True

"""Lists of people that somebody handed in to hear which of them count, and why the others do not."""

from django.db import models

from backend.clock import SqlNow


class CheckList(models.Model):
    """One list. Both what was handed in and what came of it rest sealed.

    ``for_bureau``: asked by staff, who hear of everybody; a partner hears of what it reported itself. ``error`` is the
    code of the rule by which the list could not be read (F01 to F07), empty where it could.
    """

    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    for_bureau = models.BooleanField(default=False)
    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200, blank=True)
    original = models.ForeignKey("backend.SealedFile", models.PROTECT, related_name="+")
    result = models.ForeignKey("backend.SealedFile", models.SET_NULL, null=True, related_name="+")
    job = models.ForeignKey("backend.Job", models.SET_NULL, null=True, related_name="+")
    rows = models.IntegerField(default=0)
    counted = models.IntegerField(default=0)
    not_counted = models.IntegerField(default=0)
    error = models.CharField(max_length=3, blank=True)
    params = models.JSONField(default=dict)
    asked_by = models.ForeignKey("backend.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=SqlNow())
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "check_list"
        indexes = [models.Index(fields=["organisation", "id"], name="check_list_organisation")]

    def __str__(self) -> str:
        return str(self.pk)

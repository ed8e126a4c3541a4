"""What somebody keeps of a list under a name."""

from django.db import models

from backend.clock import SqlNow


class SavedView(models.Model):
    """Filters and columns of a list under a name.

    ``list`` is the list's page by its name among the addresses (``records``), ``query`` what stands behind the question
    mark. ``shared``: colleagues of the same role and organisation may use it. ``is_default``: it is what its owner sees
    who opens the list without a filter.
    """

    owner = models.ForeignKey("backend.User", models.CASCADE, related_name="+")
    organisation = models.ForeignKey("backend.Organisation", models.PROTECT, related_name="+")
    list = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "list_view"
        constraints = [
            models.UniqueConstraint(fields=["owner", "list", "name"], name="list_view_once_per_name"),
            models.UniqueConstraint(
                fields=["owner", "list"], condition=models.Q(is_default=True), name="list_view_one_default"
            ),
        ]
        indexes = [
            models.Index(fields=["list", "organisation"], name="list_view_shared", condition=models.Q(shared=True))
        ]

    def __str__(self) -> str:
        return self.name

"""What became of organisations: their names, what they were part of, and their end, each from a day on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Organisation
from backend.clock import SqlNow


class OrganisationChange(models.Model):
    """That something is so of an organisation from a day on; null: for as long as the books know of it.

    A row is never changed but for its withdrawal, so the rows are the history. Of what stands, the latest that has come
    is in force. Of kind ``name`` it is an edition of the names; of ``parent`` what it is part of, ``other`` (null: of
    nothing); ``closed`` and ``merged`` end it: ``from_on`` is the first day on which it is no more, ``other`` whom it
    was merged into.
    """

    class Kind(models.TextChoices):
        NAME = "name", _("Named")
        PARENT = "parent", _("Part of")
        CLOSED = "closed", _("Closed")
        MERGED = "merged", _("Merged")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    from_on = models.DateField(null=True)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    other = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    entered_at = models.DateTimeField(db_default=SqlNow())
    entered_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("backend.User", models.PROTECT, null=True, related_name="+", db_constraint=False)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        db_table = "organisation_change"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "from_on"],
                condition=Q(withdrawn_at=None, kind__in=["name", "parent"]),
                nulls_distinct=False,
                name="organisation_change_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(withdrawn_at=None, kind__in=["closed", "merged"]),
                name="organisation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="name", other=None) & ~Q(name_zh="")
                | Q(kind="parent")
                | Q(kind="closed", other=None, from_on__isnull=False)
                | Q(kind="merged", other__isnull=False, from_on__isnull=False),
                name="organisation_change_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ends(self) -> bool:
        """Whether this is the organisation's end."""
        return self.kind in (self.Kind.CLOSED, self.Kind.MERGED)

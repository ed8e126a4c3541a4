"""The roster: everybody as they are now, once for the bureau and once for each organisation that reported them.

An entry holds what its reader may know and be found by, and nothing else: the bureau's is made of all records, an
organisation's of its own alone. Settling and commits mark who has changed; the entries are made anew behind them.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from programs.roster.finding import RosterQuerySet

BUREAU = 0
"""The reader of the bureau's own entries, which are of no organisation."""


class RosterEntry(models.Model):
    """One person as one reader may know them.

    ``organisation_id`` is the reader, ``BUREAU`` for the bureau's staff. ``name`` as the reader knows it, ``documents``
    ``[{id_type, number}]`` masked. The counts are arrays beside each other: towards which target, since which day
    (null where another organisation's report made them count), on which basis, credited to which organisation.
    ``terms`` are what the entry is found by (``programs.roster.terms``).
    """

    organisation_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    name = models.TextField()
    name_key = models.TextField()
    gender = models.CharField(max_length=1, blank=True)
    birth_date = models.DateField(null=True)
    documents = models.JSONField(default=list)
    organisations: Any = ArrayField(models.TextField(), default=list)
    states: Any = ArrayField(models.TextField(), default=list)
    tier = models.CharField(max_length=10)
    targets: Any = ArrayField(models.TextField(), default=list)
    since: Any = ArrayField(models.DateField(null=True), default=list)
    bases: Any = ArrayField(models.TextField(), default=list)
    credited: Any = ArrayField(models.TextField(), default=list)
    reason = models.CharField(max_length=20, blank=True)
    terms = SearchVectorField()

    objects = RosterQuerySet.as_manager()

    class Meta:
        db_table = "roster"
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "person_id"], name="roster_once_per_reader"),
        ]
        # Entries change behind everybody's back and are read at once: what waits in a pending list would be read by
        # every search, so nothing waits there.
        indexes = [GinIndex(fields=["terms"], name="roster_terms", fastupdate=False)]

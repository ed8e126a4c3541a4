"""Departures as they are known, and the entries and sums by which they stand beside the ledger."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.clock import SqlNow
from programs.targets.models import Cell, Head, Posted

LOOK_AFTER = "retention.lay_out"
"""The task that works marks off, rung for by name by the settler: whoever asks how long people stay lies further up."""


class Departure(models.Model):
    """That a person has left where a record of theirs brought them, as far as is known now.

    ``asked_id`` is the question by which it was told; what was said and corrected stands there, here only what holds:
    a departure that proves untrue is taken away. ``left_on`` is the first day on which the person was not there any
    more, ``returned_on`` the first on which they were again. ``person_id`` is the record's own person.
    """

    asked_id = models.BigIntegerField(unique=True)
    record = models.ForeignKey("programs.Record", models.PROTECT, related_name="+", db_constraint=False)
    person_id = models.BigIntegerField()
    organisation = models.ForeignKey(
        "backend.Organisation", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    left_on = models.DateField()
    returned_on = models.DateField(null=True)
    told_at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "departure"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(returned_on=None) | models.Q(returned_on__gt=models.F("left_on")),
                name="departure_before_the_return",
            )
        ]
        indexes = [models.Index(fields=["person_id"], name="departure_person")]


class DepartureEntry(Head):
    """What a departure takes off a target's heads from a day on (−1), what a return adds again (+1), or what takes
    back either; with the moment at which it was posted. Append-only.

    ``effective_on`` is the day of leaving or of coming back, at the earliest the one from which the person counts; the
    dimensions are those by which the person counts. A head's entries are numbered from 1. Where one day's entry must
    become the opposite, ``delta`` is two at once.
    """

    delta = models.SmallIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "departure_entry"
        constraints = [
            models.UniqueConstraint(fields=["person", "target", "number"], name="departure_entry_once_per_number"),
            models.CheckConstraint(
                condition=models.Q(number__gt=0, delta__range=(-2, 2)) & ~models.Q(delta=0),
                name="departure_entry_turns",
            ),
        ]
        indexes = [
            models.Index(
                fields=["target", "recorded_at", "effective_on"], include=["delta"], name="departure_entry_clocks"
            ),
        ]


class DepartureCell(Cell):
    """The entries of departures summed up."""

    class Meta:
        db_table = "departure_cell"
        constraints = [
            models.UniqueConstraint(
                fields=["target", "grain", "dimension", "key", "starts_on"], name="departure_cell_once_per_place"
            )
        ]


class DeparturePosting(Posted):
    """One posting of departures."""

    class Meta:
        db_table = "departure_posting"


class StayMark(models.Model):
    """A mark that it must be looked at anew how long these persons are to be asked after. One row for many persons."""

    persons: Any = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(db_default=SqlNow())

    class Meta:
        db_table = "stay_mark"

"""What is answered of snapshots."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy
from rest_framework import serializers

from backend.api import base
from programs.snapshots.services import LONGEST_NOTE, LONGEST_TITLE
from programs.snapshots.verifying import Fault
from programs.targets import selectors
from programs.targets.answers import MovementAnswer
from programs.targets.parameters import MomentField, MomentParameters


class PreviewParameters(MomentParameters):
    """Which plan's figures would be frozen, and at which moment."""

    plan = serializers.CharField()


class PublishBody(serializers.Serializer):
    """What is published: a plan's figures, as of a day, as known at a moment."""

    plan = base.CodeField(selectors.plans)
    title = serializers.CharField(max_length=LONGEST_TITLE)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_NOTE)
    as_of = serializers.DateField(required=False, help_text="What had happened by this day. Default: today.")
    known_at = MomentField(required=False, help_text="As the books stood then; a day means its end. Default: now.")


class RestatementParameters(serializers.Serializer):
    """Up to which moment it is told what has changed."""

    known_at = MomentField(required=False, help_text="As the books stood then; a day means its end. Default: now.")


class SnapshotAnswer(serializers.Serializer):
    """A snapshot without its figures."""

    id = serializers.IntegerField(source="pk")
    number = serializers.IntegerField(help_text="Its place in the chain, from 1.")
    plan = serializers.CharField(source="plan.code")
    title = serializers.CharField()
    note = serializers.CharField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    pending = serializers.IntegerField(help_text="Persons who were still to be settled when it was published.")
    rule = serializers.CharField(help_text="Digest of the rule of who counts, as it was in force.")
    digest = serializers.CharField(help_text="SHA-256 of the canonical form.")
    previous = serializers.CharField(source="previous.digest", default=None, allow_null=True)
    published_by = serializers.CharField(source="publisher")
    published_at = serializers.DateTimeField()


class SnapshotDetail(SnapshotAnswer):
    """A snapshot with all that it holds."""

    content = serializers.DictField(help_text="plan, and targets: figure, breakdown by every dimension, course.")


class DraftAnswer(serializers.Serializer):
    """What publishing would freeze."""

    plan = serializers.CharField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    pending = serializers.IntegerField(help_text="Persons who are still to be settled.")
    rule = serializers.CharField()
    content = serializers.DictField()


class FigureRow(serializers.Serializer):
    """One number of a snapshot; ``part`` is ``whole``, a dimension, or ``month``."""

    target = serializers.CharField()
    part = serializers.CharField()
    key = serializers.CharField(allow_blank=True)
    achieved = serializers.IntegerField()
    goal = serializers.IntegerField(allow_null=True)
    remaining = serializers.IntegerField(allow_null=True)
    completion_rate = serializers.FloatField(allow_null=True)
    elapsed_rate = serializers.FloatField(allow_null=True)
    pace = serializers.FloatField(allow_null=True)
    required_pace = serializers.FloatField(allow_null=True)
    cumulative = serializers.IntegerField(allow_null=True)
    plan = serializers.FloatField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        # "label" is a word of the base class's own, so it cannot be declared as an attribute.
        fields = super().get_fields()
        first = {name: fields.pop(name) for name in ("target", "part", "key")}
        return {**first, "label": serializers.CharField(), **fields}


class PublishedOrNowAnswer(serializers.Serializer):
    """A target's figure on one side of the comparison."""

    goal = serializers.IntegerField()
    achieved = serializers.IntegerField()
    remaining = serializers.IntegerField()
    completion_rate = serializers.FloatField()


class PartMovedAnswer(serializers.Serializer):
    """A part of a breakdown that is otherwise than it was published."""

    key = serializers.CharField()
    then = serializers.IntegerField()
    now = serializers.IntegerField()
    delta = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        return {"key": fields.pop("key"), "label": serializers.CharField(), **fields}


class RestatedAnswer(serializers.Serializer):
    """A target as published and as now known; ``now`` is null where the plan has no such target any more."""

    target = serializers.CharField()
    then = PublishedOrNowAnswer()
    now = PublishedOrNowAnswer(allow_null=True)
    delta = serializers.IntegerField()
    goal_changed = serializers.BooleanField()
    reproduced = serializers.BooleanField(help_text="The ledger still gives the published figure for that moment.")
    entries = MovementAnswer(many=True)
    parts = serializers.DictField(child=PartMovedAnswer(many=True), help_text="By dimension, what moved.")
    text = serializers.CharField()


class RuleThenAndNowAnswer(serializers.Serializer):
    """The rule of who counts, by its digest."""

    then = serializers.CharField()
    now = serializers.CharField()
    changed = serializers.BooleanField()


class RestatementAnswer(serializers.Serializer):
    """What has changed since a snapshot was published."""

    id = serializers.IntegerField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    published_known_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField()
    changed = serializers.BooleanField()
    rule = RuleThenAndNowAnswer()
    targets = RestatedAnswer(many=True)
    text = serializers.CharField(help_text="All of it in sentences.")


FAULTS: dict[Fault, Any] = {
    Fault.CHANGED: lazy("Snapshot %(number)d is not what was published: its digest is of another content."),
    Fault.UNLINKED: lazy("Snapshot %(number)d does not follow the one before it."),
    Fault.MISSING: lazy("Snapshot %(number)d was published and is gone."),
    Fault.REWRITTEN: lazy("Snapshot %(number)d bears another digest than the audit trail noted when it was published."),
}


class BrokenAnswer(serializers.Serializer):
    """The first snapshot that is not in order."""

    number = serializers.IntegerField()
    id = serializers.IntegerField(allow_null=True)
    fault = serializers.ChoiceField([fault.value for fault in Fault])
    text = serializers.CharField()


class VerdictAnswer(serializers.Serializer):
    """Whether every snapshot is what was published."""

    intact = serializers.BooleanField()
    checked = serializers.IntegerField(help_text="How many are in order, from the first.")
    head = serializers.CharField(help_text="The digest of the last one in order; it answers for all before it.")
    broken = BrokenAnswer(allow_null=True)

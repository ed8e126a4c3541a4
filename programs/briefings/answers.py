"""What is answered of briefings and their schedules, and what is asked for."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api import base
from backend.jobs.models import Job
from programs.briefings import selectors
from programs.briefings.kinds import Kind
from programs.briefings.models import Briefing, BriefingFile, BriefingSchedule, Form, Language
from programs.briefings.scheduling import MOST_WORKING_DAYS
from programs.snapshots import selectors as snapshots
from programs.snapshots.models import Snapshot
from programs.targets import selectors as targets


@extend_schema_field(OpenApiTypes.INT)
class KnownSnapshot(serializers.PrimaryKeyRelatedField):
    """A snapshot by its id, as far as the caller sees it."""

    def get_queryset(self) -> QuerySet[Snapshot]:
        return snapshots.snapshots(self.context["view"].actor)


class OrderBody(serializers.Serializer):
    """Of which snapshot a briefing is made, for how long a time, in which languages."""

    snapshot = KnownSnapshot()
    kind = serializers.ChoiceField(Kind.choices)
    languages = serializers.ListField(child=serializers.ChoiceField(Language.choices), min_length=1)


class FileAnswer(serializers.Serializer):
    """One of a briefing's files."""

    language = serializers.ChoiceField(Language.choices)
    form = serializers.ChoiceField(Form.choices)
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    made_at = serializers.DateTimeField()
    address = serializers.SerializerMethodField(help_text="Below /api/v1/.")

    def get_address(self, one: BriefingFile) -> str:
        return f"briefings/{one.briefing_id}/{one.language}.{one.form}"


class BriefingAnswer(serializers.Serializer):
    """A briefing; its files are there once ``state`` is done."""

    id = serializers.IntegerField()
    plan = serializers.CharField(source="snapshot.plan.code")
    snapshot = serializers.IntegerField(source="snapshot_id")
    snapshot_number = serializers.IntegerField(source="snapshot.number")
    kind = serializers.ChoiceField(Kind.choices)
    period = serializers.CharField(help_text="2019-06, 2019-Q2 or 2019.")
    languages = serializers.ListField(child=serializers.ChoiceField(Language.choices))
    state = serializers.SerializerMethodField(help_text="Of the job that makes the files.")
    error = serializers.SerializerMethodField(help_text="Why that job failed, if it did.")
    job = serializers.SerializerMethodField(help_text="Its id; see jobs/.")
    files = FileAnswer(many=True)
    made_by = serializers.CharField(source="made_by.username")
    schedule = serializers.IntegerField(source="schedule_id", allow_null=True)
    ordered_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(Job.State.choices))
    def get_state(self, one: Briefing) -> str:
        return selectors.state_of(one, self.context["jobs"].get(one.pk))

    def get_error(self, one: Briefing) -> str:
        job = self.context["jobs"].get(one.pk)
        return job.error if job else ""

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_job(self, one: Briefing) -> int | None:
        job = self.context["jobs"].get(one.pk)
        return job.pk if job else None


class ScheduleBody(serializers.Serializer):
    """A schedule as it is laid down."""

    plan = base.CodeField(targets.plans)
    kind = serializers.ChoiceField(Kind.choices)
    languages = serializers.ListField(child=serializers.ChoiceField(Language.choices), min_length=1)
    publish = serializers.BooleanField(
        default=False, help_text="Whether a snapshot is published for each period; otherwise one is waited for."
    )
    working_days = serializers.IntegerField(
        default=5, min_value=0, max_value=MOST_WORKING_DAYS, help_text="After the last day of the period."
    )
    subscribers = base.CodeField(
        lambda _actor: selectors.readers(),
        slug_field="username",
        many=True,
        required=False,
        help_text="Usernames of active officers and managers.",
    )


class ScheduleChangeBody(serializers.Serializer):
    """What shall be otherwise in a schedule."""

    languages = serializers.ListField(child=serializers.ChoiceField(Language.choices), min_length=1)
    publish = serializers.BooleanField()
    working_days = serializers.IntegerField(min_value=0, max_value=MOST_WORKING_DAYS)
    active = serializers.BooleanField()
    subscribers = base.CodeField(lambda _actor: selectors.readers(), slug_field="username", many=True)


class IssueAnswer(serializers.Serializer):
    """A period for which a schedule has made its briefing."""

    period = serializers.CharField()
    briefing = serializers.IntegerField(source="briefing_id")
    issued_at = serializers.DateTimeField()


class ScheduleAnswer(serializers.Serializer):
    """By which briefings of a plan are made and sent."""

    id = serializers.IntegerField()
    plan = serializers.CharField(source="plan.code")
    kind = serializers.ChoiceField(Kind.choices)
    languages = serializers.ListField(child=serializers.ChoiceField(Language.choices))
    publish = serializers.BooleanField()
    working_days = serializers.IntegerField()
    active = serializers.BooleanField()
    owner = serializers.CharField(source="owner.username", help_text="In whose name it makes and publishes.")
    since = serializers.DateField(help_text="What was due before is left alone.")
    subscribers = serializers.SerializerMethodField(help_text="Usernames.")
    issues = serializers.SerializerMethodField(help_text="The latest periods that were made.")
    changed_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_subscribers(self, one: BriefingSchedule) -> list[str]:
        return sorted(it.user.username for it in one.subscribers.all())

    @extend_schema_field(IssueAnswer(many=True))
    def get_issues(self, one: BriefingSchedule) -> Any:
        return IssueAnswer(one.issues.all()[: selectors.ISSUES_SHOWN], many=True).data


def answered(briefings: Sequence[Briefing]) -> list[Any]:
    """Briefings as they are answered."""
    return list(BriefingAnswer(briefings, many=True, context={"jobs": selectors.states(briefings)}).data)

"""What the ladders plan: every rung of everything outstanding whose time is near, as rows that are not saved."""

import datetime as dt
from dataclasses import dataclass, field

from programs.periods.calendar import calendar
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.kinds.subject import RowKey, Subject, SubjectKey, Window, key_of
from programs.reminders.ladder import Version, Versions, moment_of
from programs.reminders.models import LadderStage, Reminder
from programs.reminders.recipients import Recipients


@dataclass(frozen=True, slots=True)
class Plan:
    """What is outstanding, the rows planned about it, and the rung of each.

    ``codes`` are the rungs that there are at all, ``unowned`` those whose moment lies outside their version's span.
    """

    subjects: dict[SubjectKey, Subject] = field(default_factory=dict)
    rows: dict[RowKey, Reminder] = field(default_factory=dict)
    rungs: dict[RowKey, LadderStage] = field(default_factory=dict)
    codes: set[tuple[str, str, str]] = field(default_factory=set)
    unowned: set[tuple[SubjectKey, str, str]] = field(default_factory=set)


def row_key(row: Reminder) -> RowKey:
    """What names a reminder for good: what about, at which stage, by which channel, to whom."""
    return key_of(row), row.stage, row.channel, row.recipient


def planned(window: Window, versions: Versions, kinds: tuple[str, ...] = tuple(KINDS)) -> Plan:
    """The ladders of what is outstanding, by the versions given: a rung is the version's whose span its moment is in.

    Args:
        kinds: which alone are looked at.
    """
    plan = Plan()
    for kind in kinds:
        if versions.get(kind):
            plan.subjects.update((one.key, one) for one in KINDS[kind].open(window))
    recipients = Recipients({one.organisation.pk: one.organisation for one in plan.subjects.values()}.values())
    days = calendar()
    rungs = {kind: [(one, stage) for one in there for stage in one.stages] for kind, there in versions.items()}
    for kind in kinds:
        plan.codes.update((kind, stage.code, stage.channel) for _version, stage in rungs.get(kind, ()))
    moments: dict[tuple[dt.date, int], dt.datetime] = {}
    titles: dict[tuple[SubjectKey, str], str] = {}
    for subject in plan.subjects.values():
        for version, stage in rungs[subject.kind]:
            place = subject.day, id(stage)
            if place not in moments:
                moments[place] = moment_of(days, subject.day, stage)
            if version.owns(moments[place]):
                _add(plan, subject, version, stage, moments[place], recipients, titles)
            else:
                plan.unowned.add((subject.key, stage.code, stage.channel))
    return plan


def _add(
    plan: Plan,
    subject: Subject,
    version: Version,
    stage: LadderStage,
    due_at: dt.datetime,
    recipients: Recipients,
    titles: dict[tuple[SubjectKey, str], str],
) -> None:
    for who in recipients.of(subject.organisation.pk, stage):
        title = subject.key, who.language
        if title not in titles:
            titles[title] = KINDS[subject.kind].subject_line(subject, who.language)
        row = Reminder(
            organisation=subject.organisation,
            kind=subject.kind,
            obligation=subject.obligation,
            about_id=subject.about_id,
            since=subject.since,
            subject=titles[title],
            stage=stage.code,
            channel=stage.channel,
            audience=stage.audience,
            recipient=who.address,
            language=who.language,
            due_at=due_at,
            policy=version.policy,
        )
        key = subject.key, stage.code, stage.channel, who.address
        plan.rows[key], plan.rungs[key] = row, stage

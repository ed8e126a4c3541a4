"""What the ladders plan: every rung of everything outstanding whose time is near."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.accounts.history.closed import is_closed
from backend.clock import BUREAU
from programs.periods.calendar import calendar
from programs.reminders.kinds.all_kinds import KINDS
from programs.reminders.kinds.subject import RowKey, Subject, SubjectKey, Window, key_of
from programs.reminders.ladder import Versions, moment_of
from programs.reminders.models import LadderPolicy, LadderStage, Reminder
from programs.reminders.recipients import Recipient, Recipients


class Planned(NamedTuple):
    """One message that is planned; a table's row is made of it only where one is needed: there are thousands."""

    subject: Subject
    policy: LadderPolicy
    stage: LadderStage
    who: Recipient
    due_at: dt.datetime

    def as_row(self, plan: "Plan") -> Reminder:
        """A reminder that is not saved."""
        return Reminder(
            organisation=self.subject.organisation,
            kind=self.subject.kind,
            obligation=self.subject.obligation,
            about_id=self.subject.about_id,
            since=self.subject.since,
            subject=plan.title_of(self.subject, self.who.language),
            stage=self.stage.code,
            channel=self.stage.channel,
            audience=self.stage.audience,
            recipient=self.who.address,
            language=self.who.language,
            due_at=self.due_at,
            policy=self.policy,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What is outstanding, and what is planned about it.

    ``codes`` are the rungs that there are at all, ``unowned`` those whose moment lies outside their version's span.
    """

    subjects: dict[SubjectKey, Subject] = field(default_factory=dict)
    rows: dict[RowKey, Planned] = field(default_factory=dict)
    codes: set[tuple[str, str, str]] = field(default_factory=set)
    unowned: set[tuple[SubjectKey, str, str]] = field(default_factory=set)
    _titles: dict[tuple[SubjectKey, str], str] = field(default_factory=dict)

    def stage_of(self, row: Reminder) -> LadderStage | None:
        """The rung of a row; none for what was sent by hand, or is no longer planned."""
        found = self.rows.get(row_key(row))
        return found.stage if found is not None else None

    def title_of(self, subject: Subject, language: str) -> str:
        """What something is about, in one line."""
        key = subject.key, language
        if key not in self._titles:
            self._titles[key] = KINDS[subject.kind].subject_line(subject, language)
        return self._titles[key]


def row_key(row: Reminder) -> RowKey:
    """What names a reminder for good: what about, at which stage, by which channel, to whom."""
    return key_of(row), row.stage, row.channel, row.recipient


def planned(window: Window, versions: Versions, kinds: tuple[str, ...] = tuple(KINDS)) -> Plan:
    """The ladders of what is outstanding, by the versions given: a rung is the version's whose span its moment is in.

    Args:
        kinds: which alone are looked at.
    """
    plan = Plan()
    today = window.now.astimezone(BUREAU).date()
    for kind in kinds:
        if versions.get(kind):
            # Nothing is asked of an organisation that is no more: nobody of it could do it.
            alive = (one for one in KINDS[kind].open(window) if not is_closed(one.organisation, today))
            plan.subjects.update((one.key, one) for one in alive)
    recipients = Recipients({one.organisation.pk: one.organisation for one in plan.subjects.values()}.values())
    days = calendar()
    rungs = {kind: [(one, stage) for one in there for stage in one.stages] for kind, there in versions.items()}
    for kind in kinds:
        plan.codes.update((kind, stage.code, stage.channel) for _version, stage in rungs.get(kind, ()))
    moments: dict[tuple[dt.date, int], dt.datetime] = {}
    for key, subject in plan.subjects.items():
        for version, stage in rungs[subject.kind]:
            place = subject.day, id(stage)
            if place not in moments:
                moments[place] = moment_of(days, subject.day, stage)
            due_at = moments[place]
            if not version.owns(due_at):
                plan.unowned.add((key, stage.code, stage.channel))
                continue
            for who in recipients.of(subject.organisation.pk, stage):
                plan.rows[key, stage.code, stage.channel, who.address] = Planned(
                    subject, version.policy, stage, who, due_at
                )
    return plan

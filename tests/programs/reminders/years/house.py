"""The product in the same story: its services, its beat and its sender by a moved clock, and a mail server's record."""

import datetime as dt
import re
from collections import Counter
from typing import Any

from django.db import connection

from backend import clock as product_clock
from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.messages import services as messages
from backend.messages.models import Delivery, SuppressedAddress
from backend.outbox import services as outbox
from backend.outbox.models import Effect
from programs.periods import expected, extensions, obligations
from programs.periods.models import Obligation, Period
from programs.records.models import Record
from programs.reminders import digests, policies, quieting
from programs.reminders.models import LadderPolicy, Quieting, Reminder
from programs.reminders.services import tick
from programs.review import services as decisions
from programs.submissions.models import Submission
from tests.conftest import Clock
from tests.factories import (
    CohortFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PeriodFactory,
    ProgrammeFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.programs.reminders.world import contact, move
from tests.programs.reminders.years.story import (
    DIGEST_HOUR,
    LADDERS,
    MANAGER,
    OFFICER,
    RETURNED,
    SECOND_OFFICER,
    Deed,
    Stage,
    Story,
    address,
    chooses_digest,
    leader,
)
from tests.support.postoffice import PostOffice, Taken

NAMED = re.compile(r"第(\d+)培训学校")
PERIOD = re.compile(r"\d{4}-Q\d")
RETURNED_ON = re.compile(r"(\d{4})年(\d+)月(\d+)日退回|于(\d{4})年(\d+)月(\d+)日")
Received = tuple[str, tuple[str, tuple[int, str]] | None, frozenset[tuple[int, str]]]


class House:
    """The product; asked for each slot in order, like the model."""

    def __init__(self, story: Story, clock: Clock, office: PostOffice) -> None:
        self.story, self.clock, self.office = story, clock, office
        self._gone: set[str] = set()
        self._busy: set[str] = set()
        self._beating = True
        move(clock, story.first, 7)
        self._people()
        self._switch_on("reporting", LADDERS[1])
        self._switch_on("returned", RETURNED)
        expected.expect_obligations()
        self._pump()

    def _people(self) -> None:
        story = self.story
        with scope.everything():
            self.partners = Organisation.objects.bulk_create(
                Organisation(
                    code=f"YEARS-{n}",
                    name_zh=f"第{n}培训学校",
                    name_en="",
                    kind=Organisation.Kind.TRAINING_PROVIDER,
                    contacts=[contact("submitter", address(n)), contact("leader", leader(n))],
                )
                for n in range(story.partners)
            )
            self.programme = ProgrammeFactory(
                organisations=self.partners, starts_on=story.first, ends_on=dt.date(2030, 12, 31)
            )
            self.officer = OfficerFactory(email=OFFICER, language=User.Language.ZH)
            second = OfficerFactory(email=SECOND_OFFICER, language=User.Language.ZH)
            ManagerFactory(email=MANAGER, language=User.Language.ZH)
            # Who signs in, with no address of their own but for those who choose a digest.
            self.users = {
                n: PartnerFactory(
                    organisation=one,
                    email=address(n) if chooses_digest(n) else "",
                    language=User.Language.ZH,
                )
                for n, one in enumerate(self.partners)
            }
            for user in [second, *(self.users[n] for n in self.users if chooses_digest(n))]:
                digests.choose(actor=user, digest=True, hour=dt.time(DIGEST_HOUR))
            self.periods = {
                one.code: PeriodFactory(
                    code=one.code,
                    frequency=Period.Frequency.QUARTER,
                    starts_on=one.starts_on,
                    ends_on=one.ends_on,
                    due_on=one.due_on,
                )
                for one in story.quarters
            }
        self.records: dict[tuple[int, dt.date], int] = {}

    # What happens.

    def deed(self, deed: Deed, _now: dt.datetime) -> None:
        """Does it."""
        with scope.everything():
            getattr(self, f"_{deed.kind}")(deed.n, deed.value)

    def _owed(self, n: int, code: str) -> Obligation:
        return Obligation.objects.get(organisation=self.partners[n], period__code=code)

    def _report(self, n: int, code: str) -> None:
        now = product_clock.now()
        sent = SubmissionFactory(
            organisation=self.partners[n],
            period=self.periods[code],
            submitted_by=self.users[n],
            accepted=1,
            received_at=now,
            committed_at=now,
        )
        outbox.state(topic="submission.committed", subject_id=sent.pk)

    def _take_back(self, n: int, code: str) -> None:
        there = Submission.objects.filter(organisation=self.partners[n], period__code=code, withdrawn_at=None)
        sent = there.get()
        there.update(withdrawn_at=product_clock.now())
        outbox.state(topic="submission.withdrawn", subject_id=sent.pk)

    def _zero(self, n: int, code: str) -> None:
        obligations.confirm_zero(actor=self.users[n], obligation=self._owed(n, code))

    def _excuse(self, n: int, code: str) -> None:
        obligations.excuse(actor=self.officer, obligation=self._owed(n, code), reason="停办")

    def _extend(self, n: int, value: tuple[str, dt.date]) -> None:
        period = self.periods[value[0]]
        extensions.extend(
            actor=self.officer, period=period, organisation=self.partners[n], due_on=value[1], reason="搬迁"
        )

    def _snooze(self, n: int, value: tuple[str | None, dt.date]) -> None:
        self._leave(n, value[0], value[1])

    def _mute(self, n: int, code: str | None) -> None:
        self._leave(n, code, None)

    def _leave(self, n: int, code: str | None, until: dt.date | None) -> None:
        owed = self._owed(n, code) if code else None
        quieting.leave_in_peace(
            actor=self.officer, organisation=self.partners[n], reason="搬迁", obligation=owed, until=until
        )

    def _lift(self, n: int, _value: Any) -> None:
        for one in Quieting.objects.filter(organisation=self.partners[n], lifted_at=None, until=None):
            quieting.lift(actor=self.officer, quieting=one, reason="搬完")

    def _contact(self, n: int, to: str) -> None:
        contacts = [contact("submitter", to), contact("leader", leader(n))]
        Organisation.objects.filter(pk=self.partners[n].pk).update(contacts=contacts)

    def _bounce(self, _n: int, to: str) -> None:
        self._gone.add(to)
        self._answer()

    def _mend(self, _n: int, to: str) -> None:
        self._gone.discard(to)
        self._answer()
        for one in SuppressedAddress.objects.filter(address=to):
            messages.release(actor=self.officer, suppressed=one)

    def _busy_on(self, _n: int, to: str) -> None:
        self._busy.add(to)
        self._answer()

    def _busy_off(self, _n: int, to: str) -> None:
        self._busy.discard(to)
        self._answer()

    def _answer(self) -> None:
        """Whoever is busy is not asked whether they are there at all."""
        gone = dict.fromkeys(self._gone, "550 5.1.1 no such user")
        self.office.answers(rcpt=gone | dict.fromkeys(self._busy, "451 4.7.1 come back later"))

    def _return(self, n: int, day: dt.date) -> None:
        record = RecordFactory(
            organisation=self.partners[n],
            cohort=CohortFactory(organisation=self.partners[n], programme=self.programme),
            submission__period=next(iter(self.periods.values())),
            submission__status="cancelled",
            submission__submitted_by=self.users[n],
        )
        self.records[n, day] = record.pk
        decisions.decide_one(record_id=record.pk, decision="return", reason="证书号有误", actor=self.officer)

    def _mended(self, n: int, day: dt.date) -> None:
        Record.objects.filter(pk=self.records[n, day]).update(state="submitted")

    def _switch(self, _n: int, since: dt.date) -> None:
        self._switch_on("reporting", LADDERS[2], since)

    def _beat_off(self, *_: Any) -> None:
        self._beating = False

    def _beat_on(self, *_: Any) -> None:
        self._beating = True

    def _away_on(self, *_: Any) -> None:
        self.office.close()

    def _away_off(self, *_: Any) -> None:
        self.office.open()

    def _switch_on(self, kind: str, stages: tuple[Stage, ...], since: dt.date | None = None) -> None:
        with scope.everything():
            there = LadderPolicy.objects.filter(kind=kind, in_force_from=None).first()
            draft = there or policies.draft(actor=self.officer, kind=kind)
            values = [_values(one) for one in stages]
            policies.change(actor=self.officer, policy=draft, stages=values)
            policies.switch_on(actor=self.officer, policy=draft, reason="试行", from_day=since)

    # What follows.

    def slot(self, now: dt.datetime) -> list[Received]:
        """What the mail server received in a slot."""
        # Beat comes every minute, also in the night before a mail server is back.
        self._carry_out()
        if self._beating:
            tick()
        self._pump()
        return [_received(one) for one in self.office.newly_taken()]

    def _pump(self) -> None:
        """As workers would: what was stated is carried out, what is due is sent, until nothing is left."""
        while self._carry_out() or messages.send_due(30.0):
            pass

    def _carry_out(self) -> int:
        """What was stated, until nothing more is; how much that was."""
        done = 0
        while True:
            with scope.everything():
                waiting = Effect.objects.filter(done_at=None, set_aside_at=None).order_by("pk")
                effects = list(waiting.values_list("pk", flat=True))
            for effect in effects:
                outbox.deliver(effect)
            done += len(effects)
            if not effects:
                return done

    # What is in the books.

    def obligations(self) -> dict[tuple[int, str], tuple[dt.date, str, dt.date | None, bool | None]]:
        """Each obligation: due day, state, day on which it was settled, on time or not."""
        number = {one.pk: n for n, one in enumerate(self.partners)}
        with scope.everything():
            rows = Obligation.objects.filter(organisation__in=number).select_related("period")
            return {
                (number[one.organisation_id], one.period.code): (
                    one.due_on,
                    one.state,
                    one.settled_at.astimezone(product_clock.BUREAU).date() if one.settled_at else None,
                    one.on_time,
                )
                for one in rows
            }

    def reminders(self) -> dict[tuple[tuple[int, str], str, str], str]:
        """Each reminder: about what, by which rung, to whom; and its state."""
        number = {one.pk: n for n, one in enumerate(self.partners)}
        with scope.everything():
            found = {}
            for one in Reminder.objects.select_related("obligation__period"):
                if one.obligation is not None:
                    code = one.obligation.period.code
                else:
                    assert one.since is not None
                    code = f"returned {one.since.astimezone(product_clock.BUREAU).date()}"
                found[(number[one.organisation_id], code), one.stage, one.recipient] = one.state
            return found

    def deliveries(self) -> dict[str, int]:
        """How many mails there are in each state."""
        with scope.everything(), connection.cursor() as cursor:
            cursor.execute("SELECT state, count(*) FROM delivery WHERE channel = 'email' GROUP BY state")
            return dict(cursor.fetchall())

    def twice(self) -> list[str]:
        """Message-IDs that came more than once, by the mail server's record."""
        came = Counter(one.message_id for one in self.office.taken())
        return [name for name, times in came.items() if times > 1]

    def suppressed(self) -> set[str]:
        """The addresses to which nothing goes."""
        with scope.everything():
            return set(SuppressedAddress.objects.values_list("address", flat=True))

    def failed(self) -> int:
        """How many effects were set aside, or have failed."""
        with scope.everything():
            return Effect.objects.exclude(error="").count() + Delivery.objects.filter(state="unknown").count()


def _values(stage: Stage) -> dict[str, Any]:
    quiet = [None, None] if stage.quiet is None else [dt.time(hour) for hour in stage.quiet]
    values = {
        "code": stage.code,
        "days": stage.days,
        "audience": stage.audience,
        "counting": "calendar" if stage.calendar_days else "working",
        "quiet_from": quiet[0],
        "quiet_until": quiet[1],
        "working_days_only": stage.working_days_only,
        "digest": stage.digest,
    }
    named = "{day}退回" if stage in RETURNED else "{period}"
    return values | {"subject_zh": f"{stage.code}|{{organisation}}|{named}"}


def _received(one: Taken) -> Received:
    """Who got it, by which rung about what it was written, and all that it names; told from the message alone."""
    lines = [line for line in one.text.splitlines() if line.startswith("- ")]
    parts = one.subject.split("|")
    if len(parts) == 3:
        about = _about(f"{parts[1]} {parts[2]}")
        return one.recipient, (parts[0], about), frozenset([about, *map(_about, lines)])
    return one.recipient, None, frozenset(map(_about, lines))


def _about(line: str) -> tuple[int, str]:
    [number] = NAMED.findall(line)
    period = PERIOD.search(line)
    if period is not None:
        return int(number), period[0]
    found = RETURNED_ON.search(line)
    assert found is not None, line
    year, month, day = (int(part) for part in found.groups() if part)
    return int(number), f"returned {dt.date(year, month, day)}"

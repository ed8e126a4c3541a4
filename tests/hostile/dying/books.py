"""What the books must say of one submission, however often its work was begun: everything once, nothing twice."""

from collections import Counter

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.jobs.models import Job
from backend.outbox.models import Effect
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.reminders.models import Reminder
from programs.submissions.models import Finding, Submission
from programs.targets.recount import recount
from talent.credentials.models import Credential
from talent.people.models import IdentityDocument, Person, PersonReport
from tests.hostile.house.clerk import Clerk
from tests.support.partner import Row
from tests.support.workers import wait_for

GOOD = 30
FOUND = [(GOOD + 2, "E02", "district"), (GOOD + 3, "W05", "completed_on")]
SETTLED = 90.0


def rows_of(clerk: Clerk) -> list[Row]:
    """Thirty good rows, one that is refused, and one that is taken with a warning; a degree in each that is taken."""
    rows = [clerk.row(n) for n in range(GOOD + 2)]
    for row in rows:
        row |= {"education": "硕士研究生毕业", "school": "四川大学", "graduated_on": "2010-07-01"}
        row["education_cert_no"] = f"106101201002{int(row['partner_ref'][1:]):06d}"
    rows[GOOD]["district"] = "火星区"
    rows[GOOD + 1]["completed_on"] = "2019年2月"
    return rows


def assert_taken_once(clerk: Clerk, number: int) -> None:
    """Counts, rows, people, findings, trail, effects, obligation and reminders of a submission of ``rows_of``."""
    whole = GOOD + 1
    shown = clerk.settled(number)
    assert shown["status"] == "partly_accepted", (shown, clerk.log)
    assert (shown["counts"]["rows"], shown["counts"]["accepted"], shown["counts"]["rejected"]) == (whole + 1, whole, 1)
    wait_for(lambda: not _waiting(number), SETTLED, f"its effects; the worker's log:\n{clerk.log}")
    own = {"organisation": clerk.partner.organisation}
    with scope.everything():
        people = list(Record.objects.filter(**own).values_list("person", flat=True))
        assert len(people) == len(set(people)) == whole
        assert Record.objects.filter(submission=number).count() == whole
        assert IdentityDocument.objects.filter(person__in=people).count() == whole
        assert PersonReport.objects.filter(**own).count() == whole
        assert Credential.objects.filter(**own).count() == whole
        found = Finding.objects.filter(submission=number).order_by("position")
        assert list(found.values_list("row", "rule", "column")) == FOUND
        actions = AuditEntry.objects.filter(subject_type="submission", subject_id=str(number))
        done = Counter(actions.values_list("action", flat=True))
        assert set(done.values()) == {1}, done
        assert {"submission.received", "submission.checked", "submission.committed"} <= set(done)
        effects = Effect.objects.filter(topic="submission.committed", subject_id=number)
        assert set(Counter(effects.values_list("subscriber", flat=True)).values()) == {1}
        assert not effects.filter(done_at=None).exists()
        assert not Job.objects.filter(subject_id=number).exclude(state="done").exists()
        owed = Obligation.objects.get(**own)
        assert (owed.state, owed.on_time) == ("reported", True)
        settled = Effect.objects.filter(topic="obligation.settled", subject_id=owed.pk)
        assert set(Counter(settled.values_list("subscriber", flat=True)).values()) == {1}
        reminders = Reminder.objects.filter(obligation=owed)
        assert set(reminders.values_list("state", "note")) == {("cancelled", "settled")}
        assert reminders.count() == len(set(reminders.values_list("stage", "recipient")))
    assert recount().agrees


def assert_nothing_taken(clerk: Clerk, number: int) -> None:
    """A submission that came to nothing left nothing but itself."""
    own = {"organisation": clerk.partner.organisation}
    with scope.everything():
        assert not Record.objects.filter(**own).exists()
        assert not PersonReport.objects.filter(**own).exists()
        assert not Submission.objects.get(pk=number).standing
        assert not Effect.objects.filter(topic="submission.committed", subject_id=number).exists()
        assert Obligation.objects.get(**own).state == "missing"


def people_there() -> int:
    """How many people the books know."""
    with scope.everything():
        return Person.objects.count()


def _waiting(number: int) -> bool:
    """Whether anything that follows from a submission is still to be carried out."""
    with scope.everything():
        waiting = Effect.objects.filter(done_at=None, set_aside_at=None)
        return waiting.exists() or Job.objects.filter(subject_id=number).exclude(state__in=("done", "failed")).exists()

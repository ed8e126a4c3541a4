"""Whoever sends a submission reads in the inbox what came of it; webhooks are told too."""

from collections.abc import Callable

import pytest

from backend.accounts import scope
from backend.outbox.models import Effect
from backend.outbox.services import deliver
from tests.backend.messages.places import endpoint
from tests.factories import PartnerFactory
from tests.programs.review.test_telling import events, inbox
from tests.support.partner import API, Partner

EVENTS = ["submission.committed", "submission.refused", "submission.withdrawn"]
RunJobs = Callable[[], int]


@pytest.fixture
def partner(db: None, run_jobs: RunJobs) -> Partner:
    partner = Partner(run_jobs)
    type(partner.clerk).objects.filter(pk=partner.clerk.pk).update(language="en")
    endpoint("webhook", "https://hooks.example.org", organisation=partner.organisation, events=EVENTS)
    return partner


def test_the_sender_reads_what_came_of_each(partner: Partner, run_jobs: RunJobs) -> None:
    colleague = PartnerFactory(organisation=partner.organisation)
    whole = partner.report([partner.row(1), partner.row(2)])["id"]
    part = partner.report([partner.row(3), partner.row(4, name="")])["id"]
    none = partner.report([partner.row(5, name="")])["id"]
    run_jobs()
    subjects = [subject for subject, _text in inbox(partner.clerk)]
    assert subjects == [
        f"Submission {whole} was taken",
        f"Submission {part} was taken in part",
        f"Submission {none} was refused",
    ]
    text = inbox(partner.clerk)[1][1]
    assert "Of the 2 rows" in text
    assert f"/submissions/{part}/" in text
    assert inbox(colleague) == []
    assert [one["data"]["submission"] for one in events("submission.committed")] == [whole, part]
    assert [one["data"]["submission"] for one in events("submission.refused")] == [none]


def test_a_file_that_cannot_be_read_is_told_and_once(partner: Partner, run_jobs: RunJobs) -> None:
    import io

    file = io.BytesIO("姓名\n张三\n".encode())
    file.name = "名单.csv"
    sent = partner.api.post(f"{API}submissions/", {"file": file, "period": partner.period.code}, format="multipart")
    run_jobs()
    [(subject, text)] = inbox(partner.clerk)
    assert subject == f"Submission {sent.json()['id']} was refused"
    assert "What is wrong stands on its page." in text
    with scope.everything():
        effect = Effect.objects.get(topic="submission.judged")
        Effect.objects.filter(pk=effect.pk).update(done_at=None)
    assert deliver(effect.pk)
    run_jobs()
    assert len(inbox(partner.clerk)) == 1


def test_what_is_taken_back_is_told(partner: Partner, run_jobs: RunJobs) -> None:
    sent = partner.report([partner.row(1)])["id"]
    answer = partner.api.post(f"{API}submissions/{sent}/withdraw/", {"reason": "报错了"}, format="json")
    assert answer.status_code == 200, answer.content
    run_jobs()
    assert [one["data"]["submission"] for one in events("submission.withdrawn")] == [sent]

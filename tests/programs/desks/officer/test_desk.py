"""The officer's desk: each figure says what its list shows. Matches and jobs, too."""

import datetime as dt
import json
import re
from typing import Any

import pytest

from backend import clock
from backend.accounts import scope
from backend.jobs.models import Job
from programs.catalogue import requests
from programs.reminders.models import Reminder
from talent.people import answering
from talent.people.models import MatchCase, PersonAlias
from tests.factories import (
    AmendmentFactory,
    CredentialFactory,
    MatchCaseFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PersonFactory,
    ProgrammeFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.programs.desks.officer.world import Reader, links, number_of, owed, reported, text

pytestmark = pytest.mark.django_db

# What a row of each list links to.
ROWS = {
    "/threads/": r"^/threads/\d+/$",
    "/overrides/": r"^/overrides/\d+/$",
    "/credentials/": r"^/credentials/\d+/$",
    "/cohort-requests/": r"^/cohort-requests/\d+/$",
    "/records/": r"^/records/\d+/\?",
    "/matches/": r"^/matches/\d+/$",
    "/obligations/": r"^/obligations/\d+/$",
    "/submissions/": r"^/submissions/\d+/$",
    "/reminders/": r"^/obligations/\d+/$",
}


@pytest.fixture
def officer() -> Reader:
    return Reader(OfficerFactory())


@pytest.fixture
def case() -> MatchCase:
    person = PersonFactory(name="欧阳建国")
    organisation = OrganisationFactory(name_en="First University")
    return MatchCaseFactory(person=person, name="欧阳建华", organisation=organisation, reasons=["same_number"])


def figures(answer: Any) -> dict[str, tuple[int, str]]:
    """By label, each figure of the desk and the address that it leads to."""
    found = re.findall(r'stretched-link[^"]*" href="([^"]+)" aria-label="([\d,]+) ([^"]+)"', answer.content.decode())
    return {label: (int(count.replace(",", "")), url.replace("&amp;", "&")) for url, count, label in found}


def test_every_figure_is_what_its_list_shows(officer: Reader, case: MatchCase) -> None:
    MatchCaseFactory(state="same")
    reported(3)
    AmendmentFactory()
    RecordFactory(state="verified")
    CredentialFactory(state="evidenced")
    partner = OrganisationFactory()
    for days in (-3, -9, 4, 30):
        owed(partner, days)
    owed(partner, -5, state="excused", settled_at=clock.now())
    SubmissionFactory(status="failed")
    old = SubmissionFactory(status="failed")
    with scope.everything():
        type(old).objects.filter(pk=old.pk).update(received_at="2019-01-01T00:00:00+08:00")
        for number, state in enumerate(("failed", "unknown", "sent")):
            one = owed(partner, -20 - number, state="excused", settled_at=clock.now())
            Reminder.objects.create(
                organisation=partner,
                obligation=one,
                subject="x",
                stage="due",
                channel="email",
                audience="submitter",
                recipient=f"{state}@example.com",
                language="en",
                due_at=clock.now(),
                state=state,
            )
    clerk = PartnerFactory(organisation=partner)
    first, last = dt.date(2019, 1, 1), dt.date(2019, 3, 31)
    with scope.everything():
        programme = ProgrammeFactory(organisations=[partner])
        requests.ask(actor=clerk, code="SPRING", programme=programme, starts_on=first, ends_on=last)
    shown = figures(officer.get("/"))
    # What is late or broken by its oldest, then who waits for the bureau, then what is coming, then what is nought.
    labels = [label for label, (count, _url) in shown.items() if count]
    assert labels[0] == "Reports are overdue"
    assert set(labels[1:3]) == {"Submissions failed in 30 days", "Reminders did not arrive in 30 days"}
    assert labels[-1] == "Reports fall due within 10 days"
    counts = {label: count for label, (count, _url) in shown.items()}
    assert counts[labels[0]] == 2
    assert (counts["Submissions failed in 30 days"], counts["Reminders did not arrive in 30 days"]) == (1, 2)
    assert (counts["Records await review"], counts["Amendments await review"]) == (3, 1)
    assert sorted(counts.values()) == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3]
    for label, (count, url) in shown.items():
        rows = links(officer.get(url), ROWS[url.partition("?")[0]])
        assert len(rows) == count, label


def test_what_waits_is_grouped_by_submission_the_oldest_first(officer: Reader) -> None:
    earlier, later = reported(2), reported(3)
    answer = officer.get("/")
    assert [one for one in links(answer, r"submission=") if "/records/" in one] == [
        f"/records/?state=submitted&submission={one[0].submission_id}" for one in (earlier, later)
    ]


def test_a_desk_without_work_says_so(officer: Reader) -> None:
    said = officer.read("/")
    assert "Nothing awaits review" in said
    assert "Nobody is late" in said
    assert {count for count, _url in figures(officer.get("/")).values()} == {0}


def test_a_late_partner_is_reminded_from_the_desk(officer: Reader) -> None:
    contacts = [{"name": "岑若溪", "role": "submitter", "email": "clerk@example.com", "phone": ""}]
    late = owed(OrganisationFactory(contacts=contacts), -3)
    assert f'action="/obligations/{late.pk}/remind/"' in officer.get("/").content.decode()
    answer = officer.post(f"/obligations/{late.pk}/remind/", {"next": "/"})
    assert answer["Location"] == "/"
    assert "A reminder is on its way to clerk@example.com." in officer.read("/")


class TestMatches:
    """Pairs that may be one person."""

    def test_side_by_side_with_masked_numbers(self, officer: Reader, case: MatchCase) -> None:
        for path in ("/matches/", f"/matches/{case.pk}/"):
            answer = officer.get(path)
            said = text(answer)
            assert "<mark>国</mark>" in answer.content.decode()
            assert "<mark>华</mark>" in answer.content.decode()
            for words in ("First University", "Resident identity card", "50.0%", "Both give the same identity number."):
                assert words in said
            assert number_of(case.person) not in said
            assert "The reported name is kept as another name" in said

    def test_what_waits_is_shown_unless_the_filter_says_otherwise(self, officer: Reader, case: MatchCase) -> None:
        settled = MatchCaseFactory(state="same")
        shown = r"^/matches/\d+/$"
        assert links(officer.get("/matches/"), shown) == [f"/matches/{case.pk}/"]
        assert links(officer.get("/matches/?state=same"), shown) == [f"/matches/{settled.pk}/"]
        assert links(officer.get("/matches/?state="), shown) == [f"/matches/{one.pk}/" for one in (settled, case)]
        with scope.everything():
            MatchCase.objects.all().delete()
        assert "No pair waits" in officer.read("/matches/")
        assert "No pair is found by this filter" in officer.read("/matches/?state=different")

    def test_the_same_person(self, officer: Reader, case: MatchCase) -> None:
        answer = officer.post(f"/matches/{case.pk}/same/", {"next": "/matches/"})
        assert answer["Location"] == "/matches/"
        assert f"Pair {case.pk} is settled: Same person." in officer.read("/matches/")
        with scope.everything():
            assert PersonAlias.objects.get().name == "欧阳建华"

    def test_the_pair_of_a_list_comes_back_alone(self, officer: Reader, case: MatchCase) -> None:
        answer = officer.post(f"/matches/{case.pk}/different/", part=True)
        assert answer.content.decode().strip().startswith(f'<article class="card mb-3" id="pair-{case.pk}"')
        assert "data-open" not in answer.content.decode()
        assert json.loads(answer["HX-Trigger"])["shugu:said"] == f"Pair {case.pk} is settled: Different people."

    def test_the_other_answer_comes_too_late(self, officer: Reader, case: MatchCase, as_officer: Any) -> None:
        answering.settle_match(case_id=case.pk, state="different", actor=as_officer)
        part = officer.post(f"/matches/{case.pk}/same/", part=True)
        assert (part.status_code, "already settled as" in text(part)) == (409, True)
        answer = officer.post(f"/matches/{case.pk}/same/")
        assert "already settled as" in officer.read(answer["Location"])
        with scope.everything():
            assert not PersonAlias.objects.exists()


class TestJobs:
    """Work in the background."""

    def test_a_partner_sees_its_own(self, officer: Reader) -> None:
        submission = SubmissionFactory()
        with scope.everything():
            job = Job.objects.create(
                kind="submission.check",
                subject_id=submission.pk,
                organisation=submission.organisation,
                state="running",
                done=1,
                total=4,
            )
        own = Reader(PartnerFactory(organisation=submission.organisation))
        for reader in (officer, own):
            assert links(reader.get("/jobs/"), r"^/jobs/\d+/$") == [f"/jobs/{job.pk}/"]
            answer = reader.get(f"/jobs/{job.pk}/")
            assert "Checking a submission" in text(answer)
            assert '<progress class="progress" aria-label="Progress" max="4" value="1">' in answer.content.decode()
            assert links(answer, r"^/submissions/\d+/$") == [f"/submissions/{submission.pk}/"]
        other = Reader(PartnerFactory())
        assert other.get(f"/jobs/{job.pk}/").status_code == 404
        assert "No job" in other.read("/jobs/")

    def test_what_failed_says_why(self, officer: Reader) -> None:
        with scope.everything():
            job = Job.objects.create(
                kind="records.decide",
                state="failed",
                error="It broke.",
                params={
                    "decision": "verify",
                    "asked": {"filter": {"state": ["submitted"], "organisation": "GZU"}},
                },
            )
        said = officer.read(f"/jobs/{job.pk}/")
        for words in ("Failed", "It broke.", "State Awaiting review", "Organisation GZU"):
            assert words in said

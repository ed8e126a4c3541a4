"""Several partners at once, with real commits; and what rests in the database afterwards."""

from collections.abc import Callable

import psycopg
from celery import current_app

from backend.accounts import scope
from backend.jobs.models import Job
from talent.people.models import IdentityDocument, Person
from tests.support.databases import address
from tests.support.partner import API, Partner, number
from tests.support.together import together


def test_new_people_of_two_uploads_at_once_are_added_once(fresh_database: str, run_jobs: Callable[[], int]) -> None:
    partners = [Partner(run_jobs), Partner(run_jobs)]
    sent = [partner.send([partner.row(n) for n in range(300)])["id"] for partner in partners]
    for partner, submission in zip(partners, sent, strict=True):
        partner.api.post(f"{API}submissions/{submission}/confirm/")
    with scope.everything():
        jobs = list(Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True))
    assert len(jobs) == 2
    together(*[lambda job=job: (current_app.tasks["jobs.run"].run(job), job) for job in jobs])
    for partner, submission in zip(partners, sent, strict=True):
        assert partner.submission(submission)["counts"]["accepted"] == 300
    with scope.everything():
        assert Person.objects.count() == IdentityDocument.objects.count() == 300
    ends = [partner.submission(one)["counts"] for partner, one in zip(partners, sent, strict=True)]
    warned = sorted(counts["accepted_with_warnings"] for counts in ends)
    assert warned == [0, 300], "whoever came second is told that the people are known (W04)"


def test_no_identity_number_rests_in_the_clear(fresh_database: str, run_jobs: Callable[[], int]) -> None:
    """Every column of every table, as text, after numbers came in where they belong and where they do not."""
    partner = Partner(run_jobs)
    spoilt = number(7)[:-1] + ("1" if number(7)[-1] != "1" else "2")
    rows = [
        partner.row(1, remarks=f"身份证 {number(2)}", partner_ref=number(1), employer=number(3)),
        partner.row(4, name=number(4), district=number(5)),
        partner.row(6, programme=number(6), title_cert_no=number(6)),
        partner.row(7, id_number=spoilt),
        partner.row(8, title="高级工程师", title_awarded_on="2015-01-01", title_cert_no=number(8)),
    ]
    taken = partner.report(rows)
    assert taken["counts"]["accepted"] >= 2
    partner.api.get(f"{API}submissions/{taken['id']}/report.xlsx")
    numbers = [number(n) for n in range(1, 9)] + [spoilt]
    with psycopg.connect(address("owner")) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            # The owner lowers the wall for itself, in a transaction that is rolled back.
            owner.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            for (row,) in owner.execute(f'SELECT t::text FROM "{table}" t').fetchall():
                assert not [one for one in numbers if one in row], f"in the table {table}"
        owner.rollback()

"""Practice goes the way of every submission, and nothing of it counts."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from backend import clock
from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.jobs.models import Job
from backend.vault.files.models import SealedFile
from programs.periods.expected import expect_obligations
from programs.submissions import practising
from programs.submissions.models import Finding, Mend, Submission
from programs.submissions.tasks import purge_practice
from talent.people.models import MatchCase
from tests.factories import OfficerFactory, OrganisationFactory, PartnerFactory, ProgrammeFactory
from tests.support.http import code_of
from tests.support.partner import API, Partner, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    return Partner(run_jobs)


def practise(partner: Partner, rows: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return partner.send(rows, practice="true", **options)


def test_a_practised_file_gets_its_receipt_and_brings_nothing(partner: Partner) -> None:
    expect_obligations()
    told = practise(partner, [partner.row(0), partner.row(1, district="火星区"), partner.row(2, gender="女")])
    assert (told["practice"], told["status"], told["counts"]["rejected"]) == (True, "checked", 2)
    received = dt.datetime.fromisoformat(told["received_at"])
    assert dt.datetime.fromisoformat(told["practice_until"]) - received == dt.timedelta(days=7)
    assert (3, "E02", "district") in partner.found(told["id"])

    mended = partner.api.patch(f"{API}submissions/{told['id']}/rows/3/", {"district": "南明区"}, format="json")
    assert (mended.status_code, mended.json()["counts"]["rejected"]) == (200, 1)
    assert partner.api.get(f"{API}submissions/{told['id']}/report.xlsx").status_code == 200

    done = partner.confirm(told["id"])
    assert done["status"] == "partly_accepted"
    assert done["counts"] == {"rows": 3, "accepted": 2, "accepted_with_warnings": 0, "unchanged": 0, "rejected": 1}
    assert done["committed_at"] is not None
    assert partner.records() == []
    assert partner.api.get(f"{API}people/").json()["results"] == []
    assert [one["state"] for one in partner.api.get(f"{API}obligations/").json()["results"]] == ["missing"]
    with scope.everything():
        actions = AuditEntry.objects.filter(subject_type="submission", subject_id=str(told["id"]))
        assert "submission.practised" in set(actions.values_list("action", flat=True))
        assert "submission.committed" not in set(actions.values_list("action", flat=True))


def test_what_would_come_of_it_is_what_comes_of_it_in_earnest(partner: Partner) -> None:
    partner.report([partner.row(0), partner.row(1)])
    rows = [partner.row(0), partner.row(1, district="云岩区"), partner.row(2), partner.row(3, gender="女")]
    tried = partner.confirm(practise(partner, rows)["id"])
    again = practise(partner, rows, confirm="auto")
    real = partner.report(rows)
    assert real["counts"] == {"rows": 4, "accepted": 2, "accepted_with_warnings": 0, "unchanged": 1, "rejected": 1}
    for one in (tried, again):
        assert (one["counts"], one["status"]) == (real["counts"], real["status"])
        assert one["amendments"] == real["amendments"] == 1
        assert partner.found(one["id"]) == partner.found(real["id"])


def test_no_case_is_opened_about_a_name(partner: Partner) -> None:
    partner.report([partner.row(0)])
    tried = practise(partner, [partner.row(0, name="皇甫嵩")], confirm="auto")
    assert tried["status"] == "rejected"
    assert (2, "E12", "name") in partner.found(tried["id"])
    with scope.everything():
        assert not MatchCase.objects.exists()


def test_the_same_bytes_again_for_practice_and_in_earnest(partner: Partner) -> None:
    rows = [partner.row(0)]
    first = practise(partner, rows)
    second = practise(partner, rows)
    assert first["sha256"] == second["sha256"]
    real = partner.send(rows)
    assert real["practice"] is False
    assert real["practice_until"] is None
    assert practise(partner, rows)["status"] == "checked"
    assert partner.report([partner.row(1)])["status"] == "accepted"


def test_lists_leave_it_out_until_it_is_asked_for(partner: Partner) -> None:
    tried, real = practise(partner, [partner.row(0)])["id"], partner.send([partner.row(1)])["id"]

    def listed(api: Any, **filters: str) -> list[int]:
        return [one["id"] for one in api.get(f"{API}submissions/", filters).json()["results"]]

    assert listed(partner.api) == listed(partner.api, practice="false") == listed(partner.api, practice="") == [real]
    assert listed(partner.api, practice="true") == listed(partner.api, practice="1") == [tried]
    assert partner.api.get(f"{API}submissions/", {"practice": "perhaps"}).status_code == 400
    assert listed(partner.officer) == [real]
    assert listed(partner.officer, practice="true") == []


def test_nobody_else_is_shown_it(partner: Partner, run_jobs: Callable[[], int]) -> None:
    tried = practise(partner, [partner.row(0, district="火星区")])["id"]
    colleague = client_of(PartnerFactory(organisation=partner.organisation))
    assert colleague.get(f"{API}submissions/{tried}/").status_code == 200
    above = OrganisationFactory()
    partner.organisation.parent = above
    partner.organisation.save()
    for other in (partner.officer, client_of(PartnerFactory(organisation=above)), Partner(run_jobs, above).api):
        for path in ("", "findings/", "findings/summary/", "places/"):
            assert other.get(f"{API}submissions/{tried}/{path}").status_code == 404, path
    for act in ("confirm", "cancel"):
        assert partner.officer.post(f"{API}submissions/{tried}/{act}/").status_code == 404


def test_it_asks_the_bureau_for_nothing(partner: Partner) -> None:
    rows = [partner.row(0, gender="女"), partner.row(1, cohort="NOWHERE"), partner.row(2)]
    tried = practise(partner, rows)["id"]
    exception = {"rule": "E06", "explanation": "证件登记有误"}
    asked = partner.api.post(f"{API}submissions/{tried}/overrides/", exception, format="json")
    assert (asked.status_code, code_of(asked)) == (409, "practice")
    question = {"submission": tried, "text": "请问"}
    assert partner.api.post(f"{API}threads/", question, format="json").status_code in (400, 404)
    cohort = {
        "code": "NOWHERE",
        "programme": partner.programme.code,
        "starts_on": "2019-01-01",
        "ends_on": "2019-06-30",
        "submission": tried,
    }
    assert partner.api.post(f"{API}cohort-requests/", cohort, format="json").status_code == 400
    partner.confirm(tried)
    withdrawn = partner.api.post(f"{API}submissions/{tried}/withdraw/", {"reason": "误报"}, format="json")
    assert (withdrawn.status_code, code_of(withdrawn)) == (409, "practice")
    assert partner.api.get(f"{API}inbox/").json()["results"] == [], "nobody is told of it"


def test_it_needs_no_signature(partner: Partner) -> None:
    partner.organisation.sign_off = True
    partner.organisation.save()
    tried = practise(partner, [partner.row(0)])
    assert partner.confirm(tried["id"])["status"] == "accepted"
    assert practise(partner, [partner.row(0)], confirm="auto")["status"] == "accepted"


def test_it_is_cancelled_and_fails_as_any_other(partner: Partner) -> None:
    tried = practise(partner, [partner.row(0)])["id"]
    assert partner.api.post(f"{API}submissions/{tried}/cancel/").json()["status"] == "cancelled"
    assert practise(partner, [])["status"] == "rejected"


def test_who_may_not_practise_and_in_what(partner: Partner) -> None:
    body = {"records": [], "practice": True, "period": partner.period.code}
    named = {"organisation": partner.organisation.code}
    assert partner.officer.post(f"{API}submissions/", body | named, format="json").status_code == 403
    reader = client_of(PartnerFactory(organisation=partner.organisation, read_only=True))
    assert reader.post(f"{API}submissions/", body, format="json").status_code == 403
    refused = partner.api.post(f"{API}submissions/", body | {"opening": True}, format="json")
    assert refused.status_code == 403
    del body["period"]
    other = partner.api.post(f"{API}submissions/", body | {"template": "positions/1"}, format="json")
    assert other.status_code == 400
    assert {one["field"] for one in other.json()["errors"]} <= {"practice", "template", "period"}


def test_the_database_holds_what_it_may_not_be(partner: Partner) -> None:
    tried = practise(partner, [partner.row(0)])["id"]
    with scope.everything(), pytest.raises(IntegrityError), transaction.atomic():
        Submission.with_practice.filter(pk=tried).update(on_behalf=True)


def test_without_a_period_it_is_for_the_one_to_be_reported_next(partner: Partner) -> None:
    expect_obligations()
    answer = partner.api.post(f"{API}submissions/", {"records": [partner.row(0)], "practice": True}, format="json")
    assert answer.status_code == 202, answer.content
    assert answer.json()["period"] == partner.period.code
    real = partner.api.post(f"{API}submissions/", {"records": [partner.row(0)]}, format="json")
    assert real.status_code == 400, "in earnest it is always said"


def test_it_counts_towards_the_limit_of_uploads(partner: Partner, settings: LazySettings) -> None:
    settings.UPLOADS_PER_HOUR = 1
    practise(partner, [partner.row(0)])
    body = {"records": [partner.row(1)], "practice": True}
    assert partner.api.post(f"{API}submissions/", body, format="json").status_code == 429


def test_after_its_days_it_is_removed_with_its_files(partner: Partner, clock: Any) -> None:
    real = partner.report([partner.row(0)])["id"]
    tried = practise(partner, [partner.row(1, district="火星区"), partner.row(2)])["id"]
    partner.api.patch(f"{API}submissions/{tried}/rows/2/", {"district": "南明区"}, format="json")
    partner.confirm(tried)
    with scope.everything():
        kept = list(SealedFile.objects.order_by("pk").values_list("pk", flat=True))
        own = Submission.with_practice.get(pk=tried)
        gone = {file for file in (own.original_id, own.sheet_id) if file is not None}
        assert len(gone) == 2
    clock.shift(days=6, hours=23)
    assert practising.purge() == 0
    newer = practise(partner, [partner.row(3)])["id"]
    clock.shift(days=7, seconds=1)
    purge_practice()
    with scope.everything():
        left = list(Submission.with_practice.order_by("pk").values_list("pk", flat=True))
        assert left == [real, newer]
        assert not Finding.objects.filter(submission=tried).exists()
        assert not Mend.objects.filter(submission=tried).exists()
        assert not SealedFile.objects.filter(pk__in=gone).exists()
        assert SealedFile.objects.filter(pk__in=set(kept) - gone).count() == len(set(kept) - gone)
        assert AuditEntry.objects.filter(action="practice.purged").count() == 1
        assert Job.objects.filter(subject_id=tried).exists(), "that work was done stays known"
    assert partner.api.get(f"{API}submissions/{tried}/").status_code == 404
    assert partner.submission(real)["status"] == "accepted"


def test_a_job_of_it_leads_nobody_astray(partner: Partner) -> None:
    from django.test import Client

    tried = practise(partner, [partner.row(0)])["id"]
    for user, leads in ((partner.clerk, True), (OfficerFactory(), False)):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert (f'href="/submissions/{tried}/"' in client.get("/jobs/").content.decode()) is leads


def file_of(answer: Any, name: str) -> io.BytesIO:
    file = io.BytesIO(answer.content)
    file.name = name
    return file


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_sample_holds_what_it_says(partner: Partner, language: str, kind: str) -> None:
    expect_obligations()
    api = client_of(partner.clerk, language)
    told = api.get(f"{API}practice/").json()
    assert (told["period"], told["days"]) == (partner.period.code, 7)
    assert [one["name"] for one in told["samples"]] == ["clean", "mistakes"]
    for sample in told["samples"]:
        file = file_of(api.get(f"{API}practice/{sample['name']}.{kind}"), f"{sample['name']}.{kind}")
        sent = api.post(f"{API}submissions/", {"file": file, "practice": "true"}, format="multipart").json()
        partner.run_jobs()
        wanted = {(one["row"], one["rule"], one["column"]) for one in sample["mistakes"]}
        assert partner.found(sent["id"]) == wanted
        counts = partner.submission(sent["id"])["counts"]
        assert counts["rows"] == sample["rows"]
        assert counts["rejected"] == sum(one["severity"] == "error" for one in sample["mistakes"])
    assert api.get(f"{API}practice/other.xlsx").status_code == 404


def test_a_sample_of_introductions(partner: Partner, run_jobs: Callable[[], int]) -> None:
    organisation = OrganisationFactory(kind="employer")
    today = clock.today()
    ProgrammeFactory(
        organisations=[organisation],
        path="introduced",
        starts_on=today - dt.timedelta(days=400),
        ends_on=today + dt.timedelta(days=400),
    )
    api = client_of(PartnerFactory(organisation=organisation))
    file = file_of(api.get(f"{API}practice/clean.xlsx"), "clean.xlsx")
    sent = api.post(f"{API}submissions/", {"file": file, "practice": "true"}, format="multipart").json()
    run_jobs()
    assert api.get(f"{API}submissions/{sent['id']}/findings/").json()["results"] == []
    assert api.get(f"{API}submissions/{sent['id']}/").json()["counts"]["accepted"] == 5


def test_samples_are_for_what_the_organisation_takes_part_in(run_jobs: Callable[[], int]) -> None:
    nobody = client_of(PartnerFactory())
    assert nobody.get(f"{API}practice/").json()["samples"] == []
    assert nobody.get(f"{API}practice/clean.csv").status_code == 409

"""The trail as a page."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from backend.accounts import services as accounts
from backend.accounts.history import services as history
from backend.audit.models import AuditEntry
from backend.audit.services import enter_audit
from programs.desks.admin.audit import told
from programs.desks.admin.detail_names import WORDS
from programs.desks.admin.names import ACTIONS, SUBJECTS
from programs.periods import services as periods
from programs.recruitment import choosing
from programs.review.rulings import Kind
from programs.review.sampling.models import Lot, SamplingAct
from talent.credentials.models import Examination
from talent.people.models import MatchCase
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory, PeriodFactory
from tests.support.browsing import signed_in, words

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def admin() -> Client:
    return signed_in(AdminFactory())


def test_a_lock_is_told_with_its_reason_and_leads_to_its_period(admin: Client) -> None:
    period = PeriodFactory()
    officer = OfficerFactory()
    periods.lock_period(actor=officer, period=period, reason="季度结账")
    answer = admin.get("/audit/", {"action": "period.lock"})
    said = words(answer)
    assert f"{officer.username} Officer Locked a period · 2019-Q1 Reason: 季度结账" in said
    assert 'href="/periods/2019-Q1/"' in answer.content.decode()


def test_changes_are_told_before_and_after_but_not_what_is_private(admin: Client) -> None:
    organisation = OrganisationFactory(name_en="Old")
    contact = {"name": "王芳", "email": "wang@example.com"}
    accounts.update_organisation(actor=None, organisation=organisation, name_en="New", contacts=[contact])
    said = words(admin.get("/audit/", {"action": "organisation.update"}))
    assert "The system Changed an organisation" in said
    assert "English name Old → New" in said
    assert "Contacts changed" in said
    assert "wang@example.com" not in said


def test_what_goes_by_a_number_leads_to_its_page(admin: Client) -> None:
    enter_audit(action="submission.cancelled", subject=("submission", 4711))
    enter_audit(action="match.same", subject=("match_case", 4712))
    marks = admin.get("/audit/").content.decode()
    assert 'href="/submissions/4711/"' in marks
    assert "Submission 4711" in marks
    assert "Match case 4712" in marks


def test_filters_by_day_are_the_bureaus_days_and_include_both() -> None:
    from django.http import QueryDict

    from backend.audit.filters import AuditFilter

    filtered = AuditFilter(QueryDict("day_from=2019-03-01&day_to=2019-03-31"), AuditEntry.objects.all()).qs
    sql = str(filtered.query)
    assert "2019-03-01 00:00:00+08:00" in sql
    assert "2019-04-01 00:00:00+08:00" in sql


def test_filters_narrow_and_a_strange_one_is_refused(admin: Client) -> None:
    officer, organisation = OfficerFactory(), OrganisationFactory()
    enter_audit(action="organisation.create", subject=organisation, actor=officer)
    enter_audit(action="period.lock", subject=("period", 1), actor=officer)

    def actions(**given: str) -> list[str]:
        return [row.action for row in admin.get("/audit/", given).context["rows"]]

    assert actions(actor=officer.username) == ["period.lock", "organisation.create"]
    assert actions(subject_type="organisation") == ["organisation.create"]
    assert actions(subject_type="organisation", subject_id="0") == []
    assert actions(organisation="BUREAU", day_from="2000-01-01") == ["period.lock", "organisation.create"]
    assert actions(day_to="2000-01-01") == []
    assert admin.get("/audit/", {"day_from": "not a day"}).status_code == 400


def test_keyset_pages_show_everything_once(admin: Client) -> None:
    for number in range(7):
        enter_audit(action="period.lock", subject=("period", 1000 + number), actor=OfficerFactory())
    seen, address = [], "/audit/?action=period.lock&limit=3"
    while True:
        page = admin.get(address).context["page"]
        seen += [row.subject_id for row in page.rows]
        if page.next is None:
            break
        address = f"/audit/?action=period.lock&limit=3&cursor={page.next}"
    assert seen == [str(1000 + number) for number in reversed(range(7))]


def test_the_trail_as_a_file(admin: Client) -> None:
    periods.lock_period(actor=OfficerFactory(), period=PeriodFactory(), reason="=1+1")
    answer: Any = admin.get("/audit/", {"format": "csv", "action": "period.lock"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["Action"], row["Code of the action"], row["Subject"]) == ("Locked a period", "period.lock", "2019-Q1")
    assert '"reason":"=1+1"' in row["Detail"]


def test_more_rows_take_no_more_queries(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert admin.get("/audit/").status_code == 200
        return len(caught)

    enter_audit(action="organisation.create", subject=OrganisationFactory())
    few = queries()
    for organisation in OrganisationFactory.create_batch(8):
        enter_audit(action="organisation.create", subject=organisation)
    assert queries() == few


def test_details_are_told_in_words() -> None:
    with override("en"):
        generated = {"frequency": "month", "created": ["2019-01", "2019-02"], "reason": "said above"}
        assert dict(told("period.generate", generated)) == {"Frequency": "month", "Opened": "2019-01, 2019-02"}
        assert dict(told("period.change", {"due_on": ["2019-04-15", None]})) == {"Due on": "2019-04-15 → –"}
        assert dict(told("user.change_own", {"changed": ["language"]})) == {"changed": "Language"}
        assert dict(told("user.update", {"changed": {"is_active": [True, False]}, "password_changed": False})) == {
            "May sign in": "yes → no",
            "New password": "no",
        }


def entered() -> Iterator[tuple[str, str]]:
    """Every action that stands in the code, given or by default, with its file; those made up on the way left out."""
    for app in ("backend", "talent", "programs"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                found: list[tuple[str, ast.expr | None]] = []
                if isinstance(node, ast.Call):
                    found = [(one.arg or "", one.value) for one in node.keywords]
                elif isinstance(node, ast.arguments):
                    plain = node.args[len(node.args) - len(node.defaults) :]
                    found = [(one.arg, value) for one, value in zip(plain, node.defaults, strict=True)]
                    found += [(one.arg, value) for one, value in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
                for name, value in found:
                    if name == "action" and isinstance(value, ast.Constant) and "." in str(value.value):
                        yield str(value.value), path.relative_to(ROOT).as_posix()


def test_every_action_has_a_name() -> None:
    written = dict(entered())
    assert len(written) > 25, "the code was not read"
    made_up = {f"record.{kind}{queued}" for kind in Kind.values for queued in ("", "_queued")}
    made_up |= {f"match.{state}" for state in (MatchCase.State.SAME, MatchCase.State.DIFFERENT)}
    made_up |= {f"view.{verb}" for verb in ("save", "change", "forget")}
    made_up |= {f"lot.{state}" for state in (Lot.State.ACCEPTED, Lot.State.NOT_ACCEPTED)}
    made_up |= {f"sampling.{act}" for act in SamplingAct.Kind.values}
    made_up |= set(history.ACTIONS.values()) | {choosing.REVEAL, choosing.REVEAL_AGAIN}
    made_up |= {"period.lock", "period.unlock", "evidence.view", "evidence.view_thumbnail"}
    made_up |= {f"credential.{verdict}" for verdict in Examination.Verdict.values}
    assert (set(written) | made_up) - set(ACTIONS) == set()
    assert set(ACTIONS) - set(written) - made_up == set(), "names of actions that nothing enters any more"


def test_every_kind_of_subject_on_the_trail_has_a_name(admin: Client) -> None:
    from django.apps import apps

    tables = {model._meta.db_table for model in apps.get_models()}
    assert set(SUBJECTS) - tables == set()
    assert not any(name in WORDS for name in ("password_hash", "digest"))

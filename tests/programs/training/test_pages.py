"""The pages of training: what they show to whom, and the forms on which it is laid down."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts import scope
from programs.catalogue.models import BudgetLine, Cohort, Programme
from programs.records.models import Record
from programs.training.models import Attendance
from tests.factories import (
    BudgetLineFactory,
    CohortFactory,
    LotFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    PersonFactory,
    ProgrammeFactory,
)
from tests.programs.training.test_figures import enrol, settle
from tests.support.browsing import faults, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(OfficerFactory())


@pytest.fixture
def cohort() -> Cohort:
    """Two completed, one of them verified, one in progress: one more than there are places, long after the end."""
    found = CohortFactory(
        code="A", capacity=2, programme=ProgrammeFactory(code="BD"), contacts=[{"name": "卢老师", "role": "班主任"}]
    )
    enrol(found), enrol(found, state=Record.State.SUBMITTED), enrol(found, "in_progress", state=Record.State.SUBMITTED)
    BudgetLineFactory(cohort=found, purpose="讲师费", spent_fen=123_456)
    BudgetLineFactory(cohort=None, programme=found.programme, purpose="统一考核")
    LotFactory(cohort=found)
    with scope.everything():
        settle()
    return found


def test_a_cohorts_page_says_how_it_goes_and_what_does_not_fit(officer: Client, cohort: Cohort) -> None:
    said = words(officer.get("/cohorts/A/"))
    for text in (
        *("More people than places: 3 people for 2 places.", "Ended, people still in progress", "卢老师"),
        *("Completion rate 66.7%", "Cost per verified completion 1,234.56 yuan", "Share of the targets", "讲师费"),
        *("2 records await review.", "Lot accepted"),
    ):
        assert text in said, text
    assert "/cohorts/A/edit/" in officer.get("/cohorts/A/").content.decode()
    manager = signed_in(ManagerFactory())
    page = manager.get("/cohorts/A/").content.decode()
    assert "/edit/" not in page
    assert "/targets/all/people/?cohort=A" in page
    with scope.everything():
        names = list(Record.objects.filter(cohort=cohort).values_list("person__name", flat=True))
    assert not any(name in page for name in names if len(name) > 1)


def test_a_partner_sees_its_cohorts_money_and_no_heads(cohort: Cohort) -> None:
    own = signed_in(PartnerFactory(organisation=cohort.organisation))
    said = words(own.get("/cohorts/A/"))
    assert "讲师费" in said
    assert "Share of the targets" not in said
    programme = words(own.get("/programmes/BD/"))
    assert "How your cohorts go together" in programme
    assert "统一考核" not in programme
    other = signed_in(PartnerFactory())
    for page in ("/cohorts/A/", "/cohorts/A/attendance/", "/programmes/BD/"):
        assert other.get(page).status_code == 404
    assert "A" not in [row["cohort"].code for row in other.get("/cohorts/").context["rows"]]


def test_the_programme_shows_what_it_teaches_costs_and_how_its_cohorts_go(officer: Client, cohort: Cohort) -> None:
    ProgrammeFactory(code="NONE")
    row = {"areas-0-code": "ML", "areas-0-name_zh": "机器学习", "areas-0-name_en": "Learning", "areas-0-hours": "64.5"}
    sent = {
        "name_zh": "实训",
        "path": "trained",
        "starts_on": "2018-01-01",
        "ends_on": "2020-12-31",
        "organisations": [cohort.organisation.code],
        "funding_source": "municipal",
        "areas-TOTAL_FORMS": "2",
        "areas-INITIAL_FORMS": "0",
        **row,
        "requirements-TOTAL_FORMS": "1",
        "requirements-INITIAL_FORMS": "0",
        "requirements-0-education": "大学本科毕业",
        "requirements-0-title": "高级工程师",
        "requirements-0-years": "3",
    }
    page = "/programmes/BD/edit/"
    assert officer.post(page, sent).status_code == 303
    said = words(officer.get("/programmes/BD/"))
    for text in ("Learning", "64.5", "Education: Undergraduate - graduated or higher", "3 years of work or more"):
        assert text in said, text
    assert "Municipal special funds" in said
    form = officer.get(page).context["form"]
    assert form.rows["requirements"].forms[0].initial["education"] == "21"
    with scope.everything():
        [asked] = Programme.objects.get(code="BD").requirements.all()
    assert (asked.education, asked.years) == ("21", 3)

    refused = officer.post(page, {**sent, "areas-0-hours": "0", "requirements-0-title": "大师"})
    rows = refused.context["form"].rows
    assert refused.status_code == 400
    assert list(rows["areas"].forms[0].errors) == ["hours"]
    assert list(rows["requirements"].forms[0].errors) == ["title"]
    kept = {name: value for name, value in sent.items() if not name.startswith(("areas", "requirements"))}
    assert officer.post(page, kept).status_code == 303
    with scope.everything():
        assert Programme.objects.get(code="BD").areas.count() == 1


def test_contacts_of_a_cohort_are_rows_of_its_form(officer: Client, cohort: Cohort) -> None:
    sent = {
        "programme": "BD",
        "organisation": cohort.organisation.code,
        "capacity": "3",
        "starts_on": "2019-01-01",
        "ends_on": "2019-04-30",
        "contacts-TOTAL_FORMS": "2",
        "contacts-INITIAL_FORMS": "1",
        "contacts-0-name": "卢老师",
        "contacts-0-DELETE": "on",
        "contacts-1-name": "骆工",
        "contacts-1-email": "luo@example.org",
    }
    assert officer.post("/cohorts/A/edit/", sent).status_code == 303
    with scope.everything():
        cohort.refresh_from_db()
    assert [one["name"] for one in cohort.contacts] == ["骆工"]
    assert "capacity" in faults(officer.post("/cohorts/A/edit/", {**sent, "capacity": "1"}))


def test_a_budget_line_is_written_in_yuan(officer: Client, cohort: Cohort) -> None:
    new = "/programmes/BD/budget/new/"
    assert officer.get(new, {"cohort": "A"}).context["form"].initial["cohort"] == cohort
    sent = {"purpose": "教材", "funding_source": "central", "cohort": "A", "planned": "1200.05", "spent": ""}
    assert officer.post(new, sent)["Location"].startswith("/programmes/BD/")
    with scope.everything():
        line = BudgetLine.objects.get(purpose="教材")
    assert (line.planned_fen, line.spent_fen, line.cohort_id) == (120_005, 0, cohort.pk)
    here = f"/programmes/BD/budget/{line.pk}/"
    assert str(officer.get(here).context["form"].initial["planned"]) == "1200.05"
    assert officer.post(here, {**sent, "spent": "0.99"}).status_code == 303
    with scope.everything():
        line.refresh_from_db()
    assert line.spent_fen == 99
    assert list(faults(officer.post(here, {**sent, "planned": "-1"}))) == ["planned"]
    assert list(faults(officer.post(here, {**sent, "planned": "1.005"}))) == ["planned"]
    assert officer.post(f"{here}remove/").status_code == 303
    with scope.everything():
        assert not BudgetLine.objects.filter(pk=line.pk).exists()


def test_attendance_is_noted_by_a_form_and_every_edition_is_shown(cohort: Cohort) -> None:
    own = signed_in(PartnerFactory(organisation=cohort.organisation))
    with scope.everything():
        record = Record.objects.filter(cohort=cohort, outcome="completed").first()
    assert record is not None
    here = f"/cohorts/A/attendance/{record.pk}/"
    sent = {"sessions_held": "40", "sessions_attended": "41", "until": "2019-03-29"}
    [message] = faults(own.post(here, sent))["sessions_attended"]
    assert "41" in message
    for attended in ("36", "37"):
        assert own.post(here, {**sent, "sessions_attended": attended})["Location"] == "/cohorts/A/attendance/"
    said = words(own.get(here))
    assert "37 / 40" in said
    assert "36 / 40" in said
    listed = words(own.get("/cohorts/A/attendance/"))
    assert "92.5%" in listed
    assert own.get("/cohorts/A/attendance/", {"noted": "false"}).context["rows"][0]["edition"] is None
    with scope.everything():
        assert Attendance.objects.filter(record=record).count() == 2
    reader = signed_in(ManagerFactory())
    assert reader.get(here).context["form"] is None
    assert reader.post(here, sent).status_code == 403


def test_conflicts_are_listed_and_lead_to_their_cohorts(officer: Client, cohort: Cohort) -> None:
    person = PersonFactory()
    other = CohortFactory(code="B")
    enrol(cohort, person=person), enrol(other, person=person)
    rows = officer.get("/training/conflicts/").context["rows"]
    kinds = [(row["one"].cohort, row["one"].kind.value) for row in rows]
    assert sorted(kinds) == [("A", "over_capacity"), ("A", "overlap"), ("A", "unfinished")]
    assert len(officer.get("/training/conflicts/", {"kind": "overlap"}).context["rows"]) == 1
    assert words(officer.get("/training/conflicts/", {"programme": "BD", "kind": "empty"})).count(
        "Nothing of this kind"
    )
    assert 'href="/cohorts/B/"' in officer.get("/cohorts/A/").content.decode()
    for address in ("/training/conflicts/", "/cohorts/", "/cohorts/A/attendance/"):
        for form in ("csv", "xlsx"):
            assert officer.get(address, {"format": form}).status_code == 200, (address, form)
    listed = officer.get("/cohorts/", {"conflicts": "over_capacity"}).context["rows"]
    assert [row["cohort"].code for row in listed] == ["A"]


def test_lists_cost_as_many_statements_for_many_cohorts_as_for_few(officer: Client) -> None:
    def queries(page: str) -> int:
        # Asked twice: what is kept for a second is looked after once in between.
        taken = []
        for _time in range(2):
            with CaptureQueriesContext(connection) as caught:
                assert officer.get(page).status_code == 200
            taken.append(len(caught))
        return min(taken)

    programme: Any = ProgrammeFactory(code="BD")
    enrol(CohortFactory(programme=programme))
    few = [queries("/cohorts/"), queries("/training/conflicts/"), queries("/programmes/BD/")]
    for _n in range(5):
        enrol(CohortFactory(programme=programme))
    assert [queries("/cohorts/"), queries("/training/conflicts/"), queries("/programmes/BD/")] == few

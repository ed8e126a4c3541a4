"""Budget lines: entered, changed and taken out by officers, read by the bureau and by whose cohort they are."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts import scope
from backend.audit.models import AuditEntry
from programs.catalogue.models import BudgetLine
from tests.factories import (
    BudgetLineFactory,
    CohortFactory,
    ManagerFactory,
    OfficerFactory,
    PartnerFactory,
    ProgrammeFactory,
)
from tests.programs.catalogue.test_catalogue import PROGRAMMES, errors, send, signed_in

pytestmark = pytest.mark.django_db
LINE = {"funding_source": "municipal", "purpose": "讲师费", "planned_fen": 500_000_00}
HERE = f"{PROGRAMMES}BD/budget/"


@pytest.fixture
def officer(scope_all: None) -> APIClient:
    return signed_in(OfficerFactory())


def test_a_line_is_entered_changed_and_taken_out(officer: APIClient) -> None:
    cohort = CohortFactory(code="A", programme=ProgrammeFactory(code="BD"))
    made = send(officer, HERE, {**LINE, "cohort": "A"})
    assert made.status_code == 201, made.content
    line = made.json()
    assert line == {"id": line["id"], "programme": "BD", "cohort": "A", **LINE, "spent_fen": 0}
    here = f"{HERE}{line['id']}/"
    assert send(officer, here, {"spent_fen": 12_345}, "patch").json()["spent_fen"] == 12_345
    assert send(officer, here, {"cohort": None}, "patch").json()["cohort"] is None
    assert officer.get(here).json() == {**line, "spent_fen": 12_345, "cohort": None}
    assert officer.get(HERE, {"of_programme": "true", "funding_source": "municipal"}).json()["results"]
    assert officer.get(HERE, {"cohort": cohort.code}).json()["results"] == []
    assert officer.delete(here).status_code == 204
    assert officer.get(here).status_code == officer.delete(here).status_code == 404
    actions = ["budget.add", "budget.change", "budget.change", "budget.remove"]
    trail = list(AuditEntry.objects.filter(action__startswith="budget").order_by("id"))
    assert [entry.action for entry in trail] == actions
    assert trail[-1].detail["spent_fen"] == 12_345


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"funding_source": "lottery"}, {"funding_source": "invalid"}),
        ({"cohort": "OTHER"}, {"cohort": "other_programme"}),
        ({"cohort": "NONE"}, {"cohort": "does_not_exist"}),
        ({"planned_fen": -1}, {"planned_fen": "min_value"}),
        ({"planned_fen": 10**13 + 1}, {"planned_fen": "max_value"}),
        ({"spent_fen": 1.5}, {"spent_fen": "invalid"}),
        ({"purpose": " "}, {"purpose": "blank"}),
    ],
)
def test_a_line_that_cannot_be_names_each_field(
    officer: APIClient, change: dict[str, Any], wrong: dict[str, str]
) -> None:
    ProgrammeFactory(code="BD")
    CohortFactory(code="OTHER")
    assert errors(send(officer, HERE, {**LINE, **change})) == wrong
    assert not BudgetLine.objects.exists()


def test_lines_go_along_with_their_cohort_to_another_programme(officer: APIClient) -> None:
    cohort = CohortFactory(code="A", programme=ProgrammeFactory(code="BD"))
    line = BudgetLineFactory(cohort=cohort)
    ProgrammeFactory(code="NEXT", organisations=[cohort.organisation])
    assert send(officer, "/api/v1/cohorts/A/", {"programme": "NEXT"}, "patch").status_code == 200
    assert officer.get(HERE).json()["results"] == []
    assert [row["id"] for row in officer.get(f"{PROGRAMMES}NEXT/budget/").json()["results"]] == [line.pk]


def test_the_bureau_reads_all_and_a_partner_what_is_its_cohorts(officer: APIClient) -> None:
    programme = ProgrammeFactory(code="BD")
    ours, theirs = CohortFactory(code="A", programme=programme), CohortFactory(code="B", programme=programme)
    own, other = BudgetLineFactory(cohort=ours), BudgetLineFactory(cohort=theirs)
    whole = BudgetLineFactory(cohort=None, programme=programme)
    partner = signed_in(PartnerFactory(organisation=ours.organisation))
    assert [row["id"] for row in partner.get(HERE).json()["results"]] == [own.pk]
    assert partner.get(f"{HERE}{other.pk}/").status_code == partner.get(f"{HERE}{whole.pk}/").status_code == 404
    assert send(partner, HERE, LINE).status_code == 403
    manager = signed_in(ManagerFactory())
    assert [row["id"] for row in manager.get(HERE).json()["results"]] == [own.pk, other.pk, whole.pk]
    assert send(manager, f"{HERE}{own.pk}/", {"spent_fen": 1}, "patch").status_code == 403
    with scope.within(ours.organisation_id):
        assert list(BudgetLine.objects.all()) == [own]

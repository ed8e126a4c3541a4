"""An exception holds for one submission: asked for by its partner, answered by the bureau."""

from collections.abc import Callable

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.problems import Conflict, Invalid
from programs.intake import services
from programs.intake.models import Override
from tests.factories import OrganisationFactory
from tests.programs.intake.rules.conftest import ask, early
from tests.programs.intake.rules.test_severities import counts
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


def grant(officer: User, override: Override) -> Override:
    with scope.everything():
        return services.grant_override(actor=officer, override=override)


def refuse(officer: User, override: Override, reason: str = "无批文") -> Override:
    with scope.everything():
        return services.refuse_override(actor=officer, override=override, reason=reason)


def test_a_granted_exception_lets_the_rows_pass_with_a_warning_there_alone(partner: Partner, officer: User) -> None:
    rows = [partner.row(0), early(partner, 1)]
    checked, other = partner.send(rows), partner.send(rows, force=True)
    override = ask(partner, checked["id"])
    assert counts(partner.submission(checked["id"])) == (1, 0, 1)
    assert grant(officer, override).state == "granted"
    assert counts(partner.submission(checked["id"])) == (2, 1, 0)
    assert {one["severity"] for one in partner.findings(checked["id"])} == {"warning"}
    assert counts(partner.submission(other["id"])) == (1, 0, 1)
    taken = partner.confirm(checked["id"])
    assert (taken["status"], counts(taken)) == ("accepted", (2, 1, 0))
    assert len(partner.records()) == 2


def test_the_same_answer_twice_changes_nothing_and_the_other_one_is_refused(partner: Partner, officer: User) -> None:
    override = ask(partner, partner.send([early(partner, 0)])["id"])
    first = refuse(officer, override)
    again = refuse(officer, override, "又一理由")
    assert (again.reason, again.decided_at) == (first.reason, first.decided_at)
    with pytest.raises(Conflict):
        grant(officer, override)
    assert counts(partner.submission(override.submission_id)) == (0, 0, 1)


def test_a_refusal_needs_a_reason(partner: Partner, officer: User) -> None:
    override = ask(partner, partner.send([early(partner, 0)])["id"])
    with pytest.raises(Invalid):
        refuse(officer, override, "  ")


def test_it_is_asked_once_where_the_rule_refuses_rows_and_before_confirming(partner: Partner) -> None:
    checked = partner.send([early(partner, 0), partner.row(1, district="火星区")])["id"]
    ask(partner, checked)
    for rule in ("E09", "E11", "E02"):
        with pytest.raises(Conflict):
            ask(partner, checked, rule)
    taken = partner.report([early(partner, 2), partner.row(3)])
    with pytest.raises(Conflict):
        ask(partner, taken["id"])


def test_one_that_was_confirmed_meanwhile_is_not_granted(partner: Partner, officer: User) -> None:
    checked = partner.send([partner.row(0), early(partner, 1)])["id"]
    override = ask(partner, checked)
    partner.confirm(checked)
    with pytest.raises(Conflict):
        grant(officer, override)
    assert refuse(officer, override).state == "refused"


def test_another_partner_neither_sees_nor_meets_it(partner: Partner, run_jobs: Callable[[], int]) -> None:
    override = ask(partner, partner.send([early(partner, 0)])["id"])
    other = Partner(run_jobs, OrganisationFactory())
    assert [one["id"] for one in partner.api.get(f"{API}overrides/").json()["results"]] == [override.pk]
    assert other.api.get(f"{API}overrides/").json()["results"] == []
    # The second wall: the database itself shows it to nobody else.
    with scope.within(other.organisation.pk):
        assert not Override.objects.filter(pk=override.pk).exists()
    with scope.within(partner.organisation.pk):
        assert Override.objects.filter(pk=override.pk).exists()

"""No filter is ever ignored."""

from typing import Any

import pytest

from backend.accounts.filters import OrganisationFilter
from backend.accounts.models import Organisation
from backend.lists.filters import narrow
from backend.problems import Problem
from tests.factories import AdminFactory, OrganisationFactory
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(AdminFactory(), **{"accept-language": "en"})


def test_an_unknown_name_is_named_beside_the_known(caller: Caller) -> None:
    answer = caller.get("organisations/?kind=university&no_such=1&Kind=x")
    assert (answer.status_code, code_of(answer)) == (400, "unknown_parameter")
    body = answer.json()
    assert [error["field"] for error in body["errors"]] == ["Kind", "no_such"]
    assert {"code", "kind", "parent", "school_code", "uscc", "search", "without_users"} <= set(body["known"])
    assert {"Kind", "no_such"}.isdisjoint(body["known"])
    assert "parent" in body["detail"]


@pytest.mark.parametrize("suffix", ["&format=csv", "&format=xlsx", "&count=exact"])
def test_a_download_is_as_strict(caller: Caller, suffix: str) -> None:
    assert caller.get(f"organisations/?no_such=1{suffix}").status_code == 400
    assert caller.get(f"organisations/?kind=club{suffix}").status_code == 400


@pytest.mark.parametrize(
    "query", ["at_from=yesterday", "action_id=7", "at_to=2019-13-01", "actor=%00", "at_from=99999-01-01"]
)
def test_a_value_that_cannot_be_read(caller: Caller, query: str) -> None:
    answer = caller.get(f"audit/?{query}")
    assert (answer.status_code, code_of(answer)) == (400, "invalid")
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("query", ["subject_id=x", "subject_id=99999999999999999999999", "subject_id=1e9999"])
def test_numbers_beyond_all_bounds(caller: Caller, query: str) -> None:
    answer = caller.get(f"jobs/?{query}")
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json()["results"] == []


def test_a_filter_in_a_body_is_the_same_filter() -> None:
    OrganisationFactory(code="AAA", kind="employer")
    OrganisationFactory(code="BBB")
    organisations = Organisation.objects.all()
    assert [row.code for row in narrow(OrganisationFilter, {"kind": "employer"}, organisations)] == ["AAA"]
    wrong: list[Any] = [{"no_such": 1}, {"kind": "club"}, {"limit": 3}, [], "kind", {"kind": {"in": []}}]
    for values in wrong:
        with pytest.raises(Problem) as refused:
            narrow(OrganisationFilter, values, organisations)
        assert refused.value.status == 400

"""Views of any list, kept under a name: what they keep, for whom, and that every list can be kept."""

from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.saved_views import selectors, services
from backend.web.lists import every_list, page_of
from tests.factories import ManagerFactory, OfficerFactory, PartnerFactory
from tests.support.http import Caller, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def li() -> User:
    return OfficerFactory(username="li")


@pytest.fixture
def wang() -> User:
    return OfficerFactory(username="wang")


def post(user: User, **body: Any) -> Any:
    return Caller(user).post("saved-views/", body, format="json")


def names(user: User, **given: str) -> list[str]:
    return [one["name"] for one in Caller(user).get("saved-views/", given).json()["results"]]


def test_views_are_kept_under_a_name(li: User, wang: User) -> None:
    view = {
        "list": "records",
        "name": "贵大 待审",
        "query": "?state=submitted&organisation=GZU&limit=20&cursor=x&columns=name&columns=state",
        "is_default": True,
    }
    made = post(li, **view).json()
    assert (made["query"], made["is_default"]) == ("state=submitted&organisation=GZU&columns=name%2Cstate", True)
    assert post(li, **view).status_code == 409
    assert post(li, **{**view, "list": "obligations", "query": "overdue=true"}).status_code == 201
    assert post(wang, **{**view, "name": "共用"}, shared=True).status_code == 201
    for bad in ("nonsense=1", "", "state=gone", "limit=3", "columns=nothing"):
        assert post(li, list="records", name="x", query=bad).status_code == 400, bad
    assert code_of(post(li, list="audit", name="x", query="action=x")) == "invalid"
    assert names(li, list="records") == ["共用", "贵大 待审"]
    assert names(wang) == ["共用"]
    theirs = Caller(wang).get("saved-views/").json()["results"][0]["id"]
    assert Caller(li).patch(f"saved-views/{theirs}/", {"name": "y"}, format="json").status_code == 403
    assert Caller(wang).get(f"saved-views/{made['id']}/").status_code == 404
    other = post(li, list="records", name="修改", query="pending=true", is_default=True).json()
    assert Caller(li).get(f"saved-views/{made['id']}/").json()["is_default"] is False
    assert Caller(li).delete(f"saved-views/{other['id']}/").status_code == 204
    assert Caller(li).get(f"saved-views/{other['id']}/").status_code == 404


def test_a_view_is_shared_with_colleagues_of_the_same_role_and_organisation(li: User) -> None:
    clerk = PartnerFactory()
    with scope.everything():
        for user in (clerk, li):
            services.save_view(actor=user, list_name="records", name="待审", query="state=submitted", shared=True)
    colleague, stranger = PartnerFactory(organisation=clerk.organisation, read_only=True), PartnerFactory()
    assert names(colleague) == ["待审"]
    assert post(colleague, list="records", name="我的", query="state=returned").status_code == 201
    assert names(stranger) == names(ManagerFactory()) == []
    with scope.within(stranger.organisation_id):
        assert not selectors.views(clerk).exists(), "the second wall shows nothing of another organisation"


def test_every_list_can_be_kept_with_its_columns(li: User) -> None:
    """A list whose page is there and whose files have columns keeps them, whatever it is a list of."""
    kept = 0
    for name, page in every_list().items():
        if page.admits(li, "GET") and isinstance(page.headings, dict) and page.headings:
            chosen = ",".join(list(page.headings)[:2])
            assert page.readable(li, f"columns={chosen}") == f"columns={chosen.replace(',', '%2C')}", name
            kept += 1
    assert kept > 30
    assert page_of("no-list-of-ours") is None

"""Entering a scope: what lasts, what ends, what is refused."""

import pytest
from django.db import DataError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit import context
from backend.jobs.models import Job
from tests.factories import AdminFactory, ManagerFactory, OfficerFactory, OrganisationFactory, PartnerFactory


def settings_now() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('shugu.scope', true), ''),"
            " coalesce(current_setting('shugu.organisation', true), ''),"
            " coalesce(current_setting('shugu.user', true), '')"
        )
        return cursor.fetchone()


def test_a_partner_enters_their_organisation(db: None) -> None:
    partner = PartnerFactory()
    scope.enter(partner)
    assert settings_now() == ("organisation", str(partner.organisation_id), str(partner.pk))


@pytest.mark.parametrize("factory", [OfficerFactory, ManagerFactory, AdminFactory])
def test_the_bureaus_staff_enter_everything(db: None, factory: type[OfficerFactory]) -> None:
    user = factory()
    scope.enter(user)
    assert settings_now() == ("all", "", str(user.pk))


def test_whoever_enters_a_scope_is_who_acts(db: None) -> None:
    partner = PartnerFactory()
    with context.acting(address="192.0.2.7") as action:
        scope.enter(partner)
        assert context.current().user == partner
        assert (context.current().id, context.current().address) == (action.id, "192.0.2.7")


def test_scopes_nest_and_the_outer_one_stands_again(db: None) -> None:
    with scope.everything():
        with scope.within(7):
            assert settings_now() == ("organisation", "7", "")
            with scope.everything():
                assert settings_now() == ("all", "", "")
            assert settings_now() == ("organisation", "7", "")
        assert settings_now() == ("all", "", "")
    assert settings_now() == ("", "", "")


def test_a_scope_that_fails_leaves_the_outer_one(db: None) -> None:
    with scope.within(7):
        with pytest.raises(ZeroDivisionError), scope.everything():
            raise ZeroDivisionError
        assert settings_now() == ("organisation", "7", "")


def test_a_scope_whose_statement_failed_leaves_the_outer_one(db: None) -> None:
    with scope.within(7):
        with pytest.raises(DataError), scope.everything(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert settings_now() == ("organisation", "7", "")


def test_no_scope_outside_a_transaction(fresh_database: str) -> None:
    with pytest.raises(scope.NoTransaction):
        scope.enter(User(role=User.Role.PARTNER, organisation_id=1))
    with pytest.raises(scope.NoTransaction):
        scope.require_transaction()


def test_selectors_show_a_partner_their_own_and_nobody_nothing(scope_all: None) -> None:
    ours, theirs = OrganisationFactory(), OrganisationFactory()
    for organisation in (ours, theirs):
        Job.objects.create(kind="test", organisation=organisation)
    seen = {
        name: set(scope.visible(Job.objects.all(), actor).values_list("organisation", flat=True))
        for name, actor in {"partner": PartnerFactory(organisation=ours), "officer": OfficerFactory(), "": None}.items()
    }
    assert seen == {"partner": {ours.pk}, "officer": {ours.pk, theirs.pk}, "": set()}


def test_selectors_take_the_way_to_the_organisation(scope_all: None) -> None:
    ours, _ = OrganisationFactory(), OrganisationFactory()
    partner = PartnerFactory(organisation=ours)
    assert list(scope.visible(Organisation.objects.all(), partner, field="pk")) == [ours]


def who_may_see_what(request: HttpRequest) -> HttpResponse:
    """Answers with the scope that the request finds, then enters a partner's."""
    found = settings_now()
    scope.enter(PartnerFactory())
    return JsonResponse({"found": found})


urlpatterns = [path("who/", who_may_see_what)]


@pytest.mark.urls(__name__)
def test_a_request_of_the_test_client_neither_inherits_the_tests_scope_nor_leaves_its_own(
    as_officer: User, client: Client
) -> None:
    before = settings_now()
    assert before != ("", "", "")
    for _ in range(2):
        assert client.get("/who/").json() == {"found": ["", "", ""]}
        assert settings_now() == before

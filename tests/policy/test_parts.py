"""The tables of routes and pages for the users of an organisation that another one is part of: they read what that
reports, and nothing else of it; and no more once it is not part of theirs."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from backend import clock
from backend.accounts import scope
from backend.accounts.history import services as history
from backend.accounts.models import Organisation
from tests.factories import OrganisationFactory, PartnerFactory
from tests.policy import test_pages, test_table
from tests.policy.table import BODIES
from tests.policy.test_table import filled
from tests.policy.world import ACTORS, World, _signed_in

pytestmark = pytest.mark.django_db
PARTNER, OTHER = ACTORS.index("partner"), ACTORS.index("other")

READ = {
    "cohorts/{cohort}/",
    "cohorts/{cohort}/attendance/",
    "cohorts/{cohort}/conflicts/",
    "cohorts/{cohort}/figures/",
    "credentials/{credential}/",
    "extensions/{extension}/",
    "obligations/{obligation}/",
    "organisations/{organisation}/",
    "organisations/{organisation}/changes/",
    "people/{person}/",
    "people/{person}/timeline/",
    "period-schemes/{scheme}/",
    "programmes/{programme}/",
    "programmes/{programme}/figures/",
    "records/{record}/",
    "retention/checks/{check}/",
    "submissions/{submission}/",
    "submissions/{submission}/findings/",
    "submissions/{submission}/findings/summary/",
    "submissions/{submission}/places/",
}
READ_AS_PAGES = {
    "cohorts/{cohort}/",
    "cohorts/{cohort}/attendance/",
    "cohorts/{cohort}/attendance/{record}/",
    "credentials/{credential}/",
    "obligations/{obligation}/",
    "organisations/{organisation}/",
    "people/{person}/",
    "period-schemes/{scheme}/",
    "programmes/{programme}/",
    "records/{record}/",
    "retention/checks/{check}/",
    "scorecards/{organisation}/",
    "submissions/{submission}/",
    "submissions/{submission}/statement/",
}
LISTS = ("submissions", "records", "obligations", "cohorts", "retention/checks", "credentials")


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    """The partner's organisation is part of the other's."""
    world = World(run_jobs)
    _nest(world.partner.organisation, world.other.organisation)
    return world


def _nest(organisation: Organisation, parent: Organisation, days: int = 0) -> None:
    day = clock.today() + dt.timedelta(days=days)
    with scope.everything():
        history.nest(actor=None, organisation=organisation, parent=parent, from_on=day, reason="归并")


def _withdraw(organisation: Organisation) -> None:
    """It never was so."""
    with scope.everything():
        [change] = organisation.changes.filter(kind="parent", withdrawn_at=None)
        history.withdraw(actor=None, change=change, reason="误登", correction=True)


def differences(world: World) -> Iterator[str]:
    """Every line about one thing where the other's clerk gets something else than they should; changes are undone."""
    for method, path, wanted in test_table.rows():
        if "{" not in path:
            continue
        then = wanted[PARTNER] if method == "GET" and path in READ else wanted[OTHER]
        with transaction.atomic():
            now = world.call("other", method, path, filled(BODIES.get((method, path)), world.ids)).status_code
            transaction.set_rollback(True)
        if now != then:
            yield f"{method} {path}: {now}, not {then}"


def test_what_a_part_reports_is_read_and_nothing_else_of_it(world: World) -> None:
    assert list(differences(world)) == []
    _withdraw(world.partner.organisation)
    there = {path: world.call("other", "GET", path).status_code for path in sorted(READ)}
    assert set(there.values()) == {404}, "and nothing any more once it is no part of theirs"


def test_pages_show_the_same(world: World) -> None:
    client = test_pages.client_of(world.users["other"])
    there, found = {}, []
    for method, path, wanted in test_pages.rows():
        # What is done by a button is the API's too, but for forms, which answer themselves.
        if "{" not in path or (method != "GET" and path not in READ_AS_PAGES):
            continue
        then = wanted[PARTNER] if method == "GET" and path in READ_AS_PAGES else wanted[OTHER]
        with transaction.atomic():
            there[method, path] = test_pages.call(world, client, method, path).status_code
            transaction.set_rollback(True)
        if there[method, path] != then:
            found.append(f"{method} {path}: {there[method, path]}, not {then}")
    assert found == []
    assert {path for method, path in there if method == "GET"} >= READ_AS_PAGES


def test_without_the_first_wall_the_second_lets_no_more_through(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant of every selector at once: of its parts, a parent still reads what it may and changes nothing."""
    for module in test_table._modules_that_scope():
        monkeypatch.setattr(module, "visible", lambda queryset, actor, field="organisation": queryset)
    leaks = []
    for method, path, wanted in test_table.rows():
        if "{" not in path or any(name in path for name in test_table.OPEN) or wanted[OTHER] != 404:
            continue
        expected = {wanted[PARTNER] if path in READ else 404} if method == "GET" else {400, 403, 404, 409}
        with transaction.atomic():
            now = world.call("other", method, path, filled(BODIES.get((method, path)), world.ids)).status_code
            transaction.set_rollback(True)
        if now not in expected:
            leaks.append(f"{method} {path}: {now}")
    assert leaks == []


def test_lists_files_and_figures_hold_the_parts_for_as_long_as_they_are(world: World) -> None:
    def owners() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in LISTS:
            answer = world.call("other", "GET", f"{name}/", {"limit": 200})
            found[name] = {row["organisation"] for row in answer.json()["results"]}
            text = world.call("other", "GET", f"{name}/", {"format": "csv"}).getvalue().decode("utf-8-sig")
            assert (world.partner.organisation.code in text) is (world.partner.organisation.code in found[name]), name
        return found

    part = world.partner.organisation.code
    assert all(part in codes for codes in owners().values()), owners()
    narrowed = world.call("other", "GET", "records/", {"organisation": part}).json()["results"]
    assert narrowed
    assert all("*" in row["id_number"] for row in narrowed)
    _withdraw(world.partner.organisation)
    assert not any(part in codes for codes in owners().values()), owners()


def test_it_is_read_from_the_day_on_and_through_what_lies_between(world: World) -> None:
    top = OrganisationFactory(code="TOP")
    world.clients["top"] = _signed_in(PartnerFactory(organisation=top))
    path = "records/{record}/"
    _nest(world.other.organisation, top, days=1)
    assert world.call("top", "GET", path).status_code == 404, "not before its day"
    _withdraw(world.other.organisation)
    _nest(world.other.organisation, top)
    assert world.call("top", "GET", path).status_code == 200, "a part's part"
    assert world.call("other", "GET", path).status_code == 200
    assert world.call("partner", "GET", "organisations/TOP/").status_code == 404, "and never upwards"

"""The table of ``table.py`` for officers who are bound to districts: of all that there is, and of none of it."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from backend.accounts import scope
from programs.review import services as decisions
from programs.review.sampling.models import LotUnit
from tests.factories import OfficerFactory
from tests.policy import privacy
from tests.policy.table import BODIES
from tests.policy.test_table import filled, rows
from tests.policy.world import ACTORS, World, _signed_in

pytestmark = pytest.mark.django_db
NANMING, YUNYAN = "520102", "520103"
OFFICER = ACTORS.index("officer")

NAMES_PEOPLE = ("{record}", "{person}", "{credential}", "{evidence}", "{thread}", "{lot}", "{check}", "{delivery}")
"""What an address names that belongs to a district."""

# What is about people of every district: refused in words, or not there.
OF_THE_WHOLE = {
    ("POST", "people/{person}/split/"): 403,
    ("GET", "matches/{match}/"): 404,
    ("POST", "matches/{match}/same/"): 404,
    ("POST", "matches/{match}/different/"): 404,
    ("POST", "people/check-list/"): 403,
    ("POST", "submissions/"): 403,
    ("POST", "submissions/{submission}/confirm/"): 403,
    ("POST", "submissions/{submission}/cancel/"): 403,
    ("PATCH", "submissions/{submission}/rows/3/"): 403,
    ("POST", "submissions/{submission}/mend-all/"): 403,
    ("GET", "submissions/{submission}/changes/"): 403,
    ("POST", "overrides/{override}/grant/"): 403,
    ("POST", "overrides/{override}/refuse/"): 403,
    ("POST", "replays/"): 403,
    ("POST", "candidates/"): 403,
    ("POST", "candidates/move/"): 400,
    ("POST", "candidates/arrive/"): 400,
    ("POST", "review/batches/"): 403,
    ("POST", "review/sampling/{organisation}/"): 403,
    # A colleague's own.
    ("GET", "decision-runs/{run}/"): 404,
    ("POST", "decision-runs/{run}/undo/"): 404,
    ("GET", "saved-views/{view}/"): 404,
    ("PATCH", "saved-views/{view}/"): 404,
    ("DELETE", "saved-views/{view}/"): 404,
}
OF_THE_WHOLE |= privacy.OF_THE_WHOLE
# The lot of the table has no members; here it has one, and is decided.
OF_THE_LOT = {("POST", "review/batches/{lot}/units/{record}/"): 409}
# Where nothing of the district is named in the address, and yet in the body.
IN_THE_BODY = {
    ("POST", "records/decide/"): 400,
    ("POST", "records/decide/preview/"): 400,
    ("POST", "credentials/examine/"): 400,
    ("POST", "claims/"): 400,
    ("POST", "claims/hand-over/"): 400,
    ("POST", "claims/take-over/"): 400,
    ("POST", "threads/"): 400,
    ("PUT", "cohorts/{cohort}/attendance/"): 400,
    ("POST", "retention/checks/answer/"): 404,
}


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    world = World(run_jobs)
    with scope.everything():
        record = world.ids["record"]
        LotUnit.objects.create(
            lot_id=world.ids["lot"],
            organisation=world.partner.organisation,
            record_id=record,
            submission_id=world.checked,
            rank=1,
            held=False,
            outcome=LotUnit.Outcome.VERIFIED,
        )
    for name, district in (("there", NANMING), ("elsewhere", YUNYAN)):
        world.clients[name] = _signed_in(OfficerFactory(districts=[district]))
    return world


def got(world: World, actor: str) -> Iterator[tuple[str, str, int, int]]:
    """Each line with what the table says of an officer and what ``actor`` gets; what is changed is undone."""
    for method, path, wanted in rows():
        # Candidates are of no district before they have arrived.
        then = 404 if "{candidate}" in path and wanted[OFFICER] != 403 else wanted[OFFICER]
        with transaction.atomic():
            answer = world.call(actor, method, path, filled(BODIES.get((method, path)), world.ids))
            yield method, path, then, answer.status_code
            transaction.set_rollback(True)


def test_in_the_district_an_officer_is_an_officer_but_for_what_is_of_the_whole(world: World) -> None:
    differences = [
        f"{method} {path}: {now}, not {expected}"
        for method, path, then, now in got(world, "there")
        if now != (expected := (OF_THE_WHOLE | OF_THE_LOT).get((method, path), then))
    ]
    assert not differences, "\n".join(differences)


def test_elsewhere_nothing_that_belongs_to_a_district_is_there(world: World) -> None:
    differences = []
    for method, path, then, now in got(world, "elsewhere"):
        expected = OF_THE_WHOLE.get((method, path), IN_THE_BODY.get((method, path), then))
        if then != 403 and any(name in path for name in NAMES_PEOPLE):
            expected = 404
        if now != expected:
            differences.append(f"{method} {path}: {now}, not {expected}")
    assert not differences, "\n".join(differences)


def test_lists_hold_nothing_of_another_district(world: World) -> None:
    with scope.everything():
        decisions.decide_one(record_id=world.ids["record"], decision="verify", reason="", actor=OfficerFactory())
    for path in ("records/", "people/", "credentials/", "claims/", "threads/", "review/batches/", "decision-runs/"):
        assert world.call("elsewhere", "GET", path).json()["results"] == [], path
        for form in ("csv", "xlsx"):
            assert world.call("elsewhere", "GET", path, {"format": form}).status_code == 200

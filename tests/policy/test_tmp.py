import pytest

from tests.policy import test_pages as p
from tests.policy.pages import recruitment
from tests.policy.world import ACTORS, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, run_jobs) -> World:
    return World(run_jobs)


def test_it(world):
    signed_in = {actor: p.client_of(world.users[actor]) for actor in ACTORS}
    lines = [line.split() for line in recruitment.TABLE.strip().splitlines()]
    differences = []
    for method, path, *wanted in lines:
        got = list(p.statuses(world, signed_in, method, path))
        differences += [
            f"{method} {path} as {a}: {n}, not {t}"
            for a, n, t in zip(ACTORS, got, map(int, wanted), strict=True)
            if n != t
        ]
    print("\n".join(differences))
    assert differences == []

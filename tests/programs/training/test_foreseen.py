"""What a checked submission would make of places, told before it is confirmed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backend.accounts import scope
from programs.catalogue.models import Cohort
from tests.support.browsing import signed_in, words
from tests.support.partner import API, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db: None, run_jobs: Callable[[], int]) -> Partner:
    found = Partner(run_jobs)
    with scope.everything():
        Cohort.objects.filter(pk=found.cohort.pk).update(capacity=3)
    return found


def told(partner: Partner, submission: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = partner.api.get(f"{API}submissions/{submission['id']}/places/").json()["results"]
    return [(row["taken"], row["joining"], row["would_be"], row["over"], row["message"]) for row in rows]


def test_more_people_than_places_are_told_before_they_are_taken(partner: Partner) -> None:
    partner.report([partner.row(n) for n in range(2)])
    bad = partner.row(8, district="火星区")
    gone = partner.row(7, outcome="退出", completed_on="")
    sent = partner.send([partner.row(0), *(partner.row(n) for n in range(2, 4)), gone, bad])
    assert told(partner, sent) == [(2, 2, 4, True, "4 people for 3 places.")]
    page: Client = signed_in(partner.clerk)
    assert "4 people for 3 places." in words(page.get(f"/submissions/{sent['id']}/"))

    partner.api.patch(f"{API}submissions/{sent['id']}/rows/4/", {"outcome": "退出", "completed_on": ""}, format="json")
    assert told(partner, sent) == [(2, 1, 3, False, "")]
    assert "people for" not in words(page.get(f"/submissions/{sent['id']}/"))
    partner.api.post(f"{API}submissions/{sent['id']}/confirm/")
    partner.run_jobs()
    assert told(partner, sent) == []
    held = partner.api.get(f"{API}cohorts/{partner.cohort.code}/").json()["places_left"]
    assert held == 0


def test_who_withdraws_frees_a_place_and_who_comes_back_takes_it(partner: Partner) -> None:
    partner.report([partner.row(0), partner.row(1), partner.row(2, outcome="退出", completed_on="")])
    away = [partner.row(n, outcome="退出", completed_on="") for n in range(2)]
    assert told(partner, partner.send([*away, partner.row(2)])) == [(2, -1, 1, False, "")]
    assert told(partner, partner.send([partner.row(5, programme="NONE")])) == []

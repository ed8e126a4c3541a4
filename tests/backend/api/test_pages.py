"""Keyset pages: everything once, in order, with ties and nulls, while rows come in."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.jobs.models import Job
from backend.lists.keyset import total_ordering
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory
from tests.support.http import Caller, code_of

ORDERINGS: list[tuple[str, ...]] = [
    ("id",),
    ("-id",),
    ("finished_at",),
    ("-finished_at",),
    ("finished_at", "-kind"),
    ("-finished_at", "kind", "-id"),
    ("kind", "-organisation__code"),
    ("-organisation__code", "finished_at"),
    ("subject_id", "-finished_at", "kind"),
    ("shifted", "kind"),
    (),
]
ordering: Sequence[str] = ()


class Sorted(base.ListView):
    """Jobs in an order that the test sets."""

    permission_classes = [roles({"GET": EVERYONE})]
    columns = {"id": "id", "kind": "kind"}

    def get_queryset(self) -> QuerySet[Job]:
        setattr(self, "ordering", ordering)  # noqa: B010 - the test sets it per request
        return Job.objects.annotate(shifted=F("subject_id") + 1)


class Computed(base.ListView):
    """A list that no query gives."""

    permission_classes = [roles({"GET": EVERYONE})]
    parameters = ("by",)

    def get_queryset(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a computed list
        return [{"key": f"k{n}", "achieved": n} for n in range(7)]


urlpatterns = [path("api/v1/", include([path("sorted/", Sorted.as_view()), path("computed/", Computed.as_view())]))]
handler404 = "backend.api.faults.not_found"


@pytest.fixture
def caller(settings: Any, scope_all: None) -> Caller:
    settings.ROOT_URLCONF = __name__
    return Caller(OfficerFactory())


def make_jobs(count: int, seed: int = 1) -> None:
    chance = random.Random(seed)
    moment = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
    organisations = [None, OrganisationFactory(), OrganisationFactory()]
    Job.objects.bulk_create(
        Job(
            kind=chance.choice(["a", "b", "é"]),
            organisation=chance.choice(organisations),
            finished_at=chance.choice([None, None, *(moment + dt.timedelta(microseconds=n) for n in range(4))]),
            subject_id=chance.choice([None, -1, 0, 7]),
        )
        for _ in range(count)
    )


def walk(caller: Caller, address: str, direction: str = "next") -> list[dict[str, Any]]:
    pages = []
    while address:
        answer = caller.get(address)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json())
        address = pages[-1][direction]
    return pages


@pytest.mark.parametrize("terms", ORDERINGS, ids=lambda terms: ",".join(terms) or "none")
def test_every_row_once_in_order_there_and_back(caller: Caller, terms: tuple[str, ...]) -> None:
    global ordering
    ordering = terms
    make_jobs(53)
    queryset = Job.objects.annotate(shifted=F("subject_id") + 1)
    expected = list(queryset.order_by(*total_ordering(queryset, terms)).values_list("id", flat=True))
    pages = walk(caller, "sorted/?limit=7")
    assert [row["id"] for page in pages for row in page["results"]] == expected
    assert [len(page["results"]) for page in pages] == [7] * 7 + [4]
    assert pages[0]["previous"] is None
    back = walk(caller, pages[-1]["previous"], "previous")
    assert [row["id"] for page in reversed(back) for row in page["results"]] == expected[:-4]
    assert back[-1]["previous"] is None
    assert back[0]["next"] is not None


def test_rows_that_come_in_are_neither_skipped_nor_shown_twice(caller: Caller) -> None:
    global ordering
    ordering = ("-finished_at",)
    make_jobs(30)
    before = set(Job.objects.values_list("id", flat=True))
    seen: list[int] = []
    address: str | None = "sorted/?limit=4"
    seed = 2
    while address:
        page = caller.get(address).json()
        seen += [row["id"] for row in page["results"]]
        make_jobs(3, seed := seed + 1)
        address = page["next"] if len(seen) < 400 else None
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_page_starts_from_the_index(caller: Caller) -> None:
    global ordering
    ordering = ("id",)
    make_jobs(20)
    first = caller.get("sorted/?limit=5").json()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        caller.get(first["next"])
    [page] = [query["sql"] for query in queries if 'FROM "job"' in query["sql"]]
    assert '"id" >=' in page
    assert "OFFSET" not in page
    assert not any("count(" in query["sql"].lower() for query in queries)


def test_links_are_absolute_and_keep_the_filters(caller: Caller, settings: Any) -> None:
    global ordering
    ordering = ("id",)
    settings.ALLOWED_HOSTS = ["shugu.example"]
    make_jobs(3)
    page = caller.get("sorted/?limit=2&count=exact", headers={"host": "shugu.example"}).json()
    link = urlsplit(page["next"])
    assert (link.scheme, link.netloc, link.path) == ("http", "shugu.example", "/api/v1/sorted/")
    assert parse_qs(link.query).keys() == {"limit", "count", "cursor"}
    assert page["count"] == 3
    assert list(page) == ["count", "next", "previous", "results"]


def test_without_being_asked_nothing_is_counted(caller: Caller) -> None:
    assert "count" not in caller.get("sorted/").json()


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5", "", "99999999999999999999", "٥"])
def test_a_limit_that_is_none(caller: Caller, limit: str) -> None:
    answer = caller.get("sorted/", {"limit": limit})
    assert (answer.status_code, code_of(answer)) == (400, "invalid")
    assert answer.json()["errors"][0]["field"] == "limit"


def test_limits_at_their_ends(caller: Caller) -> None:
    make_jobs(3)
    assert len(caller.get("sorted/?limit=1").json()["results"]) == 1
    assert len(caller.get("sorted/?limit=500").json()["results"]) == 3


def test_a_count_that_is_none(caller: Caller) -> None:
    assert caller.get("sorted/?count=yes").status_code == 400


def test_a_cursor_of_another_list_order_or_making(caller: Caller) -> None:
    global ordering
    ordering = ("id",)
    make_jobs(9)
    cursor = parse_qs(urlsplit(caller.get("sorted/?limit=2").json()["next"]).query)["cursor"][0]
    ordering = ("-id",)
    for address, given in [("sorted/", cursor), ("computed/", cursor)]:
        answer = caller.get(address, {"cursor": given})
        assert (answer.status_code, code_of(answer)) == (400, "invalid_cursor")
    ordering = ("id",)
    for given in [cursor[:-1] + "A", "x", "A" * 4000, "é", cursor.replace(":", "."), "\x00", "=:="]:
        answer = caller.get("sorted/", {"cursor": given})
        assert (answer.status_code, code_of(answer)) == (400, "invalid_cursor"), given
    assert caller.get("sorted/", {"cursor": cursor}).status_code == 200


def test_a_computed_list_has_pages_too(caller: Caller) -> None:
    pages = walk(caller, "computed/?limit=3&by=month")
    assert [row["achieved"] for page in pages for row in page["results"]] == list(range(7))
    back = walk(caller, pages[-1]["previous"], "previous")
    assert [row["achieved"] for row in back[0]["results"]] == [3, 4, 5]
    assert caller.get("computed/?count=exact").json()["count"] == 7
    refused = caller.get("computed/?bye=month")
    assert (refused.status_code, code_of(refused)) == (400, "unknown_parameter")


@pytest.mark.django_db
def test_the_real_lists_are_walked_alike() -> None:
    caller = Caller(AdminFactory())
    OrganisationFactory.create_batch(5)
    pages = walk(caller, "organisations/?limit=2")
    codes = [row["code"] for page in pages for row in page["results"]]
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes)) == 6

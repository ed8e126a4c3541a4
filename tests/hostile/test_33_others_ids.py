"""Hostile test 33: a partner guesses another's ids, at every address: nothing is there, and the trail is told.

The answer is the same, to the letter, as where there is nothing; what the asker named is put out of it first.
"""

import copy
import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator

from backend.accounts import scope
from backend.audit.models import AuditEntry
from tests.factories import PartnerFactory, RecordFactory
from tests.policy import test_pages, test_table
from tests.policy.pages import BODIES as PAGE_BODIES
from tests.policy.table import BODIES
from tests.policy.test_pages import client_of
from tests.policy.test_table import filled
from tests.policy.world import ACTORS, World, _signed_in

pytestmark = pytest.mark.django_db
OTHER = ACTORS.index("other")
SHARED = {
    *("period", "rule", "year", "language", "form", "indicator", "stage", "colleague", "secret", "ladder", "snapshot"),
    *("alert", "briefing", "briefing_schedule", "preview", "landing", "replay", "sample", "certificate", "copy"),
}
"""What an address or a body names that is no organisation's, or the bureau's."""
OWN = {"inbox"}
"""What belongs to one login alone; everybody else's are not there, and no organisation's."""
NOT_HERE = 9_000_000
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ?")[^"]+')
NEW = re.compile(r"(?<![\w.])\d{5,}(?![\w.])|\d\d:\d\d(:\d\d)?(\.\d+)?")
PASSING = ("content-length", "set-cookie", "x-request-id")

Answered = tuple[int, dict[str, str], str]
Ids = dict[str, Any]


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int], settings: Any) -> World:
    settings.FOREIGN_IDS_AN_HOUR = 0
    return World(run_jobs)


def names_in(told: Any) -> set[str]:
    """What an address, or anything in a body, names of the partner's."""
    if isinstance(told, dict):
        return set().union(*map(names_in, told.values()), set())
    if isinstance(told, list):
        return set().union(*map(names_in, told), set())
    found = set(re.findall(r"\{(\w+)\}", told)) if isinstance(told, str) else set()
    return found - SHARED


def missing(ids: Ids) -> Ids:
    """The same names, leading nowhere."""
    return {
        name: one if name in SHARED else one + NOT_HERE if isinstance(one, int) else f"{one}-NOT"
        for name, one in ids.items()
    }


def told(answer: Any, ids: Ids, names: set[str]) -> Answered:
    """An answer without what was named, without what is of this moment, and without its own length."""
    text = answer.getvalue().decode("utf-8", "replace")
    text = TOKEN.sub(r"\1", text)
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in PASSING}
    if answer.status_code < 400:
        # What was made has an id of its own; that nothing else of the partner's shows is the table's to try.
        text, headers = NEW.sub("#", text), {name: NEW.sub("#", value) for name, value in headers.items()}
    for one in sorted({str(ids[name]) for name in names}, key=len, reverse=True):
        text = text.replace(one, "…")
        headers = {name: value.replace(one, "…") for name, value in headers.items()}
    return answer.status_code, headers, text


def differing(there: Answered, nowhere: Answered) -> Iterator[str]:
    """The lines in which two answers differ."""
    first, second = (
        [str(status), *(f"{name}: {value}" for name, value in headers.items()), *text.splitlines()]
        for status, headers, text in (there, nowhere)
    )
    lines = difflib.unified_diff(first, second, lineterm="", n=0)
    yield from (line for line in lines if not line.startswith(("@@", "---", "+++")))


def asked(world: World, ask: Callable[[Ids], Any], names: set[str]) -> Iterator[tuple[Answered, list[str]]]:
    """What comes of asking for what is the partner's and for what is not there, each with what the trail was told."""
    for ids in (world.ids, missing(world.ids)):
        with transaction.atomic():
            answer = told(ask(ids), ids, names)
            with scope.everything():
                entries = AuditEntry.objects.filter(action="scope.foreign_id")
                yield answer, [f"{one.subject_type} {one.subject_id}" for one in entries]
            transaction.set_rollback(True)


def complaints(
    world: World, kind: str, method: str, path: str, names: set[str], ask: Callable[[Ids], Any]
) -> Iterator[str]:
    (there, noted), (nowhere, unnoted) = asked(world, ask, names)
    row = f"{kind} {method} {path}"
    if there != nowhere:
        yield f"{row}: {list(differing(there, nowhere))}"
    if unnoted:
        yield f"{row}: {unnoted} where there is nothing"
    guessed = names_in(path) - OWN
    if guessed and there[0] == 404 and len(noted) != 1:
        yield f"{row}: the trail was told {noted}"
    if guessed and there[0] not in (401, 403, 404, 405):
        yield f"{row}: {there[0]}"


def test_33_at_every_address_of_the_api(world: World) -> None:
    found: list[str] = []
    tried = 0
    for method, path, _wanted in test_table.rows():
        body = BODIES.get((method, path))
        names = names_in(path) | names_in(body)
        if not names:
            continue
        tried += 1

        def ask(ids: Ids, method: str = method, path: str = path, body: Any = body) -> Any:
            client = world.clients["other"]
            address = "/api/v1/" + path.format(**ids)
            return getattr(client, method.lower())(address, filled(body, ids), format="json")

        found += complaints(world, "API", method, path, names, ask)
    assert found == []
    assert tried > 130


def test_33_at_every_page(world: World) -> None:
    found: list[str] = []
    tried, client = 0, client_of(world.users["other"])
    for method, path, _wanted in test_pages.rows():
        body = PAGE_BODIES.get((method, path))
        names = names_in(path) | names_in(body)
        if not names:
            continue
        tried += 1

        def ask(ids: Ids, method: str = method, path: str = path, body: Any = body) -> Any:
            address = "/" + path.format(**ids).lstrip("/")
            before = copy.deepcopy(client.cookies)
            answer = getattr(client, method.lower())(address, filled(body, ids) or {})
            client.cookies = before
            return answer

        found += complaints(world, "page", method, path, names, ask)
    assert found == []
    assert tried > 100


FILTERS = {
    "organisation": "organisation",
    "programme": "programme",
    "cohort": "cohort",
    "submission": "submission",
    "record": "record",
    "person": "person",
    "lot": "lot",
    "campaign": "campaign",
    "position": "position",
    "obligation": "obligation",
    "credential": "credential",
    "parent": "organisation",
    "scheme": "scheme",
}
"""Filters that name something, and what of the partner's they are given."""


def test_33_at_every_filter(world: World) -> None:
    """A filter that names what is another's is answered as one that names nothing, counts and all."""
    found: list[str] = []
    tried = 0
    for address, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        for one in methods.get("get", {}).get("parameters", []):
            name = FILTERS.get(one["name"]) if one["in"] == "query" and "{" not in address else None
            if name is None:
                continue
            tried += 1

            def ask(ids: Ids, address: str = address, by: str = one["name"], name: str = name) -> Any:
                counted = {"count": "exact"} if address in ("/api/v1/records/", "/api/v1/submissions/") else {}
                return world.clients["other"].get(address, {by: ids[name]} | counted)

            found += complaints(world, "API", "GET", f"{address}?{one['name']}", {name}, ask)
    assert found == []
    assert tried > 30


def test_33_an_idempotency_key_of_anothers_is_nobodys(world: World) -> None:
    body, key = {"organisation": "", "title": "x"}, {"Idempotency-Key": "the-same"}
    view = {"list": "records", "name": "自用", "query": "state=submitted"}
    ours = [
        world.clients[one].post("/api/v1/saved-views/", view, headers=key, format="json")
        for one in ("partner", "other")
    ]
    assert [one.status_code for one in ours] == [201, 201]
    assert ours[0].json()["id"] != ours[1].json()["id"]
    assert "Idempotent-Replayed" not in ours[1]
    other = world.clients["other"].post("/api/v1/positions/", body, headers=key, format="json")
    assert other.status_code == 409, "one's own key is known again"


def entries() -> list[AuditEntry]:
    with scope.everything():
        return list(AuditEntry.objects.filter(action="scope.foreign_id").order_by("id"))


def test_33_the_trail_is_told_so_often_and_no_more(db: None, settings: Any) -> None:
    settings.FOREIGN_IDS_AN_HOUR = 3
    clerk, theirs = PartnerFactory(), RecordFactory()
    client = _signed_in(clerk)
    for _ in range(5):
        assert client.get(f"/api/v1/records/{theirs.pk}/").status_code == 404
    told = entries()
    assert [one.detail.get("more_may_follow") for one in told] == [None, None, True]
    assert {(one.actor, one.organisation_id) for one in told} == {(clerk.username, clerk.organisation_id)}
    assert {(one.subject_type, one.subject_id) for one in told} == {("record", str(theirs.pk))}
    assert told[0].detail["path"] == f"/api/v1/records/{theirs.pk}/"
    assert _signed_in(PartnerFactory()).get(f"/api/v1/records/{theirs.pk}/").status_code == 404
    assert len(entries()) == 4, "another login has an hour of its own"


def test_33_nobody_is_told_on_for_what_is_their_own_or_nowhere(db: None) -> None:
    own = RecordFactory()
    client = _signed_in(PartnerFactory(organisation=own.organisation))
    assert client.get(f"/api/v1/records/{own.pk}/").status_code == 200
    assert client.get(f"/api/v1/records/{own.pk + NOT_HERE}/").status_code == 404
    assert entries() == []

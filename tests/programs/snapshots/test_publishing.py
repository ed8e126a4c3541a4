"""What is published is what the targets say, is frozen with its parts, and follows the one before."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from backend.audit.models import AuditEntry
from programs.snapshots.models import Snapshot
from programs.targets.selectors import DIMENSIONS
from tests.factories import OfficerFactory
from tests.programs.desks.officer.world import saved
from tests.programs.snapshots.conftest import DAY, publish
from tests.programs.targets.world import World
from tests.support.http import Caller, code_of


def test_it_freezes_what_the_targets_say(world: World, manager: Caller) -> None:
    made = publish(manager, note="含 520103199001011234 一例")
    assert (made["number"], made["previous"], made["published_by"], made["as_of"]) == (1, None, "chen", DAY)
    assert "520103199001011234" not in json.dumps(made)
    known = {"as_of": DAY, "known_at": made["known_at"]}
    for target in made["content"]["targets"]:
        figure = manager.get(f"targets/{target['code']}/", known).json()
        assert {name: figure[name] for name in target["figure"]} == target["figure"]
        months = manager.get(f"targets/{target['code']}/series/", {"by": "month", **known}).json()["results"]
        assert target["course"] == months
        for by in DIMENSIONS:
            for language, name in (("en", "en"), ("zh-hans", "zh")):
                address = f"targets/{target['code']}/breakdown/"
                parts = manager.get(address, {"by": by, **known}, headers={"accept-language": language}).json()
                shown = [{part: one[part] for part in ("key", "label", "achieved")} for one in parts["results"]]
                assert shown == [
                    {"key": part["key"], "label": part[name], "achieved": part["achieved"]}
                    for part in target["breakdown"][by]
                ]
    achieved = {target["code"]: target["figure"]["achieved"] for target in made["content"]["targets"]}
    assert achieved == {"high-end": 3, "all": 5}


def test_anybody_can_make_the_digest_again(world: World, manager: Caller) -> None:
    first, second = publish(manager), publish(manager, title="again")
    assert second["previous"] == first["digest"]
    for one in (first, second):
        answer = manager.get(f"snapshots/{one['id']}/canonical.json")
        assert hashlib.sha256(answer.content).hexdigest() == one["digest"]
        assert json.loads(answer.content)["content"] == one["content"]
    with transaction.atomic():
        [noted] = AuditEntry.objects.filter(action="snapshot.publish", subject_id=str(second["id"]))
    assert (noted.detail["digest"], noted.detail["number"]) == (second["digest"], 2)


def test_sent_twice_it_is_published_once(world: World, manager: Caller) -> None:
    body = {"plan": "digital-valley-2020", "title": "季度数据"}
    sent = [manager.post("snapshots/", body, format="json", headers={"idempotency-key": "q2"}) for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    assert Snapshot.objects.count() == 1


def test_it_stays_when_the_books_move(world: World, manager: Caller) -> None:
    made = publish(manager)
    world.record(world.person(), "2019-05-01")
    world.settle()
    shown = manager.get(f"snapshots/{made['id']}/").json()
    assert shown == made
    assert manager.get("targets/all/", {"as_of": DAY}).json()["achieved"] == 6


def test_what_is_still_to_be_settled_is_told_and_not_waited_for(world: World, manager: Caller) -> None:
    world.record(world.person(), "2019-05-01")
    drawn = manager.get("snapshots/preview/", {"plan": "digital-valley-2020", "as_of": DAY}).json()
    made = publish(manager)
    assert drawn["pending"] == made["pending"] == 1
    assert drawn["content"] == made["content"]
    assert [target["figure"]["achieved"] for target in made["content"]["targets"]] == [3, 5]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "  "}, "title"),
        ({"as_of": "2999-01-01"}, "as_of"),
        ({"plan": "no-such-plan"}, "plan"),
        ({"known_at": "yesterday"}, "known_at"),
    ],
)
def test_what_cannot_be_published_is_told_by_field(
    world: World, manager: Caller, body: dict[str, Any], field: str
) -> None:
    answer = manager.post("snapshots/", {"plan": "digital-valley-2020", "title": "x", **body}, format="json")
    assert (answer.status_code, code_of(answer)) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_nobody_changes_one_or_takes_it_away(world: World, manager: Caller) -> None:
    made = publish(manager)
    for change in (
        lambda: Snapshot.objects.update(title="other"),
        lambda: Snapshot.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE snapshot"),
    ):
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
            change()
    for method in ("patch", "put", "delete"):
        assert getattr(manager, method)(f"snapshots/{made['id']}/", {}, format="json").status_code == 405


def test_the_list_is_filtered_and_every_figure_downloads(world: World, manager: Caller) -> None:
    publish(manager, as_of="2019-03-31")
    made = publish(manager)
    officer = Caller(OfficerFactory())
    found = officer.get("snapshots/", {"plan": "digital-valley-2020", "as_of_from": "2019-04-01"}).json()["results"]
    assert [one["id"] for one in found] == [made["id"]]
    assert officer.get("snapshots/", {"published_to": "2019-01-01"}).json()["results"] == []
    answer = officer.get(f"snapshots/{made['id']}/figures/", {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(saved(answer).decode("utf-8-sig"))))
    whole = {row["target"]: row for row in rows if row["part"] == "whole"}
    assert (whole["all"]["achieved"], whole["all"]["goal"]) == ("5", "100000")
    for by in DIMENSIONS:
        assert sum(int(row["achieved"]) for row in rows if (row["target"], row["part"]) == ("all", by)) == 5
    assert [row["cumulative"] for row in rows if row["target"] == "all" and row["part"] == "month"][-1] == "5"

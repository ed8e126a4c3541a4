"""The pages publish what they showed, and set it beside what is now known, in words of both languages."""

import hashlib
import re

import pytest

from backend.accounts.models import User
from programs.records.models import Record
from programs.snapshots.models import Snapshot
from tests.factories import ManagerFactory, OfficerFactory
from tests.programs.desks.officer.world import Reader, text
from tests.programs.snapshots.conftest import DAY
from tests.programs.targets.world import World


@pytest.fixture
def reader(world: World) -> Reader:
    return Reader(ManagerFactory(username="chen", language="en"))


def hidden(answer: object, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None, name
    return found.group(1)


def test_what_was_shown_is_what_is_published(world: World, reader: Reader) -> None:
    world.record(world.person(), "2019-05-01")
    shown = reader.get("/snapshots/new/", {"plan": "digital-valley-2020", "as_of": DAY})
    assert "1 person is still to be settled" in text(shown)
    world.settle()
    body = {name: hidden(shown, name) for name in ("plan", "as_of", "known_at")} | {"title": "Half-year figures"}
    answer = reader.post("/snapshots/new/", body)
    assert answer.status_code == 303
    snapshot = Snapshot.objects.get()
    assert {one["code"]: one["figure"]["achieved"] for one in snapshot.content["targets"]} == {"high-end": 3, "all": 5}
    page = reader.read(answer["Location"])
    assert "6, 1 more: 1 verified later." in page
    assert "为6人，比发布数多1人：其后审核通过增1人。" in page
    file = reader.get(f"/snapshots/{snapshot.pk}/canonical.json")
    assert hashlib.sha256(file.content).hexdigest() == snapshot.digest
    assert snapshot.digest in page
    assert "Half-year figures" in reader.read("/snapshots/")
    assert "1 snapshot was examined; it is what was published." in reader.read("/snapshots/verify/")
    assert "Half-year figures" in reader.read(f"/snapshots/{snapshot.pk}/figures/")
    assert reader.get(f"/snapshots/{snapshot.pk}/figures/", {"format": "xlsx"}).status_code == 200


def test_what_cannot_be_published_is_said_beside_its_field(world: World, reader: Reader) -> None:
    assert "Choose a day that has come" in text(reader.get("/snapshots/new/", {"as_of": "2999-01-01"}))
    assert reader.get("/snapshots/new/", {"known_at": "soon"}).status_code == 400
    shown = reader.get("/snapshots/new/")
    body = {name: hidden(shown, name) for name in ("plan", "as_of", "known_at")}
    assert reader.post("/snapshots/new/", {**body, "title": ""}).status_code == 400
    assert not Snapshot.objects.exists()


def test_every_part_is_set_beside_what_it_is_now(world: World, reader: Reader) -> None:
    shown = reader.get("/snapshots/new/", {"plan": "digital-valley-2020", "as_of": DAY})
    body = {name: hidden(shown, name) for name in ("plan", "as_of", "known_at")} | {"title": "x"}
    page = reader.post("/snapshots/new/", body)["Location"]
    lost = Record.objects.filter(organisation=world.b).first()
    assert lost is not None
    world.change(lost, reason="revoked", state="revoked")
    world.record(world.person(), "2019-05-01", by=world.c, district="520103")
    world.settle()
    officer: User = OfficerFactory(language="zh-hans")
    for by in ("organisation", "district", "path", "basis", "segment", "programme"):
        answer = Reader(officer).get(page, {"by": by})
        [of_all] = [one for one in answer.context["targets"] if one["of"].code == "all"]
        assert sum(part["then"] for part in of_all["parts"]) == 5
        assert sum(part["now"] for part in of_all["parts"]) == 5
    assert {part["label"]: part["delta"] for part in of_all["parts"] if part["delta"]}
    assert "构成有变化" in text(answer)

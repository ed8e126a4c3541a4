"""The suite is changed while partners send known and new people, and the worker is killed with -9 in the middle."""

import threading
from functools import partial
from typing import Any

import pytest

from backend.accounts import scope
from backend.rotation import services
from backend.rotation.models import Rotation
from backend.vault.columns import sealed_columns
from backend.vault.models import VaultKey
from programs.records.models import Record
from programs.targets.recount import recount
from talent.people.models import IdentityDocument, Person
from tests.hostile.house.clerk import Clerk
from tests.hostile.rotating import slowly
from tests.support.vaults import held_by, opened
from tests.support.workers import Worker, wait_for

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(900)]

THERE = 240
"""People who are on the books before it begins."""

MEANWHILE = 6
"""Rounds of uploads meanwhile: ten people who are known, and ten who are not, from another partner."""

KEY_SECONDS = 3.0
PATIENCE = 400.0


def rotation() -> Rotation:
    with scope.everything():
        return Rotation.objects.get()


def far(share: float) -> bool:
    """Whether so much of it is done; or it has stopped, which the end will tell."""
    now = rotation()
    return now.state != Rotation.State.RUNNING or bool(now.total and now.done >= share * now.total)


def test_a_rotation_outlives_its_worker_and_doubles_nobody(
    server: str, worker: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, other_keys: None
) -> None:
    monkeypatch.setenv("VAULT_KEY_SECONDS", str(KEY_SECONDS))
    settings.VAULT_KEY_SECONDS = KEY_SECONDS
    at_work: Worker = worker(include=slowly.__name__, lease=2.0)
    first, other = Clerk(server, at_work), Clerk(server, at_work)
    rows = [first.row(n, mobile=f"138{n:08d}") for n in range(THERE)]
    assert first.send(rows, confirm="auto")["counts"]["accepted"] == THERE
    with scope.everything():
        old = VaultKey.objects.get(purpose="seal")
    settings.VAULT_SUITE = "sm"
    with scope.everything():
        services.start(what="suite", reason="商用密码改造", actor=None)

    sent: list[dict[str, Any]] = []

    def intake() -> None:
        for round in range(MEANWHILE):
            known = [
                other.row(900 + n, id_number=rows[round * 10 + n]["id_number"], name=rows[round * 10 + n]["name"])
                for n in range(10)
            ]
            new = [other.row(round * 10 + n, mobile=f"137{round * 10 + n:08d}") for n in range(10)]
            sent.append(other.send(known + new, confirm="auto"))

    load = threading.Thread(target=intake)
    load.start()
    for share in (0.2, 0.6):
        wait_for(partial(far, share), PATIENCE, f"{share:.0%} of the rotation; {at_work.log[-3000:]}")
        assert rotation().state == Rotation.State.RUNNING, rotation().error
        at_work.kill()
        at_work.start()
    load.join()
    assert [one["counts"]["accepted"] for one in sent] == [20] * MEANWHILE
    wait_for(
        lambda: rotation().state != Rotation.State.RUNNING, PATIENCE, f"the end of the rotation; {at_work.log[-3000:]}"
    )
    ended = rotation()
    assert (ended.state, ended.error) == (Rotation.State.DONE, ""), ended.error
    assert ended.result["keys_removed"] == [old.pk]

    with scope.everything():
        [key] = VaultKey.objects.filter(purpose="seal")
        persons, documents = Person.objects.count(), IdentityDocument.objects.count()
        assert persons == documents == THERE + MEANWHILE * 10
        assert Record.objects.count() == THERE + MEANWHILE * 20
    assert (key.suite, key.pk != old.pk) == ("sm", True)
    values = opened()
    assert set().union(*held_by().values()) == {key.pk}
    assert {column for column, _bound in values} <= {column.name for column in sealed_columns()}
    numbers = sorted(value.decode() for (column, _), value in values.items() if column.startswith("identity_document"))
    own = [row["id_number"] for row in rows] + [other.row(n)["id_number"] for n in range(MEANWHILE * 10)]
    assert numbers == sorted(own)
    # Who was reported before, meanwhile and after is found, and is one.
    again = first.send(rows, confirm="auto", force="true")
    assert again["counts"]["unchanged"] == THERE, again["counts"]
    wait_for(lambda: recount().agrees, PATIENCE, "the settling of everybody")

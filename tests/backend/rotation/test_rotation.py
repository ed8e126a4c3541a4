"""Rotating keys: everything opens with the new key alone whatever happens meanwhile, and only then the old one goes."""

import base64
import os
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import translation

from backend.accounts import scope
from backend.accounts.factors import services as factors
from backend.audit.models import AuditEntry
from backend.health import probes
from backend.jobs.models import Job
from backend.management.commands import prepare
from backend.messages.endpoints import services as endpoints
from backend.problems import Conflict, Invalid
from backend.rotation import resealing, selectors, services, steps
from backend.rotation.models import Rotation
from backend.vault import keys
from backend.vault import services as vault
from backend.vault.columns import _declared as declared
from backend.vault.columns import sealed_columns
from backend.vault.errors import MasterKeyMissing
from backend.vault.models import VaultKey
from tests.factories import AdminFactory, OfficerFactory, OrganisationFactory
from tests.programs.recruitment.world import World as Recruitment
from tests.support.factors import enrol
from tests.support.partner import API, Partner, client_of
from tests.support.vaults import NOT_SEALED, bytes_columns, held_by, opened

RunJobs = Callable[[], int]
State = Rotation.State


def master() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def house(fresh_database: str, other_keys: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty system whose rotations need not wait, and which speaks English."""
    settings.FIELD_KEYS = f"a:{master()}"
    settings.VAULT_KEY_SECONDS = 0.0
    monkeypatch.setattr(steps, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(steps, "PASSES_REST_SECONDS", 0.0)
    with translation.override("en"):
        yield settings


def endpoint(address: str = "https://example.com/hook") -> Any:
    with scope.everything():
        made, _secret = endpoints.create_endpoint(
            actor=AdminFactory(), organisation=OrganisationFactory(), kind="webhook", name="here", address=address
        )
    return made


def fill(run_jobs: RunJobs) -> Partner:
    """Something in every column that rests sealed."""
    partner = Partner(run_jobs)
    rows = [partner.row(n, mobile=f"1380000000{n}", email=f"p{n}@example.com") for n in range(6)]
    partner.report(rows[:5])
    partner.decide("verify")
    # An amendment of a verified record that is taken leaves a revision; another one waits.
    partner.report([rows[0] | {"mobile": "13900000000"}], force="true")
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute("SELECT record_id FROM amendment")
        [[record]] = cursor.fetchall()
    assert partner.officer.post(f"/api/v1/records/{record}/verify/").status_code == 200
    run_jobs()
    partner.report([rows[1] | {"mobile": "13700000000"}], force="true")
    waiting = partner.send([rows[5] | {"district": "火星区"}], force="true")["id"]
    mended = partner.api.patch(f"/api/v1/submissions/{waiting}/rows/2/", {"district": "南明区"}, format="json")
    assert mended.status_code == 200, mended.content
    run_jobs()
    with scope.everything():
        place = endpoint("https://example.com/hook?key=k")
        endpoints.rotate_secret(actor=AdminFactory(), endpoint=place)
    return partner


def order(what: str, reason: str = "季度轮换") -> Rotation:
    with scope.everything():
        return services.start(what=what, reason=reason, actor=None)


def rotation() -> Rotation:
    with scope.everything():
        return Rotation.objects.order_by("-pk")[0]


@pytest.mark.django_db
def test_every_column_of_bytes_is_declared_as_sealed_or_known_to_be_none() -> None:
    assert bytes_columns() == {(one.table, one.field) for one in sealed_columns()} | NOT_SEALED


def test_everything_is_sealed_anew_in_another_suite_and_the_old_key_goes(house: Any, run_jobs: RunJobs) -> None:
    partner = fill(run_jobs)
    recruitment = Recruitment(run_jobs)
    candidate = recruitment.candidate(1)["id"]
    recruitment.file(candidate, "cv")
    run_jobs()
    enrol(OfficerFactory())
    with scope.everything():
        factors.begin(user=OfficerFactory())
    before = opened()
    with scope.everything():
        old = VaultKey.objects.get(purpose="seal")
    assert set(held_by()) == {column.name for column in sealed_columns()}, "a column that this test leaves empty"
    house.VAULT_SUITE = "sm"
    admin = AdminFactory()
    answer = client_of(admin).post(f"{API}rotations/", {"what": "suite", "reason": "商用密码改造"}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (202, "running"), answer.content
    run_jobs()
    done = client_of(admin).get(f"{API}rotations/{answer.json()['id']}/").json()
    assert (done["state"], done["error"], done["result"]["keys_removed"]) == ("done", "", [old.pk]), done
    assert done["done"] == done["total"] == len(before)
    with scope.everything():
        key = VaultKey.objects.get(purpose="seal")
        actions = AuditEntry.objects.filter(action__startswith="rotation.").order_by("pk")
        assert list(actions.values_list("action", flat=True)) == ["rotation.start", "rotation.done"]
        assert set(Job.objects.filter(kind=services.ROTATE).values_list("state", flat=True)) == {"done"}
    assert (key.suite, key.active) == ("sm", True)
    assert opened() == before
    assert set().union(*held_by().values()) == {key.pk}
    # The people are found as before, and nothing counts otherwise.
    again = partner.report([partner.row(3, mobile="13800000003", email="p3@example.com")], force="true")
    assert again["counts"]["unchanged"] == 1, again
    call_command("recount", "--check", stdout=StringIO())


def test_a_master_key_gives_way_to_the_first_and_may_then_be_removed(house: Any, run_jobs: RunJobs) -> None:
    sealed, [index] = vault.seal("t", "f", 1, b"x"), vault.index_many(["x"])
    house.VAULT_SUITE, old = "sm", house.FIELD_KEYS
    with scope.everything():
        VaultKey.objects.filter(purpose="seal").update(active=False)
    keys.forget()
    of_sm = vault.seal("t", "f", 2, b"y")
    house.FIELD_KEYS = f"b:{master()},{old}"
    keys.forget()
    with scope.everything():
        admin = AdminFactory()
        assert [
            (one.name, one.wraps, one.removable) for one in selectors.masters(list(selectors.data_keys(admin)))
        ] == [
            ("b", 0, False),
            ("a", 3, False),
        ]
    order("master")
    run_jobs()
    assert rotation().result == {"rewrapped": 3, "removable": ["a"]}
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "May be taken out of FIELD_KEYS now: a." in out.getvalue()
    with scope.everything():
        assert [
            (one.name, one.wraps, one.removable) for one in selectors.masters(list(selectors.data_keys(admin)))
        ] == [
            ("b", 3, False),
            ("a", 0, True),
        ]
    house.FIELD_KEYS = house.FIELD_KEYS.partition(",")[0]
    keys.forget()
    assert (vault.unseal("t", "f", 1, sealed), vault.unseal("t", "f", 2, of_sm)) == (b"x", b"y")
    assert vault.index_many(["x"]) == [index]


def test_the_old_key_stays_while_somebody_is_at_work_who_began_before(
    house: Any, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "WAIT_SECONDS", 3600.0)
    began, ends = threading.Event(), threading.Event()

    def at_work() -> None:
        with scope.everything(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            began.set()
            ends.wait(60)
            # Sealed with the key that was the active one, after every value had been sealed anew.
            place = endpoint("https://example.com/late")
            place.address = late
            place.save(update_fields=["address"])
        connections.close_all()

    with scope.everything():
        reserved = endpoint().pk + 1
    late = vault.seal("endpoint", "address", reserved, b"https://example.com/late")
    busy = threading.Thread(target=at_work)
    busy.start()
    began.wait(30)
    order("seal")
    run_jobs()
    waiting = rotation()
    assert (waiting.state, waiting.stage) == (State.RUNNING, "drain")
    assert len(VaultKey.objects.filter(purpose="seal")) == 2
    ends.set()
    busy.join()
    with scope.everything():
        Rotation.objects.update(resumes_at=None)
    run_jobs()
    assert rotation().state == State.DONE
    assert VaultKey.objects.filter(purpose="seal").count() == 1
    assert opened()["endpoint.address", str(reserved)] == b"https://example.com/late"


def test_a_row_that_somebody_holds_is_passed_over_and_comes_later(house: Any, run_jobs: RunJobs) -> None:
    held, free = endpoint(), endpoint()
    keys.forget()
    with scope.everything():
        order("seal")
        steps.take(rotation())
    column = declared["endpoint", "address"]
    holds, ends = threading.Event(), threading.Event()

    def hold() -> None:
        with scope.everything(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM endpoint WHERE id = %s FOR UPDATE", [held.pk])
            holds.set()
            ends.wait(60)
        connections.close_all()

    busy = threading.Thread(target=hold)
    busy.start()
    holds.wait(30)
    keys.look_again()
    with scope.everything():
        assert resealing.reseal(column, 0) == resealing.Batch(1, free.pk)
    ends.set()
    busy.join()
    with scope.everything():
        assert resealing.reseal(column, 0) == resealing.Batch(1, held.pk)
        assert resealing.reseal(column, 0) == resealing.Batch(0, None)


def test_a_column_that_no_room_declared_keeps_its_key(
    house: Any, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint()
    with monkeypatch.context() as forgotten:
        forgotten.delitem(declared, ("endpoint", "secret"))
        order("seal")
        run_jobs()
        stopped = rotation()
    assert stopped.state == State.STOPPED
    assert "endpoint.secret" in stopped.error
    assert VaultKey.objects.filter(purpose="seal").count() == 2
    with pytest.raises(Conflict, match="not finished"):
        order("master")
    order("seal", "列已登记")
    run_jobs()
    assert rotation().pk == stopped.pk
    # It stopped behind the last pass, saw there what is left, and went back to it.
    assert (rotation().state, rotation().error) == (State.DONE, "")
    assert VaultKey.objects.filter(purpose="seal").count() == 1
    assert len(opened()) == 2


def test_a_value_that_does_not_open_stops_it_and_is_named(house: Any, run_jobs: RunJobs) -> None:
    spoilt = endpoint()
    good = vault.seal("endpoint", "address", 0, b"of another row")
    with scope.everything():
        type(spoilt).objects.filter(pk=spoilt.pk).update(address=good)
    order("seal")
    run_jobs()
    assert rotation().state == State.STOPPED
    assert f"endpoint.address of row {spoilt.pk} does not open" in rotation().error
    with scope.everything():
        assert AuditEntry.objects.filter(action="rotation.stop").count() == 1
    with pytest.raises(CommandError, match="has stopped"):
        call_command("rotate_keys", stdout=StringIO())


def test_what_makes_no_sense_is_refused(house: Any) -> None:
    vault.seal("t", "f", 1, b"x")
    for what, reason, refusal in (("seal", " ", Invalid), ("index", "x", Invalid), ("suite", "x", Conflict)):
        with pytest.raises(refusal):
            order(what, reason)
    with pytest.raises(CommandError, match="cannot be rotated by this release"):
        call_command("rotate_keys", "--what", "index", "--reason", "x")
    with pytest.raises(CommandError, match="Give a reason"):
        call_command("rotate_keys", "--what", "seal", stdout=StringIO())
    order("seal")
    with pytest.raises(Conflict, match="not finished"):
        order("seal")


def test_a_master_key_that_lacks_is_told_before_anything_starts(house: Any) -> None:
    vault.seal("t", "f", 1, b"x")
    house.FIELD_KEYS = f"b:{master()}"
    keys.forget()
    words = "FIELD_KEYS lacks the master key “a”, by which key"
    with pytest.raises(MasterKeyMissing, match=words):
        keys.check()
    with pytest.raises(CommandError, match=words):
        prepare._check_keys()
    with pytest.raises(Conflict, match=words):
        order("seal")
    assert probes.findings({"vault": probes.vault})["vault"].detail == "failed: MasterKeyMissing"
    page = Client()
    page.force_login(AdminFactory())
    assert words in page.get("/keys/", headers={"accept-language": "en"}).content.decode()
    house.FIELD_KEYS = f"a:{master()}"
    keys.forget()
    with pytest.raises(CommandError, match="is not the one that key"):
        prepare._check_keys()

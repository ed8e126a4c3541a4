"""Data keys: created once, wrapped, and useless without their master key."""

import base64
import os
import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from backend.vault import keys, services
from backend.vault.errors import MasterKeyMissing, Unsealable
from backend.vault.models import VaultKey


def master() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def vault(fresh_database: str, settings: Any, other_keys: None) -> Any:
    """A database without keys, and settings with one master key ``a``."""
    settings.FIELD_KEYS = f"a:{master()}"
    return settings


def test_keys_are_created_on_first_need_and_need_no_scope(vault: Any) -> None:
    assert not VaultKey.objects.exists()
    services.index_many(["x"])
    services.seal("t", "f", 1, b"x")
    assert sorted(VaultKey.objects.values_list("purpose", "wrapped_by", "active")) == [
        ("index", "a", True),
        ("seal", "a", True),
    ]


def test_processes_that_need_the_first_key_at_once_get_the_same(vault: Any) -> None:
    together = threading.Barrier(8)
    indexes: list[bytes] = []
    ids: list[int] = []

    def first_need() -> None:
        together.wait()
        # What the threads share is one process's; each reads as a process of its own would.
        row = keys._read(connection, "active AND purpose = %s", "index") or keys._create("index")
        key = keys._remember(*row)
        ids.append(key.id)
        indexes.append(key.secret)
        connections.close_all()

    threads = [threading.Thread(target=first_need) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(indexes) == 8
    assert len(set(indexes)) == len(set(ids)) == VaultKey.objects.count() == 1


def test_a_key_outlives_the_transaction_that_first_needed_it(vault: Any) -> None:
    @transaction.atomic
    def seal_and_fail() -> bytes:
        sealed.append(services.seal("t", "f", 1, b"x"))
        raise ZeroDivisionError

    sealed: list[bytes] = []
    with pytest.raises(ZeroDivisionError):
        seal_and_fail()
    keys.forget()
    assert services.unseal("t", "f", 1, sealed[0]) == b"x"


def test_keys_are_read_once_a_process(vault: Any, django_assert_num_queries: Any) -> None:
    services.seal("t", "f", 1, b"x")
    services.index_many(["x"])
    with django_assert_num_queries(0):
        services.unseal("t", "f", 1, services.seal("t", "f", 1, b"x"))
        services.index_many(["x"])


def test_the_database_holds_no_usable_key(vault: Any) -> None:
    secret = keys.active("seal").secret
    wrapped = bytes(VaultKey.objects.get(purpose="seal").wrapped)
    assert secret not in wrapped
    assert len(wrapped) == 12 + 32 + 16
    assert secret.hex() not in repr(keys.active("seal"))


def test_a_new_master_key_wraps_new_keys_and_the_old_one_still_opens(vault: Any) -> None:
    old = vault.FIELD_KEYS
    sealed = services.seal("t", "f", 1, b"x")
    vault.FIELD_KEYS = f"b:{master()},{old}"
    keys.forget()
    assert services.unseal("t", "f", 1, sealed) == b"x"
    services.index_many(["x"])
    assert VaultKey.objects.get(purpose="index").wrapped_by == "b"


def test_a_retired_data_key_still_opens_what_it_sealed(vault: Any) -> None:
    sealed = services.seal("t", "f", 1, b"x")
    VaultKey.objects.filter(purpose="seal").update(active=False)
    keys.forget()
    again = services.seal("t", "f", 1, b"x")
    assert again[1:5] != sealed[1:5]
    assert services.unseal("t", "f", 1, sealed) == services.unseal("t", "f", 1, again) == b"x"


def test_without_its_master_key_nothing_opens_and_the_error_says_what_to_do(vault: Any) -> None:
    sealed = services.seal("t", "f", 1, b"x")
    lost = vault.FIELD_KEYS
    vault.FIELD_KEYS = f"b:{master()}"
    keys.forget()
    with pytest.raises(MasterKeyMissing, match="add it again"):
        services.unseal("t", "f", 1, sealed)
    vault.FIELD_KEYS = f"a:{master()}"
    keys.forget()
    with pytest.raises(MasterKeyMissing, match="is not the one"):
        services.unseal("t", "f", 1, sealed)
    vault.FIELD_KEYS = lost
    assert services.unseal("t", "f", 1, sealed) == b"x"


def test_a_value_of_another_databases_key_is_refused(vault: Any) -> None:
    sealed = services.seal("t", "f", 1, b"x")
    VaultKey.objects.all().delete()
    keys.forget()
    with pytest.raises(Unsealable, match="does not hold"):
        services.unseal("t", "f", 1, sealed)


@pytest.mark.parametrize(
    "text",
    ["", " , ", "a", "a:", "a:x", "a:AAAA", f":{master()}", f"{'n' * 21}:{master()}", f"a:{master()},b:AAAA"],
    # Named by their place: xdist's workers must agree on the names, and the keys are drawn anew in each.
    ids=[str(place) for place in range(9)],
)
def test_master_keys_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(MasterKeyMissing, match="FIELD_KEYS"):
        keys.master_keys(text)


def test_the_first_master_key_is_the_active_one() -> None:
    assert list(keys.master_keys(f" new:{master()} , old:{master()}")) == ["new", "old"]

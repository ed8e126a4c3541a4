"""Sealed files: read as they came, or not at all."""

import os

import pytest
from django.db import ProgrammingError, transaction

from backend.accounts import scope
from backend.accounts.models import User
from backend.vault.errors import Unsealable
from backend.vault.files import services
from backend.vault.files.models import SealedChunk, SealedFile
from tests.factories import OrganisationFactory, PartnerFactory

MIB = 1024 * 1024


@pytest.fixture
def partner(scope_all: None) -> User:
    return PartnerFactory()


def store(partner: User, data: bytes) -> SealedFile:
    return services.store(organisation_id=partner.organisation_id, purpose=SealedFile.Purpose.ORIGINAL, data=data)


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 17])
def test_a_file_is_read_as_it_came(partner: User, size: int) -> None:
    data = os.urandom(size)
    file = store(partner, data)
    assert services.read(SealedFile.objects.get(pk=file.pk)) == data
    assert file.size == size
    assert file.chunks.count() == -(-size // MIB)


def test_nothing_of_a_file_stands_in_the_clear(partner: User) -> None:
    file = store(partner, "姓名,证件号码\n郭靖,520111198811039164\n".encode() * 1000)
    for chunk in file.chunks.all():
        assert b"520111198811039164" not in bytes(chunk.sealed)


def test_chunks_in_another_order_do_not_open(partner: User) -> None:
    file = store(partner, os.urandom(2 * MIB))
    first, second = file.chunks.order_by("position")
    for position, chunk in ((9, first), (0, second), (1, first)):
        SealedChunk.objects.filter(pk=chunk.pk).update(position=position)
    with pytest.raises(Unsealable):
        services.read(file)


def test_a_chunk_of_another_file_does_not_open(partner: User) -> None:
    one, other = store(partner, b"one"), store(partner, b"two")
    one.chunks.update(sealed=bytes(other.chunks.get().sealed))
    with pytest.raises(Unsealable):
        services.read(one)


def test_a_file_that_lost_a_chunk_is_refused(partner: User) -> None:
    file = store(partner, os.urandom(2 * MIB))
    file.chunks.get(position=1).delete()
    with pytest.raises(Unsealable, match="digest"):
        services.read(file)


def test_a_file_whose_digest_was_changed_is_refused(partner: User) -> None:
    file = store(partner, b"one")
    file.sha256 = "0" * 64
    with pytest.raises(Unsealable, match="digest"):
        services.read(file)


def test_a_deleted_file_leaves_nothing(partner: User) -> None:
    file = store(partner, os.urandom(2 * MIB))
    services.delete(file)
    assert not SealedFile.objects.exists()
    assert not SealedChunk.objects.exists()


def test_another_organisation_cannot_read_or_write_it(partner: User) -> None:
    file = store(partner, b"ours")
    other = OrganisationFactory()
    with scope.within(other.pk):
        assert not SealedFile.objects.filter(pk=file.pk).exists()
        with pytest.raises(Unsealable):
            services.read(file)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            store(partner, b"theirs")

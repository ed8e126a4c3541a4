"""Every sealed column is known, and what does not open is told."""

from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models

from backend.vault import keys, seals
from tests.factories import IdentityDocumentFactory

DIGEST_BYTES = 32


def test_every_column_of_bytes_that_is_no_digest_is_known() -> None:
    found = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.max_length != DIGEST_BYTES
    }
    assert found == {(column.table, column.name) for column in seals.COLUMNS} | set(seals.NOT_THE_VAULTS)


@pytest.mark.usefixtures("scope_all")
def test_what_is_sealed_is_opened_and_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    IdentityDocumentFactory.create_batch(3)
    call_command("open_seals")
    said = capsys.readouterr().out
    assert "identity_document.sealed_number" in said
    assert "3 of 3 identity documents are found again" in said


@pytest.mark.usefixtures("scope_all")
def test_a_value_in_another_row_does_not_open() -> None:
    one, other = IdentityDocumentFactory.create_batch(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_document SET sealed_number = %s WHERE id = %s", [bytes(other.sealed_number), one.pk]
        )
    with pytest.raises(CommandError, match=f"sealed_number of row {one.pk} does not open"):
        call_command("open_seals")


@pytest.mark.usefixtures("scope_all")
def test_an_index_of_another_number_is_told() -> None:
    one = IdentityDocumentFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_document SET number_index = %s WHERE id = %s", [bytes(32), one.pk])
    with pytest.raises(CommandError, match="1 of 1 identity documents are not found again"):
        call_command("open_seals")


@pytest.mark.usefixtures("scope_all", "other_keys")
def test_a_master_key_that_is_missing_is_named(settings: Any) -> None:
    IdentityDocumentFactory()
    wrapped_by = next(iter(keys.master_keys(settings.FIELD_KEYS)))
    settings.FIELD_KEYS = "other:" + "A" * 43 + "="
    keys.forget()
    with pytest.raises(CommandError, match=f"master key “{wrapped_by}”"):
        call_command("open_seals")

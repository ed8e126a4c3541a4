"""What does not open, or is not found again, is told."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.vault import keys
from tests.factories import IdentityDocumentFactory


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

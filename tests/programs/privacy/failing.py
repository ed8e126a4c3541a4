"""Work that fails with a row at hand: its number in the error's text, in a local variable, in a statement."""

from typing import Any

from django.db import connection

from backend.accounts import scope
from backend.jobs.services import Run, handles

KIND = "tests.privacy"


@handles(KIND)
def fail(run: Run) -> dict[str, Any]:
    """As ``how`` says, on the number of the person whose document ``subject`` is."""
    from backend.vault import services as vault
    from talent.people.models import IdentityDocument

    assert run.job.subject_id is not None
    with scope.everything():
        row = IdentityDocument.objects.get(pk=run.job.subject_id)
        number = vault.unseal("identity_document", "sealed_number", row.pk, bytes(row.sealed_number)).decode()
        if run.job.params["how"] == "database":
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s, 1 / 0", [number])
    raise ValueError(f"The row {{'id_number': '{number}'}} cannot be read.")

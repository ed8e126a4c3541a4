"""Keys as the vault keeps them: wrapped by a master key that never enters the database."""

from django.db import models
from django.db.models.functions import Now


class VaultKey(models.Model):
    """A key, wrapped by the master key named ``wrapped_by``: for data (``seal``), blind indexes (``index``), or the
    seals of the audit trail (``audit``).

    ``suite`` is what it is a key of (``backend/vault/suites.py``). One key of a purpose is ``active``: new values are
    made with it. Others open what was made before, until nothing refers to them and they are removed.
    """

    class Purpose(models.TextChoices):
        SEAL = "seal"
        INDEX = "index"
        AUDIT = "audit"

    class Suite(models.TextChoices):
        AES = "aes"
        SM = "sm"

    purpose = models.CharField(max_length=10, choices=Purpose)
    suite = models.CharField(max_length=10, choices=Suite, default=Suite.AES, db_default=Suite.AES)
    wrapped_by = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "vault_key"
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(active=True), name="one_active_key_per_purpose"
            )
        ]

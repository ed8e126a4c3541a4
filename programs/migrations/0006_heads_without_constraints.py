"""Entries and standings refer without constraints: what they copy from records is constrained there."""

import django.db.models.deletion
from django.db import migrations, models

REASONS = [
    ("verified", "Verified"),
    ("revoked", "Revoked"),
    ("corrected", "Corrected"),
    ("refuted", "Refuted"),
    ("merged", "Merged"),
    ("split", "Split"),
    ("rule_changed", "Rule Changed"),
    ("reclassified", "Reclassified"),
]


def _unconstrained(model: str) -> list[migrations.AlterField]:
    return [
        migrations.AlterField(
            model_name=model,
            name=name,
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=to,
            ),
        )
        for name, to in (
            ("target", "programs.target"),
            ("person", "talent.person"),
            ("organisation", "backend.organisation"),
            ("programme", "programs.programme"),
        )
    ]


class Migration(migrations.Migration):
    """Drops the foreign keys of ``ledger_entry`` and ``standing``."""

    dependencies = [("programs", "0005_provisional_due_days")]
    operations = [
        *_unconstrained("standing"),
        *_unconstrained("ledgerentry"),
        migrations.AlterField(
            model_name="ledgerentry", name="reason", field=models.CharField(choices=REASONS, max_length=20)
        ),
    ]

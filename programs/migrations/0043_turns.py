"""Why figures moved, by the day of posting, from the ledger as it stands."""

import django.db.models.deletion
from django.db import migrations, models

# A cell is changed in place, and often: room for that beside it keeps its index as it is.
ROOM = "ALTER TABLE turn_cell SET (fillfactor = 60)"
WALLS = "SELECT wall_for_the_bureau('turn_cell');"
FILL = """
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO turn_cell (target_id, posted_on, reason, delta, effective_on, entries)
SELECT target_id, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date, reason, delta, effective_on, count(*)
FROM ledger_entry GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5;
SELECT set_config('shugu.scope', '', true);
"""


class Migration(migrations.Migration):
    """Adds the cells, filled."""

    dependencies = [("programs", "0042_practice")]
    operations = [
        migrations.CreateModel(
            name="TurnCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("posted_on", models.DateField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("verified", "Verified"),
                            ("revoked", "Revoked"),
                            ("corrected", "Corrected"),
                            ("refuted", "Refuted"),
                            ("evidenced", "Evidenced"),
                            ("confirmed", "Confirmed"),
                            ("reopened", "Reopened"),
                            ("merged", "Merged"),
                            ("split", "Split"),
                            ("rule_changed", "Rule Changed"),
                            ("reclassified", "Reclassified"),
                            ("undone", "Undone"),
                            ("departed", "Departed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("delta", models.SmallIntegerField()),
                ("effective_on", models.DateField()),
                ("entries", models.IntegerField()),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.target",
                    ),
                ),
            ],
            options={
                "db_table": "turn_cell",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target", "posted_on", "reason", "delta", "effective_on"),
                        name="turn_cell_once_per_place",
                    )
                ],
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

"""The run-off triangle from the ledger as it stands, and the landings that are worked out."""

import django.db.models.deletion
from django.db import migrations, models

# A cell is changed in place, and often: room for that beside it keeps its index as it is.
ROOM = "ALTER TABLE run_off_cell SET (fillfactor = 60)"
WALLS = """
SELECT wall_for_the_bureau('run_off_cell');
SELECT wall_for_the_bureau('landing');
SELECT keep_append_only('landing');
"""
FILL = """
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO run_off_cell (target_id, effective_in, posted_in, heads)
SELECT target_id, date_trunc('month', effective_on)::date,
       date_trunc('month', recorded_at AT TIME ZONE 'Asia/Shanghai')::date, sum(delta)
FROM ledger_entry GROUP BY 1, 2, 3 HAVING sum(delta) <> 0;
"""


class Migration(migrations.Migration):
    """Adds both, the triangle filled."""

    dependencies = [("programs", "0021_subtargets")]
    operations = [
        migrations.CreateModel(
            name="RunOffCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_in", models.DateField()),
                ("posted_in", models.DateField()),
                ("heads", models.IntegerField()),
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
                "db_table": "run_off_cell",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target", "effective_in", "posted_in"), name="run_off_cell_once_per_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredLanding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField()),
                ("known_at", models.DateTimeField()),
                ("computed_at", models.DateTimeField()),
                ("method", models.CharField(max_length=20)),
                ("low", models.IntegerField(null=True)),
                ("median", models.IntegerField(null=True)),
                ("high", models.IntegerField(null=True)),
                ("probability", models.FloatField(null=True)),
                ("pace", models.FloatField(null=True)),
                ("required_pace", models.FloatField(null=True)),
                ("late", models.IntegerField(null=True)),
                ("reviewed", models.IntegerField(null=True)),
                ("awaiting", models.IntegerField(default=0)),
                ("reason", models.JSONField(null=True)),
                ("inputs", models.JSONField(default=dict)),
                ("job_id", models.BigIntegerField(null=True)),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="programs.target",
                    ),
                ),
            ],
            options={
                "db_table": "landing",
                "constraints": [
                    models.UniqueConstraint(fields=("target", "known_at"), name="landing_once_per_moment")
                ],
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

"""The cube and the list of postings, from the ledger as it stands."""

import django.db.models.deletion
from django.db import migrations, models

# A cell is changed in place, and often: room for that beside it keeps its index as it is.
ROOM = "ALTER TABLE cube_cell SET (fillfactor = 60)"
WALLS = """
SELECT wall_for_the_bureau('cube_cell');
SELECT wall_for_the_bureau('posting');
SELECT keep_append_only('posting');
"""
FILL = """
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO posting (recorded_at, entries, total)
SELECT recorded_at, count(*), sum(count(*)) OVER (ORDER BY recorded_at) FROM ledger_entry GROUP BY recorded_at;
INSERT INTO cube_cell (target_id, grain, dimension, key, starts_on, heads)
SELECT target_id, grain, dimension, key, starts_on, sum(heads)
FROM (
    SELECT target_id, effective_on, organisation_id, programme_id, path, basis, district, segment, sum(delta) AS heads
    FROM ledger_entry GROUP BY target_id, effective_on, organisation_id, programme_id, path, basis, district, segment
) AS entry
CROSS JOIN LATERAL (
    VALUES ('', ''), ('organisation', organisation_id::text), ('programme', programme_id::text), ('path', path),
           ('basis', basis), ('district', district), ('segment', segment)
) AS side (dimension, key)
CROSS JOIN LATERAL (
    VALUES ('day', effective_on), ('month', date_trunc('month', effective_on)::date)
) AS time (grain, starts_on)
GROUP BY target_id, grain, dimension, key, starts_on
HAVING sum(heads) <> 0;
"""


class Migration(migrations.Migration):
    """Adds both, filled."""

    dependencies = [("programs", "0016_roster")]
    operations = [
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("recorded_at", models.DateTimeField(primary_key=True, serialize=False)),
                ("entries", models.IntegerField()),
                ("total", models.BigIntegerField()),
            ],
            options={"db_table": "posting"},
        ),
        migrations.CreateModel(
            name="CubeCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grain", models.CharField(choices=[("day", "Day"), ("month", "Month")], max_length=5)),
                ("dimension", models.CharField(blank=True, max_length=12)),
                ("key", models.CharField(blank=True, max_length=20)),
                ("starts_on", models.DateField()),
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
                "db_table": "cube_cell",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target", "grain", "dimension", "key", "starts_on"), name="cube_cell_once_per_place"
                    )
                ],
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

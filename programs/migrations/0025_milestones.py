"""The cube's milestones; the first are set by the worker, from the ledger as it stands."""

import django.db.models.deletion
from django.db import migrations, models

WALLS = """
SELECT wall_for_the_bureau('milestone');
SELECT keep_append_only('milestone');
SELECT wall_for_the_bureau('milestone_cell');
SELECT keep_append_only('milestone_cell');
"""


class Migration(migrations.Migration):
    """Adds both tables."""

    dependencies = [("programs", "0024_channels")]
    operations = [
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(unique=True)),
                ("total", models.BigIntegerField()),
            ],
            options={"db_table": "milestone"},
        ),
        migrations.CreateModel(
            name="MilestoneCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grain", models.CharField(choices=[("day", "day"), ("month", "month")], max_length=5)),
                ("dimension", models.CharField(blank=True, max_length=12)),
                ("key", models.CharField(blank=True, max_length=20)),
                ("starts_on", models.DateField()),
                ("heads", models.IntegerField()),
                (
                    "milestone",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.milestone",
                    ),
                ),
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
                "db_table": "milestone_cell",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("milestone", "target", "grain", "dimension", "key", "starts_on"),
                        name="milestone_cell_once_per_place",
                    )
                ],
            },
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]

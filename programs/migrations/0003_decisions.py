"""Decisions as rows of their own, so that a later one never hides an earlier one."""

import django.db.models.deletion
from django.db import migrations, models

import backend.clock


class Migration(migrations.Migration):
    """Creates the table of decisions and raises its wall."""

    dependencies = [("backend", "0003_walls"), ("programs", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("submission_id", models.BigIntegerField()),
                ("amendment_id", models.BigIntegerField(null=True)),
                ("decision", models.CharField(choices=[("verify", "Verify"), ("return", "Return"), ("reject", "Reject"), ("revoke", "Revoke")], max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("decided_by_id", models.BigIntegerField()),
                ("decided_at", models.DateTimeField(db_default=backend.clock.SqlNow())),
                ("organisation", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="backend.organisation")),
                ("record", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="programs.record")),
            ],
            options={
                "db_table": "decision",
                "indexes": [models.Index(fields=["record", "id"], name="decision_record")],
            },
        ),
        migrations.RunSQL("SELECT wall_by_organisation('decision'); SELECT keep_append_only('decision');"),
    ]

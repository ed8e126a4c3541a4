"""Tiers as a plan defines them: what a person must hold to be of one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates ``tier`` and ``tier_credential``."""

    dependencies = [("talent", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True)),
                ("plan", models.CharField(max_length=60)),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                (
                    "evidence",
                    models.CharField(
                        choices=[("claimed", "Claimed"), ("evidenced", "Evidenced"), ("confirmed", "Confirmed")],
                        default="claimed",
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("position", models.IntegerField(default=0)),
            ],
            options={"db_table": "tier"},
        ),
        migrations.CreateModel(
            name="TierCredential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("education", "Education"), ("title", "Title")], max_length=10)),
                ("code", models.CharField(max_length=20)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                (
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="qualifying", to="talent.tier"
                    ),
                ),
            ],
            options={
                "db_table": "tier_credential",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tier", "kind", "code", "valid_from"),
                        name="tier_credential_once_per_day_of_force",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]

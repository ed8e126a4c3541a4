"""Obligations that an organisation's end calls off, and the wall of the districts."""

from pathlib import Path

from django.db import migrations, models

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0033_retention'),
        ('talent', '0009_retention'),
        ('backend', '0013_organisations_and_districts'),
    ]

    operations = [
        migrations.AddField(
            model_name='obligation',
            name='called_off_by_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunSQL(read(Path(__file__), "districts.sql")),
    ]

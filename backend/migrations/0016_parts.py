"""What the parts of an organisation report is read by its users."""

from pathlib import Path

from django.db import migrations

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ("backend", "0013_organisations_and_districts"),
    ]

    operations = [
        migrations.RunSQL(read(Path(__file__), "parts.sql")),
    ]

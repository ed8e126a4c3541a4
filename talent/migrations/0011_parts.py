"""People whom the parts of an organisation report are read by its users."""

from pathlib import Path

from django.db import migrations

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ("backend", "0016_parts"),
        ("talent", "0010_filing"),
    ]

    operations = [
        migrations.RunSQL(read(Path(__file__), "parts.sql")),
    ]

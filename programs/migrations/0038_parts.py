"""What the parts of an organisation report is read by its users; what is written to organisations, by district."""

from pathlib import Path

from django.db import migrations

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ("backend", "0016_parts"),
        ("talent", "0011_parts"),
        ("programs", "0035_filing_and_first_reports"),
    ]

    operations = [
        migrations.RunSQL(read(Path(__file__), "parts.sql")),
        migrations.RunSQL(read(Path(__file__), "letters.sql")),
    ]

"""Row-level security, the second wall between organisations."""

from pathlib import Path

from django.db import migrations

from backend.sql import read


class Migration(migrations.Migration):
    """Raises the walls of this app's tables."""

    dependencies = [("backend", "0003_walls"), ("talent", "0001_tables")]
    operations = [migrations.RunSQL(read(Path(__file__), "walls.sql"))]

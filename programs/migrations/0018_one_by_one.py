"""The look-ups that cross organisations go from what is asked to the books, in that order alone."""

from pathlib import Path

from django.db import migrations

from backend.sql import read


class Migration(migrations.Migration):
    """Replaces both functions; what they answer stays the same."""

    dependencies = [("programs", "0017_cube")]
    operations = [migrations.RunSQL(read(Path(__file__), "one_by_one.sql"), migrations.RunSQL.noop)]

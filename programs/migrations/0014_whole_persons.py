"""The look-ups that cross organisations follow persons who were merged."""

from pathlib import Path

from django.db import migrations

from backend.sql import read


class Migration(migrations.Migration):
    """Replaces both functions; what they return beyond ids and flags is still nothing."""

    dependencies = [("programs", "0013_sampling"), ("talent", "0006_identity")]
    operations = [migrations.RunSQL(read(Path(__file__), "whole_persons.sql"), migrations.RunSQL.noop)]

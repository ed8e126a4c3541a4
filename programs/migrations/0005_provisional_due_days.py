"""Periods whose due day was counted over a year without published holidays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the mark to periods; those that stand were counted over published years."""

    dependencies = [("programs", "0004_numbered_ledger")]

    operations = [migrations.AddField("period", "provisional", models.BooleanField(default=False))]

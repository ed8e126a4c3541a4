"""Sealed files are kept under random names, and may be put into quarantine."""

import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0005_fate_of_an_attempt'),
    ]

    operations = [
        migrations.AddField(
            model_name='sealedfile',
            name='name',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='sealedfile',
            name='quarantined_at',
            field=models.DateTimeField(null=True),
        ),
    ]

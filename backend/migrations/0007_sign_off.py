"""Partners that sign off, and who signs for them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0006_quarantine'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='sign_off',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='user',
            name='signatory',
            field=models.BooleanField(default=False),
        ),
    ]

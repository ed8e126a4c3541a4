"""A person may be marked for a departure that was told."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('talent', '0008_roster_marks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='personchange',
            name='reason',
            field=models.CharField(choices=[('verified', 'Verified'), ('revoked', 'Revoked'), ('corrected', 'Corrected'), ('refuted', 'Refuted'), ('evidenced', 'Evidenced'), ('confirmed', 'Confirmed'), ('reopened', 'Reopened'), ('merged', 'Merged'), ('split', 'Split'), ('rule_changed', 'Rule Changed'), ('reclassified', 'Reclassified'), ('undone', 'Undone'), ('departed', 'Departed')], max_length=20),
        ),
    ]

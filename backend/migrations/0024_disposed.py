"""Files whose bytes were destroyed, and the one way in which what is append-only is stripped of a person."""

from pathlib import Path

from django.db import migrations, models

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0023_vault'),
    ]

    operations = [
        migrations.AddField(
            model_name='sealedfile',
            name='disposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='sealedfile',
            name='purpose',
            field=models.CharField(choices=[('original', 'Original'), ('sheet', 'Sheet'), ('evidence', 'Evidence'), ('thumbnail', 'Thumbnail'), ('briefing', 'Briefing'), ('copy', 'Copy')], max_length=10),
        ),
        migrations.RunSQL(read(Path(__file__), "erasing.sql"), migrations.RunSQL.noop),
    ]

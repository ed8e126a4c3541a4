"""Files that the bureau makes: briefings."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0016_parts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sealedfile',
            name='purpose',
            field=models.CharField(choices=[('original', 'Original'), ('sheet', 'Sheet'), ('evidence', 'Evidence'), ('thumbnail', 'Thumbnail'), ('briefing', 'Briefing')], max_length=10),
        ),
    ]

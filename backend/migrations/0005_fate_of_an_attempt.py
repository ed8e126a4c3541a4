"""What came of a message's latest attempt, apart from the server's own words."""

from django.db import migrations, models

FATES = """
    SELECT set_config('shugu.scope', 'all', true);
    UPDATE delivery SET fate = CASE state
        WHEN 'sent' THEN 'sent'
        WHEN 'unknown' THEN 'unknown'
        WHEN 'queued' THEN 'later'
        ELSE CASE WHEN starts_with(answer, 'suppressed since') THEN 'suppressed' WHEN answer ~ '^5' THEN 'refused' ELSE 'later' END
        END
    WHERE attempts > 0 AND state IN ('sent', 'unknown', 'queued', 'failed');
    SELECT set_config('shugu.scope', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0004_deliveries'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='fate',
            field=models.CharField(blank=True, choices=[('sent', 'Sent'), ('later', 'Later'), ('refused', 'Refused'), ('unknown', 'Unknown'), ('suppressed', 'Suppressed')], default='', max_length=20),
            preserve_default=False,
        ),
        migrations.RunSQL(FATES, migrations.RunSQL.noop),
    ]

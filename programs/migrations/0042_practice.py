"""Submissions that are only for practice, left out of what the indexes and constraints of real ones say."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    waivers = {
        "require-concurrent-index-deletion": "A city's submissions are some ten thousand rows: a moment's lock.",
        "require-concurrent-index-creation": "A city's submissions are some ten thousand rows: a moment's lock.",
        "constraint-missing-not-valid": "A city's submissions are some ten thousand rows, and all of them pass.",
    }

    dependencies = [
        ('backend', '0019_looks'),
        ('programs', '0041_privacy'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='submission',
            name='same_bytes_once_while_standing',
        ),
        migrations.RemoveIndex(
            model_name='submission',
            name='submission_reported',
        ),
        migrations.AddField(
            model_name='submission',
            name='practice',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('opening', False), ('practice', False), ('template', 'talent-records/1')), fields=['organisation', 'committed_at'], include=('period',), name='submission_reported'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('practice', True)), fields=['received_at'], name='submission_practised'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(condition=models.Q(('forced', False), ('practice', False), ('standing', True)), fields=('organisation', 'template', 'period', 'sha256'), name='same_bytes_once_while_standing', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('practice', False), models.Q(('on_behalf', False), ('opening', False), ('template', 'talent-records/1'), ('withdrawn_at', None)), _connector='OR'), name='practice_is_a_partners_own'),
        ),
    ]

"""Submissions in several templates, of which some belong to no period."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0012_holiday_years'),
        ('programs', '0027_calendar'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='submission',
            name='same_bytes_once_while_standing',
        ),
        migrations.AddField(
            model_name='submission',
            name='template',
            field=models.CharField(db_default='talent-records/1', default='talent-records/1', max_length=40),
        ),
        migrations.AlterField(
            model_name='submission',
            name='period',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='programs.period'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            # Of what belongs to no period the same bytes are the same bytes too.
            constraint=models.UniqueConstraint(condition=models.Q(('forced', False), ('standing', True)), fields=('organisation', 'template', 'period', 'sha256'), name='same_bytes_once_while_standing', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('period__isnull', False), models.Q(('template', 'talent-records/1'), _negated=True), _connector='OR'), name='talent_records_have_a_period'),
        ),
    ]

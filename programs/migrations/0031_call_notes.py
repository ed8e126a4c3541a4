"""What came of calls: rows that the bureau alone reads and nobody changes."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = """
    SELECT wall_for_the_bureau('call_note');
    SELECT wall_for_the_bureau('call_subject');
    SELECT keep_append_only('call_note');
    SELECT keep_append_only('call_subject');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0012_holiday_years'),
        ('programs', '0030_recruitment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('reached', 'Reached'), ('not_reached', 'Not reached'), ('promised', 'Promised'), ('wrong_contact', 'Wrong contact')], max_length=20)),
                ('promised_on', models.DateField(null=True)),
                ('spoke_with', models.CharField(blank=True, max_length=100)),
                ('note', models.TextField(blank=True)),
                ('noted_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('noted_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
            ],
            options={
                'db_table': 'call_note',
            },
        ),
        migrations.CreateModel(
            name='CallSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reporting', 'Report of the period'), ('retention', 'Proof of stay')], max_length=20)),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='programs.callnote')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.period')),
            ],
            options={
                'db_table': 'call_subject',
            },
        ),
        migrations.AddIndex(
            model_name='callnote',
            index=models.Index(fields=['organisation', '-id'], name='call_note_organisation'),
        ),
        migrations.AddConstraint(
            model_name='callnote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'promised'), ('promised_on__isnull', False)), models.Q(models.Q(('outcome', 'promised'), _negated=True), ('promised_on', None)), _connector='OR'), name='call_note_promises_a_day'),
        ),
        migrations.AddIndex(
            model_name='callsubject',
            index=models.Index(fields=['organisation', 'period', 'kind', '-note'], name='call_subject_of'),
        ),
        migrations.AddConstraint(
            model_name='callsubject',
            constraint=models.UniqueConstraint(fields=('note', 'period', 'kind'), name='call_about_a_thing_once'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]

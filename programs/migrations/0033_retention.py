"""Who is asked how long people stay, what they answer, and the departures beside the ledger."""

from pathlib import Path

import backend.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from backend.sql import read

RETENTION = read(Path(__file__), "retention.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0012_holiday_years'),
        ('programs', '0032_said_index'),
        ('talent', '0009_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeparturePosting',
            fields=[
                ('recorded_at', models.DateTimeField(primary_key=True, serialize=False)),
                ('entries', models.IntegerField()),
                ('total', models.BigIntegerField()),
            ],
            options={
                'db_table': 'departure_posting',
            },
        ),
        migrations.CreateModel(
            name='StayMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('persons', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'stay_mark',
            },
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='reason',
            field=models.CharField(choices=[('verified', 'Verified'), ('revoked', 'Revoked'), ('corrected', 'Corrected'), ('refuted', 'Refuted'), ('evidenced', 'Evidenced'), ('confirmed', 'Confirmed'), ('reopened', 'Reopened'), ('merged', 'Merged'), ('split', 'Split'), ('rule_changed', 'Rule Changed'), ('reclassified', 'Reclassified'), ('undone', 'Undone'), ('departed', 'Departed')], max_length=20),
        ),
        migrations.CreateModel(
            name='RetentionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(choices=[('trained', 'Trained'), ('introduced', 'Introduced')], max_length=10)),
                ('months', models.SmallIntegerField()),
                ('since', models.DateField()),
                ('falls_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'To be answered'), ('answered', 'Has an answer'), ('withdrawn', 'Not asked any more')], default='open', max_length=10)),
                ('answer_id', models.BigIntegerField(null=True)),
                ('said', models.CharField(blank=True, choices=[('stays', 'Still here'), ('left', 'Has left'), ('came_back', 'Left and came back'), ('employed_here', 'Employed here'), ('employed_elsewhere', 'Employed elsewhere'), ('not_employed', 'Not employed'), ('unknown', 'Unknown')], max_length=20)),
                ('left_on', models.DateField(null=True)),
                ('returned_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('first_answered_at', models.DateTimeField(null=True)),
                ('laid_out_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('period', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.period')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='talent.person')),
                ('record', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.record')),
            ],
            options={
                'db_table': 'retention_check',
            },
        ),
        migrations.CreateModel(
            name='RetentionAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(choices=[('stays', 'Still here'), ('left', 'Has left'), ('came_back', 'Left and came back'), ('employed_here', 'Employed here'), ('employed_elsewhere', 'Employed elsewhere'), ('not_employed', 'Not employed'), ('unknown', 'Unknown')], max_length=20)),
                ('left_on', models.DateField(null=True)),
                ('returned_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('note', models.TextField(blank=True)),
                ('channel', models.CharField(choices=[('api', 'Interface'), ('form', 'Form'), ('file', 'File')], max_length=4)),
                ('submission_id', models.BigIntegerField(null=True)),
                ('answered_by_id', models.BigIntegerField(null=True)),
                ('answered_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='programs.retentionanswer')),
                ('about', models.ForeignKey(db_column='check_id', on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='programs.retentioncheck')),
            ],
            options={
                'db_table': 'retention_answer',
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(choices=[('trained', 'Trained'), ('introduced', 'Introduced')], max_length=10)),
                ('valid_from', models.DateField()),
                ('months', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ('reason', models.TextField(blank=True)),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'retention_rule',
                'indexes': [models.Index(fields=['path', 'valid_from', 'id'], name='retention_rule_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Departure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_id', models.BigIntegerField(unique=True)),
                ('person_id', models.BigIntegerField()),
                ('left_on', models.DateField()),
                ('returned_on', models.DateField(null=True)),
                ('told_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.record')),
            ],
            options={
                'db_table': 'departure',
                'indexes': [models.Index(fields=['person_id'], name='departure_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('returned_on', None), ('returned_on__gt', models.F('left_on')), _connector='OR'), name='departure_before_the_return')],
            },
        ),
        migrations.CreateModel(
            name='DepartureCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grain', models.CharField(choices=[('day', 'Day'), ('month', 'Month')], max_length=5)),
                ('dimension', models.CharField(blank=True, max_length=12)),
                ('key', models.CharField(blank=True, max_length=20)),
                ('starts_on', models.DateField()),
                ('heads', models.IntegerField()),
                ('target', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.target')),
            ],
            options={
                'db_table': 'departure_cell',
                'constraints': [models.UniqueConstraint(fields=('target', 'grain', 'dimension', 'key', 'starts_on'), name='departure_cell_once_per_place')],
            },
        ),
        migrations.CreateModel(
            name='DepartureEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('effective_on', models.DateField()),
                ('record_id', models.BigIntegerField()),
                ('path', models.CharField(max_length=10)),
                ('basis', models.CharField(choices=[('education', 'Education'), ('title', 'Professional title'), ('none', 'No credential needed')], max_length=10)),
                ('district', models.CharField(blank=True, max_length=20)),
                ('segment', models.CharField(blank=True, max_length=12)),
                ('delta', models.SmallIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='talent.person')),
                ('programme', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programme')),
                ('target', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.target')),
            ],
            options={
                'db_table': 'departure_entry',
                'indexes': [models.Index(fields=['target', 'recorded_at', 'effective_on'], include=('delta',), name='departure_entry_clocks')],
                'constraints': [models.UniqueConstraint(fields=('person', 'target', 'number'), name='departure_entry_once_per_number'), models.CheckConstraint(condition=models.Q(('delta__range', (-2, 2)), ('number__gt', 0), models.Q(('delta', 0), _negated=True)), name='departure_entry_turns')],
            },
        ),
        migrations.AddIndex(
            model_name='retentioncheck',
            index=models.Index(fields=['organisation', 'period', 'state'], name='retention_check_owed'),
        ),
        migrations.AddIndex(
            model_name='retentioncheck',
            index=models.Index(fields=['falls_on', 'id'], name='retention_check_day'),
        ),
        migrations.AddIndex(
            model_name='retentioncheck',
            index=models.Index(condition=models.Q(('period', None)), fields=['falls_on'], name='retention_check_unplaced'),
        ),
        migrations.AddConstraint(
            model_name='retentioncheck',
            constraint=models.UniqueConstraint(fields=('record', 'months'), name='retention_check_once_per_month'),
        ),
        migrations.AddConstraint(
            model_name='retentioncheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_id', None), ('first_answered_at', None), ('said', '')), models.Q(('answer_id__isnull', False), ('first_answered_at__isnull', False), models.Q(('said', ''), _negated=True)), _connector='OR'), name='retention_check_answered_whole'),
        ),
        migrations.RunSQL(RETENTION, migrations.RunSQL.noop),
    ]

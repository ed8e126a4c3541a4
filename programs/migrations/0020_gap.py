"""The gap, from what was reported as it stands."""

from pathlib import Path

import backend.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from backend.sql import read

GAP = read(Path(__file__), "gap.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0008_evidence_files'),
        ('programs', '0019_lot_outcomes'),
    ]

    operations = [
        migrations.CreateModel(
            name='GapMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('persons', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'gap_mark',
            },
        ),
        migrations.CreateModel(
            name='GapPosting',
            fields=[
                ('recorded_at', models.DateTimeField(primary_key=True, serialize=False)),
                ('complete', models.BooleanField()),
                ('totals', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'gap_posting',
            },
        ),
        migrations.CreateModel(
            name='Gap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('record', 'Record'), ('submission', 'Submission'), ('obligation', 'Obligation')], max_length=10)),
                ('subject_id', models.BigIntegerField()),
                ('target_id', models.BigIntegerField(default=0)),
                ('reason', models.CharField(choices=[('not_submitted', 'Not submitted'), ('failing_checks', 'Failing checks'), ('awaiting_review', 'Awaiting review'), ('returned', 'Returned'), ('duplicate', 'Duplicate: the person counts already'), ('no_qualifying_credential', 'No qualifying credential'), ('outside_the_plan', 'Outside the plan'), ('not_completed', 'Verified, not completed'), ('later', 'Counts from a later day'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn by the partner')], max_length=24)),
                ('head_id', models.BigIntegerField(null=True)),
                ('path', models.CharField(blank=True, max_length=10)),
                ('district', models.CharField(blank=True, max_length=20)),
                ('segment', models.CharField(blank=True, max_length=12)),
                ('day', models.DateField(null=True)),
                ('amount', models.IntegerField(default=1)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('credited', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('programme', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programme')),
            ],
            options={
                'db_table': 'gap',
                'indexes': [models.Index(fields=['target_id', 'reason', 'ended_at', 'id'], include=('recorded_at', 'organisation', 'programme', 'path', 'district', 'segment'), name='gap_standing')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'subject_id', 'target_id', 'ended_at'), name='gap_once_at_a_time')],
            },
        ),
        migrations.RunSQL(GAP, migrations.RunSQL.noop),
    ]

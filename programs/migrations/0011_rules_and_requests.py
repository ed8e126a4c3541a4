"""What the bureau sets about rules, what partners ask for, and what they take back."""

from pathlib import Path

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.sql import read

WITHDRAWN = read(Path(__file__), "withdrawn.sql")
WALLS = "; ".join(
    f"SELECT wall_by_organisation('{table}')" for table in ("override", "cohort_request")
) + "; SELECT wall_for_the_bureau('replay_hit'); SELECT keep_append_only('rule_setting')"


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0007_sign_off'),
        ('programs', '0010_lookups_by_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='submission',
            name='opening',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='submission',
            name='prepared_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='prepared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='submission',
            name='withdrawal_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='amendment',
            name='state',
            field=models.CharField(choices=[('pending', 'Awaiting review'), ('taken', 'Taken'), ('returned', 'Returned'), ('rejected', 'Rejected'), ('superseded', 'Superseded'), ('withdrawn', 'Withdrawn by the partner')], default='pending', max_length=10),
        ),
        migrations.AlterField(
            model_name='record',
            name='state',
            field=models.CharField(choices=[('submitted', 'Awaiting review'), ('verified', 'Verified'), ('returned', 'Returned'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn by the partner')], default='submitted', max_length=10),
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=3)),
                ('severity', models.CharField(choices=[('off', 'Off'), ('warning', 'Warning'), ('error', 'Error')], max_length=10)),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('submissions', models.IntegerField(default=0)),
                ('rows', models.IntegerField(default=0)),
                ('asked_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('done_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='backend.job')),
            ],
            options={
                'db_table': 'replay',
            },
        ),
        migrations.CreateModel(
            name='CohortRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('capacity', models.IntegerField(blank=True, null=True)),
                ('explanation', models.TextField(blank=True)),
                ('submission_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('granted', 'Granted'), ('refused', 'Refused')], default='asked', max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cohort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.cohort')),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programme')),
            ],
            options={
                'db_table': 'cohort_request',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('organisation', 'code'), name='cohort_asked_for_once'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='cohort_request_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=3)),
                ('explanation', models.TextField()),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('granted', 'Granted'), ('refused', 'Refused')], default='asked', max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='programs.submission')),
            ],
            options={
                'db_table': 'override',
                'indexes': [models.Index(condition=models.Q(('state', 'asked')), fields=['asked_at'], name='override_asked')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'rule'), name='override_once_per_submission_and_rule'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'asked')), models.Q(('decided_at__isnull', False), models.Q(('state', 'asked'), _negated=True)), _connector='OR'), name='override_decided_at_a_moment')],
            },
        ),
        migrations.CreateModel(
            name='ReplayHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('found', models.IntegerField()),
                ('newly_refused', models.IntegerField()),
                ('newly_accepted', models.IntegerField()),
                ('examples', models.JSONField(default=list)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='programs.replay')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.submission')),
            ],
            options={
                'db_table': 'replay_hit',
                'constraints': [models.UniqueConstraint(fields=('replay', 'submission'), name='replay_hit_once')],
            },
        ),
        migrations.CreateModel(
            name='RuleSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=3)),
                ('severity', models.CharField(choices=[('off', 'Off'), ('warning', 'Warning'), ('error', 'Error')], max_length=10)),
                ('from_on', models.DateField()),
                ('until_on', models.DateField(blank=True, null=True)),
                ('reason', models.TextField()),
                ('set_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('set_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'rule_setting',
                'constraints': [models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='rule_setting_ends_after_it_begins')],
            },
        ),
        migrations.RunSQL(WITHDRAWN, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]

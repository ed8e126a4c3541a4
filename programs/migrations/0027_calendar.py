"""Periods of their own shape, later due days as rows, and calendar feeds."""

from pathlib import Path

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.sql import read

CALENDAR = read(Path(__file__), "calendar.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0009_channels'),
        ('programs', '0026_ladder_policies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='period',
            name='working_days',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='PeriodScheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('frequency', models.CharField(choices=[('month', 'Month'), ('quarter', 'Quarter'), ('half_year', 'Half-year'), ('year', 'Year')], max_length=10)),
                ('first_day', models.SmallIntegerField()),
                ('first_month', models.SmallIntegerField(default=1)),
                ('working_days', models.IntegerField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('instead', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programme')),
            ],
            options={
                'db_table': 'period_scheme',
            },
        ),
        migrations.AddField(
            model_name='period',
            name='scheme',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='programs.periodscheme'),
        ),
        migrations.CreateModel(
            name='PublishedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('missing', 'Missing'), ('reported', 'Reported'), ('confirmed_zero', 'Confirmed: nothing to report'), ('excused', 'Excused'), ('gone', 'Not owed any more')], max_length=20)),
                ('sequence', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('changed_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.period')),
            ],
            options={
                'db_table': 'published_day',
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], max_length=10)),
                ('made_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('revoked_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('revoked_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'calendar_feed',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('organisation',), name='one_live_feed_per_organisation')],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('reason', models.TextField()),
                ('granted_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawal_reason', models.TextField(blank=True)),
                ('granted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='programs.period')),
                ('withdrawn_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'due_extension',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('period', 'organisation', 'due_on'), name='extended_to_a_day_once', nulls_distinct=False)],
            },
        ),
        migrations.AddConstraint(
            model_name='periodscheme',
            constraint=models.CheckConstraint(condition=models.Q(('programme', None), ('organisation', None), _connector='XOR'), name='scheme_of_one_or_the_other'),
        ),
        migrations.AddConstraint(
            model_name='periodscheme',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='scheme_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='periodscheme',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__range', (1, 28)), ('first_month__range', (1, 12))), name='scheme_begins_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='publishedday',
            constraint=models.UniqueConstraint(fields=('organisation', 'period', 'kind'), name='published_once_per_period'),
        ),
        migrations.RunSQL(CALENDAR, migrations.RunSQL.noop),
    ]

"""The roster, what finds people in it, and lists of people that are handed in to be checked."""

from pathlib import Path

import backend.clock
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.sql import read

ROSTER = read(Path(__file__), "roster.sql")
WALLS = "SELECT wall_by_organisation('check_list')"
# Everybody who is there already is found as soon as the roster has come to them.
MARK = "SELECT set_config('shugu.scope', 'all', true); INSERT INTO roster_mark (person_id) SELECT id FROM person WHERE canonical_id IS NULL; " \
    "SELECT set_config('shugu.scope', '', true)"
# How often which term occurs is none of the planner's business: the function asks so that any answer is cheap.
PLAIN = "ALTER TABLE roster ALTER COLUMN terms SET STATISTICS 0"


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0007_sign_off'),
        ('programs', '0015_plan_previews'),
        ('talent', '0008_roster_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RosterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('name_key', models.TextField()),
                ('gender', models.CharField(blank=True, max_length=1)),
                ('birth_date', models.DateField(null=True)),
                ('documents', models.JSONField(default=list)),
                ('organisations', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('states', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('tier', models.CharField(max_length=10)),
                ('targets', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('since', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(null=True), default=list, size=None)),
                ('bases', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('credited', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('terms', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'db_table': 'roster',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['terms'], name='roster_terms')],
                'constraints': [models.UniqueConstraint(fields=('organisation_id', 'person_id'), name='roster_once_per_reader')],
            },
        ),
        migrations.CreateModel(
            name='CheckList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('for_bureau', models.BooleanField(default=False)),
                ('kind', models.CharField(max_length=10)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('rows', models.IntegerField(default=0)),
                ('counted', models.IntegerField(default=0)),
                ('not_counted', models.IntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=3)),
                ('params', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('done_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='backend.job')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile')),
                ('result', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='backend.sealedfile')),
            ],
            options={
                'db_table': 'check_list',
                'indexes': [models.Index(fields=['organisation', 'id'], name='check_list_organisation')],
            },
        ),
        migrations.RunSQL(f"{ROSTER}; {WALLS}; {PLAIN}; {MARK}", migrations.RunSQL.noop),
    ]

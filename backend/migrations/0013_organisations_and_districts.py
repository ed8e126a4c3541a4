"""What became of organisations, from a day on, and the districts of officers."""

from pathlib import Path

import backend.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0012_holiday_years'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='closed_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='user',
            name='districts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.CreateModel(
            name='OrganisationChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('name', 'Named'), ('parent', 'Part of'), ('closed', 'Closed'), ('merged', 'Merged')], max_length=10)),
                ('from_on', models.DateField(null=True)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawal_reason', models.TextField(blank=True)),
                ('entered_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='backend.organisation')),
                ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('withdrawn_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'organisation_change',
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind__in', ['name', 'parent']), ('withdrawn_at', None)), fields=('organisation', 'kind', 'from_on'), name='organisation_change_once_a_day', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('kind__in', ['closed', 'merged']), ('withdrawn_at', None)), fields=('organisation',), name='organisation_ends_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'name'), ('other', None), models.Q(('name_zh', ''), _negated=True)), ('kind', 'parent'), models.Q(('from_on__isnull', False), ('kind', 'closed'), ('other', None)), models.Q(('from_on__isnull', False), ('kind', 'merged'), ('other__isnull', False)), _connector='OR'), name='organisation_change_of_its_kind')],
            },
        ),
        migrations.RunSQL(read(Path(__file__), "organisations.sql")),
    ]

"""Areas, requirements, budget lines, contacts of cohorts, and what is noted of attendance."""

from pathlib import Path

import backend.clock
import django.db.models.deletion
from django.db import migrations, models

from backend.sql import read

TRAINING = read(Path(__file__), "training.sql")


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0012_holiday_years'),
        ('programs', '0028_templates'),
    ]

    operations = [
        migrations.AddField(
            model_name='cohort',
            name='contacts',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='programme',
            name='funding_source',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.IntegerField()),
                ('sessions_held', models.IntegerField(null=True)),
                ('sessions_attended', models.IntegerField(null=True)),
                ('hours', models.DecimalField(decimal_places=1, max_digits=7, null=True)),
                ('until', models.DateField()),
                ('withdrawal_reason', models.CharField(blank=True, max_length=20)),
                ('submission_id', models.BigIntegerField(null=True)),
                ('noted_by_id', models.BigIntegerField(null=True)),
                ('noted_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('record', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='programs.record')),
            ],
            options={
                'db_table': 'attendance',
                'constraints': [models.UniqueConstraint(fields=('record', 'edition'), name='attendance_once_per_edition'), models.CheckConstraint(condition=models.Q(models.Q(('sessions_attended', None), ('sessions_held', None)), models.Q(('sessions_attended__gte', 0), ('sessions_held__gte', models.F('sessions_attended'))), _connector='OR'), name='attendance_within_sessions'), models.CheckConstraint(condition=models.Q(('hours', None), ('hours__gte', 0), _connector='OR'), name='attendance_hours')],
            },
        ),
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('funding_source', models.CharField(max_length=20)),
                ('purpose', models.CharField(max_length=200)),
                ('planned_fen', models.BigIntegerField()),
                ('spent_fen', models.BigIntegerField(db_default=0, default=0)),
                ('entered_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('cohort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='programs.cohort')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budget_lines', to='programs.programme')),
            ],
            options={
                'db_table': 'budget_line',
                'constraints': [models.CheckConstraint(condition=models.Q(('planned_fen__gte', 0), ('spent_fen__gte', 0)), name='budget_line_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='CurriculumArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('hours', models.DecimalField(decimal_places=1, max_digits=7)),
                ('position', models.SmallIntegerField()),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='programs.programme')),
            ],
            options={
                'db_table': 'curriculum_area',
                'ordering': ('position',),
                'constraints': [models.UniqueConstraint(fields=('programme', 'code'), name='curriculum_area_once_per_programme'), models.CheckConstraint(condition=models.Q(('hours__gt', 0)), name='curriculum_area_takes_hours')],
            },
        ),
        migrations.CreateModel(
            name='EntryRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('education', models.CharField(blank=True, max_length=20)),
                ('title', models.CharField(blank=True, max_length=20)),
                ('years', models.SmallIntegerField(blank=True, null=True)),
                ('text_zh', models.TextField(blank=True)),
                ('text_en', models.TextField(blank=True)),
                ('position', models.SmallIntegerField()),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirements', to='programs.programme')),
            ],
            options={
                'db_table': 'entry_requirement',
                'ordering': ('position',),
                'constraints': [models.UniqueConstraint(fields=('programme', 'position'), name='entry_requirement_once_per_place'), models.CheckConstraint(condition=models.Q(('years__gte', 0)), name='entry_requirement_years_are_not_negative')],
            },
        ),
        migrations.RunSQL(TRAINING, migrations.RunSQL.noop),
    ]

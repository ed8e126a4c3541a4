"""Briefings of snapshots, their files, and the schedules by which they are made: rows that the bureau alone reads."""

import backend.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = "; ".join(
    f"SELECT wall_for_the_bureau('{table}')"
    for table in ("briefing", "briefing_file", "briefing_issue", "briefing_schedule", "briefing_subscriber")
)
KEPT = "; ".join(f"SELECT keep_append_only('{table}')" for table in ("briefing", "briefing_file", "briefing_issue"))


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0017_briefing_files'),
        ('programs', '0038_parts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Briefing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('month', 'Monthly'), ('quarter', 'Quarterly'), ('year', 'Yearly')], max_length=7)),
                ('period', models.CharField(max_length=7)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], max_length=10), size=None)),
                ('ordered_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('made_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='briefings', to='programs.snapshot')),
            ],
            options={
                'db_table': 'briefing',
            },
        ),
        migrations.CreateModel(
            name='BriefingSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('month', 'Monthly'), ('quarter', 'Quarterly'), ('year', 'Yearly')], max_length=7)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], max_length=10), size=None)),
                ('publish', models.BooleanField(default=False)),
                ('working_days', models.SmallIntegerField(default=5)),
                ('active', models.BooleanField(default=True)),
                ('since', models.DateField()),
                ('changed_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.plan')),
            ],
            options={
                'db_table': 'briefing_schedule',
            },
        ),
        migrations.CreateModel(
            name='BriefingIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=7)),
                ('issued_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('briefing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='programs.briefing')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='programs.briefingschedule')),
            ],
            options={
                'db_table': 'briefing_issue',
            },
        ),
        migrations.AddField(
            model_name='briefing',
            name='schedule',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.briefingschedule'),
        ),
        migrations.CreateModel(
            name='BriefingSubscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscribers', to='programs.briefingschedule')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'briefing_subscriber',
            },
        ),
        migrations.CreateModel(
            name='BriefingFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], max_length=10)),
                ('form', models.CharField(choices=[('docx', 'Word'), ('pdf', 'PDF')], max_length=4)),
                ('made_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('briefing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='programs.briefing')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile')),
            ],
            options={
                'db_table': 'briefing_file',
                'constraints': [models.UniqueConstraint(fields=('briefing', 'language', 'form'), name='briefing_file_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='briefingschedule',
            constraint=models.UniqueConstraint(fields=('plan', 'kind', 'languages'), name='briefing_schedule_once'),
        ),
        migrations.AddConstraint(
            model_name='briefingschedule',
            constraint=models.CheckConstraint(condition=models.Q(('working_days__gte', 0), ('working_days__lte', 60)), name='briefing_schedule_soon'),
        ),
        migrations.AddConstraint(
            model_name='briefingissue',
            constraint=models.UniqueConstraint(fields=('schedule', 'period'), name='briefing_issue_once_per_period'),
        ),
        migrations.AddConstraint(
            model_name='briefing',
            constraint=models.UniqueConstraint(fields=('snapshot', 'kind', 'languages'), name='briefing_once_per_snapshot'),
        ),
        migrations.AddConstraint(
            model_name='briefingsubscriber',
            constraint=models.UniqueConstraint(fields=('schedule', 'user'), name='briefing_subscriber_once'),
        ),
        migrations.RunSQL(f"{WALLS}; {KEPT}", migrations.RunSQL.noop),
    ]

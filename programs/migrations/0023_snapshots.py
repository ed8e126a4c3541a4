"""Snapshots, alerts with their settings, and what recounts came to."""

import backend.clock
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WALLS = "; ".join(
    [f"SELECT wall_for_the_bureau('{table}')" for table in ("snapshot", "alert", "alert_settings", "recount_result")]
    + ["SELECT keep_append_only('snapshot')"]
)


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0022_landing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecountResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agrees', models.BooleanField()),
                ('targets', models.JSONField(default=list)),
                ('amiss', models.IntegerField()),
                ('astray', models.IntegerField()),
                ('nightly', models.BooleanField(default=False)),
                ('job_id', models.BigIntegerField(unique=True)),
                ('counted_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'recount_result',
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('off_pace', 'Off pace'), ('drop', 'Sudden drop'), ('silent', 'Partner gone silent'), ('recount', 'Recount differs')], max_length=10)),
                ('subject', models.CharField(max_length=60)),
                ('measure', models.JSONField()),
                ('latest', models.JSONField()),
                ('raised_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('cleared_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True)),
                ('acknowledged_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'alert',
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_at', None)), fields=('kind', 'subject'), name='alert_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='alert_acknowledged_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='AlertSettings',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('margin_points', models.FloatField(default=5.0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('drop_days', models.IntegerField(default=7, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(92)])),
                ('drop_heads', models.IntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)])),
                ('drop_percent', models.FloatField(default=0.5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('silent_periods', models.IntegerField(default=2, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(24)])),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'alert_settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_row_of_alert_settings')],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(unique=True)),
                ('title', models.CharField(max_length=200)),
                ('note', models.TextField(blank=True)),
                ('as_of', models.DateField()),
                ('known_at', models.DateTimeField()),
                ('pending', models.IntegerField(default=0)),
                ('rule', models.CharField(max_length=64)),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('publisher_id', models.BigIntegerField()),
                ('publisher', models.CharField(max_length=60)),
                ('published_at', models.DateTimeField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='programs.plan')),
                ('previous', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.snapshot')),
            ],
            options={
                'db_table': 'snapshot',
                'constraints': [models.UniqueConstraint(fields=('previous',), name='snapshot_follows_one', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('previous', None)), models.Q(('number__gt', 1), ('previous__isnull', False)), _connector='OR'), name='snapshot_first_follows_none')],
            },
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]

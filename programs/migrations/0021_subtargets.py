"""Versions of targets, and indicators with their values; every target's first version is what it says now."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = """
SELECT wall_for_the_bureau('target_version');
SELECT wall_for_the_bureau('indicator');
SELECT wall_for_the_bureau('indicator_value');
SELECT keep_append_only('target_version');
SELECT keep_append_only('indicator_value');
"""
FILL = """
SELECT set_config('shugu.scope', 'all', true);
INSERT INTO target_version (target_id, edition, valid_from, goal, name_zh, name_en, starts_on, ends_on, parts,
                            may_exceed, source, recorded_at)
SELECT id, 1, starts_on, goal, name_zh, name_en, starts_on, ends_on, '[]', false, '', shugu_now() FROM target;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0020_gap'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('unit_zh', models.CharField(max_length=200)),
                ('unit_en', models.CharField(max_length=200)),
                ('goal', models.DecimalField(decimal_places=6, max_digits=21)),
                ('direction', models.CharField(choices=[('at_least', 'At Least'), ('at_most', 'At Most')], default='at_least', max_length=10)),
                ('said_zh', models.CharField(max_length=200)),
                ('said_en', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=200)),
                ('position', models.IntegerField(default=0)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='programs.plan')),
            ],
            options={
                'db_table': 'indicator',
            },
        ),
        migrations.CreateModel(
            name='IndicatorValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.DecimalField(decimal_places=6, max_digits=21)),
                ('as_of', models.DateField()),
                ('source', models.CharField(max_length=500)),
                ('recorded_at', models.DateTimeField()),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='programs.indicator')),
                ('reported_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'indicator_value',
            },
        ),
        migrations.CreateModel(
            name='TargetVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.IntegerField()),
                ('valid_from', models.DateField()),
                ('goal', models.IntegerField()),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('parts', models.JSONField(default=list)),
                ('may_exceed', models.BooleanField(default=False)),
                ('source', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('target', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='programs.target')),
            ],
            options={
                'db_table': 'target_version',
            },
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('goal__gt', 0)), name='indicator_has_a_goal'),
        ),
        migrations.AddConstraint(
            model_name='indicatorvalue',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='indicator_value_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='indicatorvalue',
            constraint=models.UniqueConstraint(fields=('indicator', 'as_of', 'recorded_at'), name='indicator_value_once_per_day_and_moment'),
        ),
        migrations.AddConstraint(
            model_name='targetversion',
            constraint=models.UniqueConstraint(fields=('target', 'edition', 'valid_from'), name='target_version_once_per_edition_and_day'),
        ),
        migrations.AddConstraint(
            model_name='targetversion',
            constraint=models.CheckConstraint(condition=models.Q(('edition__gt', 0), ('ends_on__gte', models.F('valid_from')), ('goal__gt', 0)), name='target_version_is_reachable'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

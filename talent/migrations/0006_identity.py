"""Persons known by several documents: keys to find them by, cases about pairs, merges, and who gave which name when."""

import backend.clock
import django.db.models.deletion
from django.db import migrations, models


WALLS = (
    "SELECT wall_for_the_bureau('person_key'); SELECT wall_for_the_bureau('trait_count');"
    " SELECT wall_for_the_bureau('person_merge'); SELECT wall_by_organisation('sighting')"
)


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0007_sign_off'),
        ('talent', '0005_undone'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('merged_by_id', models.BigIntegerField()),
                ('split_at', models.DateTimeField(null=True)),
                ('split_by_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'db_table': 'person_merge',
            },
        ),
        migrations.CreateModel(
            name='PersonKey',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'person_key',
            },
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('name_key', models.TextField()),
                ('submission_id', models.BigIntegerField()),
                ('row', models.IntegerField()),
                ('since', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'sighting',
            },
        ),
        migrations.CreateModel(
            name='TraitCount',
            fields=[
                ('key', models.BigIntegerField(primary_key=True, serialize=False)),
                ('persons', models.IntegerField()),
            ],
            options={
                'db_table': 'trait_count',
            },
        ),
        migrations.RemoveConstraint(
            model_name='matchcase',
            name='match_case_once_per_name',
        ),
        migrations.AddField(
            model_name='matchcase',
            name='follows_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='matchcase',
            name='kind',
            field=models.CharField(choices=[('name', 'Name'), ('pair', 'Pair')], default='name', max_length=4),
        ),
        migrations.AddField(
            model_name='matchcase',
            name='other',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='talent.person'),
        ),
        migrations.AddConstraint(
            model_name='matchcase',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'name')), fields=('person', 'name_key'), name='match_case_once_per_name'),
        ),
        migrations.AddConstraint(
            model_name='matchcase',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'pair')), fields=('person', 'other'), name='match_case_once_per_pair'),
        ),
        migrations.AddConstraint(
            model_name='matchcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'name'), ('other', None)), models.Q(('kind', 'pair'), ('other__gt', models.F('person'))), _connector='OR'), name='match_case_of_its_kind'),
        ),
        migrations.AddField(
            model_name='merge',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='talent.matchcase'),
        ),
        migrations.AddField(
            model_name='merge',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='talent.person'),
        ),
        migrations.AddField(
            model_name='merge',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='talent.person'),
        ),
        migrations.AddField(
            model_name='sighting',
            name='organisation',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='sighting',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sightings', to='talent.person'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('split_at', None)), fields=('person', 'other'), name='merged_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='sighting',
            constraint=models.UniqueConstraint(fields=('person', 'organisation', 'name_key'), name='sighting_once_per_name'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]

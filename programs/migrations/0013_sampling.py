"""Lots that are sampled, what was found in them, and what the bureau has set about it."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WALLS = "; ".join(
    [f"SELECT wall_by_organisation('{table}')" for table in ("lot", "lot_unit", "lot_defect", "sampling_act")]
    + ["SELECT wall_for_the_bureau('sampling_setting')"]
    + [f"SELECT keep_append_only('{table}')" for table in ("sampling_act", "sampling_setting")]
)


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0007_sign_off'),
        ('programs', '0012_review'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resubmission', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('open', 'Being looked at'), ('accepted', 'Lot accepted'), ('not_accepted', 'Lot not accepted'), ('cancelled', 'Called off')], default='open', max_length=12)),
                ('severity', models.CharField(choices=[('normal', 'Normal inspection'), ('tightened', 'Tightened inspection'), ('reduced', 'Reduced inspection')], max_length=10)),
                ('level', models.CharField(max_length=3)),
                ('aql', models.CharField(max_length=5)),
                ('code_letter', models.CharField(max_length=1)),
                ('lot_size', models.IntegerField()),
                ('sample_size', models.IntegerField()),
                ('accept_number', models.IntegerField()),
                ('tighter', models.IntegerField(null=True)),
                ('automatic', models.BooleanField()),
                ('counted', models.JSONField(default=list)),
                ('critical_fails', models.BooleanField()),
                ('seed', models.CharField(max_length=32)),
                ('nonconforming', models.IntegerField(default=0)),
                ('critical', models.IntegerField(default=0)),
                ('reason', models.TextField(blank=True)),
                ('opened_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('decided_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('cohort', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.cohort')),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='backend.job')),
                ('opened_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.period')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programme')),
            ],
            options={
                'db_table': 'lot',
            },
        ),
        migrations.CreateModel(
            name='LotUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.IntegerField()),
                ('held', models.BooleanField(default=True)),
                ('conforming', models.BooleanField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Waiting'), ('verified', 'Verified'), ('returned', 'Returned'), ('left', 'Left the lot')], max_length=10)),
                ('judged_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='programs.lot')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.record')),
                ('submission', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.submission')),
            ],
            options={
                'db_table': 'lot_unit',
            },
        ),
        migrations.CreateModel(
            name='LotDefect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(max_length=30)),
                ('defect_class', models.CharField(choices=[('critical', 'Critical'), ('major', 'Major'), ('minor', 'Minor')], max_length=10)),
                ('note', models.TextField(blank=True)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='defects', to='programs.lot')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='defects', to='programs.lotunit')),
            ],
            options={
                'db_table': 'lot_defect',
            },
        ),
        migrations.CreateModel(
            name='SamplingAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('resume', 'Sampling is resumed'), ('consent', 'Reduced inspection is consented to'), ('normal', 'Back to normal inspection')], max_length=10)),
                ('reason', models.TextField()),
                ('ruled_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('ruled_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'sampling_act',
            },
        ),
        migrations.CreateModel(
            name='SamplingSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('on', 'On'), ('off', 'Off'), ('general', 'As for all')], max_length=10)),
                ('aql', models.CharField(max_length=5)),
                ('level', models.CharField(max_length=3)),
                ('reduced', models.CharField(choices=[('asks', 'With an officer’s consent'), ('automatic', 'By itself')], max_length=10)),
                ('outside', models.CharField(choices=[('refused', 'One by one only'), ('allowed', 'Also many at once')], max_length=10)),
                ('counted', models.JSONField(default=list)),
                ('critical_fails', models.BooleanField(default=False)),
                ('from_on', models.DateField()),
                ('reason', models.TextField()),
                ('set_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('set_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'sampling_setting',
            },
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(fields=['organisation', 'decided_at'], name='lot_organisation_decided'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='lot_decided_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('sample_size__gte', 1), ('sample_size__lte', models.F('lot_size'))), name='lot_sample_is_part_of_it'),
        ),
        migrations.AddConstraint(
            model_name='lotunit',
            constraint=models.UniqueConstraint(fields=('lot', 'rank'), name='lot_unit_rank'),
        ),
        migrations.AddConstraint(
            model_name='lotunit',
            constraint=models.UniqueConstraint(condition=models.Q(('held', True)), fields=('record',), name='record_held_by_one_lot'),
        ),
        migrations.AddConstraint(
            model_name='lotunit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('conforming', None), ('judged_at', None)), models.Q(('conforming__isnull', False), ('judged_at__isnull', False)), _connector='OR'), name='lot_unit_judged_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='samplingsetting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'general'), _negated=True), ('organisation__isnull', False), _connector='OR'), name='sampling_setting_general_is_for_one'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]

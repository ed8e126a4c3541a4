"""Plan files with what they would do, worked out before they are applied."""

import backend.clock
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0008_evidence_files'),
        ('programs', '0014_whole_persons'),
        ('talent', '0007_examinations'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='applied_preview_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='reason',
            field=models.CharField(choices=[('verified', 'Verified'), ('revoked', 'Revoked'), ('corrected', 'Corrected'), ('refuted', 'Refuted'), ('evidenced', 'Evidenced'), ('confirmed', 'Confirmed'), ('reopened', 'Reopened'), ('merged', 'Merged'), ('split', 'Split'), ('rule_changed', 'Rule Changed'), ('reclassified', 'Reclassified'), ('undone', 'Undone')], max_length=20),
        ),
        migrations.CreateModel(
            name='PlanPreview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.CharField(max_length=60)),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('base', models.CharField(blank=True, max_length=64)),
                ('rule', models.CharField(max_length=64)),
                ('differences', models.JSONField(default=list)),
                ('totals', models.JSONField(default=dict)),
                ('known_at', models.DateTimeField(null=True)),
                ('pending', models.IntegerField(default=0)),
                ('worked_out_at', models.DateTimeField(null=True)),
                ('created_by_id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('applied_by_id', models.BigIntegerField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='backend.job')),
            ],
            options={
                'db_table': 'plan_preview',
            },
        ),
        migrations.CreateModel(
            name='PlanChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=60)),
                ('change', models.CharField(choices=[('enter', 'Would enter'), ('leave', 'Would leave'), ('move', 'Would count otherwise')], max_length=10)),
                ('cause', models.CharField(choices=[('new_target', 'The target is new'), ('span', "The target's days"), ('need', 'Whether a credential is needed'), ('credential', 'Which credentials qualify'), ('evidence', 'The evidence demanded'), ('days', 'The days on which an entry is in force'), ('other', 'Counted otherwise')], max_length=12)),
                ('record_id', models.BigIntegerField()),
                ('basis', models.CharField(choices=[('education', 'Education'), ('title', 'Professional title'), ('none', 'No credential needed')], max_length=10)),
                ('effective_on', models.DateField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='talent.person')),
                ('preview', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='programs.planpreview')),
            ],
            options={
                'db_table': 'plan_change',
                'indexes': [models.Index(fields=['preview', 'target', 'change', 'id'], name='plan_change_preview')],
            },
        ),
        migrations.RunSQL("SELECT wall_for_the_bureau('plan_preview'); SELECT wall_for_the_bureau('plan_change')"),
    ]

"""Verdicts on credentials, the files that show them, and the evidence that each entry of a tier demands."""

from pathlib import Path

import backend.clock
import django.db.models.deletion
from django.db import migrations, models

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0008_evidence_files'),
        ('talent', '0006_identity'),
    ]

    operations = [
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credential_id', models.BigIntegerField()),
                ('record_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('received', 'Received'), ('kept', 'Kept'), ('refused', 'Refused')], default='received', max_length=10)),
                ('media', models.CharField(choices=[('pdf', 'Pdf'), ('jpeg', 'Jpeg'), ('png', 'Png')], max_length=4)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('width', models.IntegerField(null=True)),
                ('height', models.IntegerField(null=True)),
                ('pages', models.IntegerField(null=True)),
                ('fault', models.CharField(blank=True, max_length=30)),
                ('on_behalf', models.BooleanField(default=False)),
                ('filed_by_id', models.BigIntegerField()),
                ('filed_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'evidence',
            },
        ),
        migrations.CreateModel(
            name='Examination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credential_id', models.BigIntegerField()),
                ('record_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('education', 'Education'), ('title', 'Title')], max_length=10)),
                ('code', models.CharField(max_length=20)),
                ('verdict', models.CharField(choices=[('confirm', 'Confirm'), ('refute', 'Refute'), ('reopen', 'Reopen')], max_length=10)),
                ('state', models.CharField(choices=[('claimed', 'Claimed'), ('evidenced', 'Evidenced'), ('confirmed', 'Confirmed'), ('refuted', 'Refuted')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('carried_from', models.BigIntegerField(null=True)),
                ('by_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'examination',
            },
        ),
        migrations.AddField(
            model_name='tiercredential',
            name='evidence',
            field=models.CharField(choices=[('claimed', 'Claimed'), ('evidenced', 'Evidenced'), ('confirmed', 'Confirmed')], default='claimed', max_length=10),
        ),
        migrations.AlterField(
            model_name='personchange',
            name='reason',
            field=models.CharField(choices=[('verified', 'Verified'), ('revoked', 'Revoked'), ('corrected', 'Corrected'), ('refuted', 'Refuted'), ('evidenced', 'Evidenced'), ('confirmed', 'Confirmed'), ('reopened', 'Reopened'), ('merged', 'Merged'), ('split', 'Split'), ('rule_changed', 'Rule Changed'), ('reclassified', 'Reclassified'), ('undone', 'Undone')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(condition=models.Q(('state', 'claimed'), _negated=True), fields=['state', 'id'], name='credential_not_claimed'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='thumbnail',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.sealedfile'),
        ),
        migrations.AddField(
            model_name='examination',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['credential_id'], name='evidence_credential'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['person_id'], name='evidence_person'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'refused'), _negated=True), fields=('credential_id', 'sha256'), name='evidence_once_per_credential'),
        ),
        migrations.AddIndex(
            model_name='examination',
            index=models.Index(fields=['credential_id', 'id'], name='examination_credential'),
        ),
        migrations.AddIndex(
            model_name='examination',
            index=models.Index(fields=['person_id'], name='examination_person'),
        ),
        migrations.AddIndex(
            model_name='examination',
            index=models.Index(fields=['record_id'], name='examination_record'),
        ),
        migrations.RunSQL(read(Path(__file__), "examinations.sql")),
        migrations.RunSQL(
            "UPDATE tier_credential SET evidence = tier.evidence FROM tier WHERE tier.id = tier_credential.tier_id"
        ),
    ]

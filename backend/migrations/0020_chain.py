"""The chain over the audit trail: seals, examinations, anchors."""

from pathlib import Path

import backend.clock
import django.contrib.postgres.fields
from django.db import migrations, models

from backend.sql import read


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0019_looks'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('occasion', models.CharField(choices=[('nightly', 'Nightly'), ('published', 'Published'), ('ordered', 'Ordered')], max_length=10)),
                ('seal', models.BigIntegerField()),
                ('entries', models.BigIntegerField()),
                ('entry', models.BigIntegerField(null=True)),
                ('sealed_at', models.DateTimeField()),
                ('head', models.CharField(max_length=64)),
                ('file', models.BooleanField(default=False)),
                ('letters', models.IntegerField(default=0)),
                ('job_id', models.BigIntegerField(null=True, unique=True)),
            ],
            options={
                'db_table': 'audit_anchor',
            },
        ),
        migrations.CreateModel(
            name='AuditExamination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('entries', models.BigIntegerField()),
                ('seals', models.BigIntegerField()),
                ('head', models.CharField(blank=True, max_length=64)),
                ('broken', models.JSONField(null=True)),
                ('nightly', models.BooleanField(default=False)),
                ('job_id', models.BigIntegerField(null=True, unique=True)),
            ],
            options={
                'db_table': 'audit_examination',
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('digests', models.BinaryField()),
                ('total', models.BigIntegerField()),
                ('highest', models.BigIntegerField(db_index=True)),
                ('closed_id', models.BigIntegerField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('sealed_at', models.DateTimeField()),
                ('head', models.BinaryField()),
                ('key_id', models.BigIntegerField()),
                ('mac', models.BinaryField()),
            ],
            options={
                'db_table': 'audit_seal',
            },
        ),
        migrations.AlterField(
            model_name='vaultkey',
            name='purpose',
            field=models.CharField(choices=[('seal', 'Seal'), ('index', 'Index'), ('audit', 'Audit')], max_length=10),
        ),
        migrations.RunSQL(read(Path(__file__), "chain.sql")),
    ]

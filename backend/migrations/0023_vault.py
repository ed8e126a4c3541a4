"""The suite of a key (AES-GCM with SHA-256, or SM4-GCM with SM3; what is there is of the first), and rotations of keys."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0022_passkeys'),
    ]

    operations = [
        migrations.AddField(
            model_name='vaultkey',
            name='suite',
            field=models.CharField(choices=[('aes', 'Aes'), ('sm', 'Sm')], db_default='aes', default='aes', max_length=10),
        ),
        migrations.CreateModel(
            name='Rotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('master', 'Master key'), ('seal', 'Sealing key'), ('suite', 'Cipher suite')], max_length=10)),
                ('suite', models.CharField(choices=[('aes', 'Aes'), ('sm', 'Sm')], max_length=10)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('running', 'Under way'), ('stopped', 'Stopped'), ('done', 'Done')], default='running', max_length=10)),
                ('stage', models.CharField(max_length=10)),
                ('place', models.JSONField(default=dict)),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('error', models.TextField(blank=True)),
                ('started_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('switched_at', models.DateTimeField(null=True)),
                ('resumes_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('job', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.job')),
                ('started_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'vault_rotation',
                'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('state__in', ['running', 'stopped'])), name='one_rotation_at_a_time')],
            },
        ),
        migrations.RunSQL("SELECT wall_for_the_bureau('vault_rotation')"),
    ]

"""The second factor, sessions that say whose they are, and what a token opens."""

import backend.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0020_chain'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='factor', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('secret', models.BinaryField(null=True)),
                ('pending', models.BinaryField(null=True)),
                ('last_step', models.BigIntegerField(db_default=0, default=0)),
                ('failures', models.IntegerField(db_default=0, default=0)),
                ('locked_until', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'second_factor',
            },
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='last_used_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='name',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='proven_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='scope',
            field=models.CharField(choices=[('all', 'Everything that I may do'), ('submit', 'Reading, and submissions'), ('read', 'Reading alone')], db_default='all', default='all', max_length=10),
        ),
        migrations.AddField(
            model_name='user',
            name='demo',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'recovery_code',
            },
        ),
        migrations.CreateModel(
            name='UserSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('began_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=45)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'user_session',
            },
        ),
        # Staff that signed in with a password alone sign in anew; sessions, kept elsewhere from now on, begin anew.
        migrations.RunSQL(
            "DELETE FROM access_token USING user_account WHERE user_account.id = user_id AND role <> 'partner'"
        ),
    ]

"""Messages that go out, and addresses to which none go any more."""

import backend.clock
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backend', '0003_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254, unique=True)),
                ('answer', models.CharField(max_length=500)),
                ('since', models.DateTimeField(db_default=backend.clock.SqlNow())),
            ],
            options={
                'db_table': 'suppressed_address',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100, unique=True)),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('recipient', models.CharField(max_length=254)),
                ('language', models.CharField(max_length=10)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('unknown', 'Unknown'), ('failed', 'Failed'), ('withdrawn', 'Withdrawn')], default='queued', max_length=20)),
                ('attempts', models.IntegerField(default=0)),
                ('again', models.BooleanField(default=False)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=backend.clock.SqlNow())),
                ('next_try_at', models.DateTimeField(db_default=backend.clock.SqlNow(), null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backend.organisation')),
            ],
            options={
                'db_table': 'delivery',
                'indexes': [models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['next_try_at'], name='delivery_waiting')],
            },
        ),
        migrations.RunSQL("SELECT wall_by_organisation('delivery'); SELECT wall_for_the_bureau('suppressed_address');"),
    ]
